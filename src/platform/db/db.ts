// The database as the rest of the program sees it: one `pg` pool for statements in SQL, a Prisma client for everything
// that is not hot, and transactions on either. Nothing here knows a table.
import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Metrics } from '../telemetry/metrics.ts';
import { type Prisma, PrismaClient } from './generated/client.ts';
import { describeConnection, openPool, sqlOn, warnIfSlow } from './pool.ts';
import { openReplicas, type Reads } from './replicas.ts';
import type { Pooler } from './session.ts';

/** Runs one SQL statement with parameters; on a pool, or inside a transaction. A `name` keeps the plan (hot statements). */
export type Sql = {
  rows<Row extends object>(text: string, values: readonly unknown[], name?: string): Promise<Row[]>;
};

declare const inside: unique symbol;
/** A handle that exists only inside a transaction: commands that must not run outside of one ask for it. */
export type Tx = Sql & { readonly [inside]?: true };
/** The same transaction as SQL and through Prisma. */
export type MixedTx = Tx & { readonly prisma: PrismaTx };

export type Db = {
  readonly sql: Sql;
  /** One connection of its own, for asking whether the database answers however many wait for the others. */
  readonly probe: Sql;
  readonly prisma: PrismaClient;
  readonly reads: Reads;
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  prismaTransaction<T>(work: (tx: MixedTx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

export type PrismaTx = Prisma.TransactionClient;

export type DbOptions = {
  url: string;
  poolSize: number;
  statementTimeoutMs: number;
  slowQueryMs: number;
  /** Whether slow statements are told of; a start's first ones wait for what is opened and loaded. Absent: always. */
  isServing?: () => boolean;
  log: Logger;
  /** One server each, reached directly. */
  replicaUrls?: readonly string[];
  pooler?: Pooler;
  /** Told of each pool of connections that it may be counted. */
  watchPool?: Metrics['watchPool'];
};

export function openDb(options: DbOptions): Db {
  const pool = openPool(options, options.url);
  options.watchPool?.('primary', pool);
  const probePool = openPool(options, options.url, { max: 1, idleTimeoutMillis: 60_000 });
  let isClosing = false;
  // A connection that is saying goodbye may still hear that an embedded database stops.
  const onLost = (error: Error) => {
    if (!isClosing) options.log.warn({ err: error }, 'an idle database connection was lost');
  };
  pool.on('error', onLost);
  probePool.on('error', onLost);
  const prismaPool = openPool(options, options.url, {
    ...describeConnection(options, options.url),
    max: Math.floor(options.poolSize / 2),
  });
  const adapter = new PrismaPg(prismaPool, {
    disposeExternalPool: true,
    ...(options.pooler === 'transaction' ? {} : { statementNameGenerator: nameStatement }),
  });
  const prisma = new PrismaClient({
    adapter,
    transactionOptions: { maxWait: 5000, timeout: 15_000 },
    log: [{ emit: 'event', level: 'query' }],
  });
  prisma.$on('query', ({ duration, query }) => warnIfSlow(options, duration, query));
  const sql = sqlOn(pool, options);
  const reads = openReplicas(sql, options);
  return {
    sql,
    probe: sqlOn(probePool, options),
    prisma,
    reads,
    transaction: (work) => runTransaction(pool, options, work),
    prismaTransaction: (work) => prisma.$transaction((client) => work(sqlOnPrisma(client))),
    close: async () => {
      isClosing = true;
      await Promise.all([pool.end(), probePool.end(), prisma.$disconnect(), reads.close()]);
    },
  };
}

const nameStatement = ({ sql }: { sql: string }) => `p_${createHash('sha1').update(sql).digest('hex').slice(0, 24)}`;

function sqlOnPrisma(client: PrismaTx): MixedTx {
  return {
    prisma: client,
    rows: <Row extends object>(text: string, values: readonly unknown[]) =>
      client.$queryRawUnsafe<Row[]>(text, ...values),
  };
}

async function runTransaction<T>(pool: pg.Pool, options: DbOptions, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Between two statements nobody else listens; unheard, a lost connection would end the process.
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await client.query('BEGIN');
    const result = await work(sqlOn(client, options));
    await client.query('COMMIT');
    return result;
  } catch (error) {
    const cause = broken ?? error;
    await client.query('ROLLBACK').catch(onError);
    throw cause;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}
