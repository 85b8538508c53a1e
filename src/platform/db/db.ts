// The database as the rest of the program sees it: one `pg` pool for statements in SQL, a Prisma client for everything
// that is not hot, and transactions on either. Nothing here knows a table.
import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import type { Logger } from 'pino';
import { type Prisma, PrismaClient } from './generated/client.ts';

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
  readonly prisma: PrismaClient;
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
  log: Logger;
};

// The session speaks UTC because the Prisma adapter reads every offset as +00:00.
// Waiting for a lock ends before the statement does, so that the two can be told apart; a transaction whose host is gone
// lets go of its locks.
const sessionOptions = (statementTimeoutMs: number) =>
  `-c TimeZone=UTC -c statement_timeout=${statementTimeoutMs} -c lock_timeout=${Math.ceil(statementTimeoutMs * 0.8)} ` +
  '-c idle_in_transaction_session_timeout=20000';

export function openDb(options: DbOptions): Db {
  const connection = {
    connectionString: options.url,
    options: sessionOptions(options.statementTimeoutMs),
    // Prepared statements live as long as their connection; an idle one is kept.
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 5000,
  };
  // Statements are shaped so that one plan serves every value (articles/queries/list.ts); planning costs more than running.
  const planned = { ...connection, options: `${connection.options} -c plan_cache_mode=force_generic_plan` };
  const pool = new pg.Pool({ ...planned, max: Math.ceil(options.poolSize / 2) });
  let isClosing = false;
  // A connection that is saying goodbye may still hear that an embedded database stops.
  pool.on('error', (error) => {
    if (!isClosing) options.log.warn({ err: error }, 'an idle database connection was lost');
  });
  const adapter = new PrismaPg(
    { ...connection, max: Math.floor(options.poolSize / 2) },
    { statementNameGenerator: (query) => `p_${createHash('sha1').update(query.sql).digest('hex').slice(0, 24)}` },
  );
  const prisma = new PrismaClient({
    adapter,
    transactionOptions: { maxWait: 5000, timeout: 15_000 },
    log: [{ emit: 'event', level: 'query' }],
  });
  prisma.$on('query', ({ duration, query }) => warnIfSlow(options, duration, query));
  return {
    sql: sqlOn(pool, options),
    prisma,
    transaction: (work) => runTransaction(pool, options, work),
    prismaTransaction: (work) => prisma.$transaction((client) => work(sqlOnPrisma(client))),
    close: async () => {
      isClosing = true;
      await Promise.all([pool.end(), prisma.$disconnect()]);
    },
  };
}

function sqlOn(client: pg.Pool | pg.PoolClient, options: DbOptions): Sql {
  return {
    async rows<Row extends object>(text: string, values: readonly unknown[], name?: string) {
      const startedAt = performance.now();
      const result = await client.query<Row & pg.QueryResultRow>({ text, values: [...values], name });
      warnIfSlow(options, performance.now() - startedAt, text);
      return result.rows;
    },
  };
}

/** The text only: values may be secrets or unpublished. */
function warnIfSlow({ slowQueryMs, log }: DbOptions, durationMs: number, statement: string): void {
  if (durationMs > slowQueryMs) log.warn({ durationMs: Math.round(durationMs), statement }, 'slow query');
}

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
