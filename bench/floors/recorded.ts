// The SQL of one request of ours, recorded while our own program answers it, so that a floor runs the very same through
// bare `pg`. What the request made gets new names each time: the ids that were drawn, and the texts that are told.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, InjectOptions } from 'fastify';
import type pg from 'pg';
import { pino } from 'pino';
import { buildApp } from '../../src/app.ts';
import { compose } from '../../src/compose.ts';
import { parseConfig } from '../../src/platform/config/config.ts';
import type { Db, Sql } from '../../src/platform/db/db.ts';
import { findStoredKey } from '../../src/resources/api-keys/queries.ts';

type Statement = { readonly text: string; readonly values: readonly unknown[]; readonly name: string | undefined };

/** What to record. `renamed`: a text in it that is another one each time. */
export type RecordedRequest = {
  readonly method: 'POST' | 'PATCH';
  readonly url: string;
  readonly body: string;
  readonly renamed: string;
};

export type Recording = {
  readonly before: readonly Statement[];
  readonly inside: readonly Statement[];
  /** Ids that the request drew. */
  readonly drawn: readonly string[];
};

export type Recorder = {
  record(request: InjectOptions): Promise<Recording>;
  close(): Promise<void>;
};

export async function openRecorder(databaseUrl: string): Promise<Recorder> {
  const log = pino({ level: 'silent' });
  const config = parseConfig({ DATABASE_URL: databaseUrl, PUBLIC_URL: 'http://127.0.0.1' });
  const { deps, close } = await compose(config, log, { migrate: false });
  let [before, inside, drawn]: [Statement[], Statement[], string[]] = [[], [], []];
  const watch = (sql: Sql, list: () => Statement[]): Sql => ({
    rows: (text, values, name) => {
      list().push({ text, values, name });
      return sql.rows(text, values, name);
    },
  });
  const sql = watch(deps.db.sql, () => before);
  const db: Db = {
    ...deps.db,
    sql,
    transaction: (work) => deps.db.transaction((tx) => work(watch(tx, () => inside))),
  };
  const newId = () => {
    const id = deps.newId();
    drawn.push(id);
    return id;
  };
  const find = (digest: Buffer) => findStoredKey(sql, digest, deps.clock.now());
  const app = await buildApp({ ...deps, db, newId, keys: { ...deps.keys, find } });
  return {
    async record(request) {
      [before, inside, drawn] = [[], [], []];
      await succeed(app, request);
      return { before, inside, drawn };
    },
    async close() {
      await app.close();
      await close();
    },
  };
}

async function succeed(app: FastifyInstance, request: InjectOptions): Promise<void> {
  const answer = await app.inject(request);
  if (answer.statusCode >= 300) throw new Error(`${String(request.url)}: ${answer.body.slice(0, 1000)}`);
}

/** Runs the statements again. `renamed`: texts of the recording that have another name each time. */
export function createReplay(pool: pg.Pool, recording: Recording, renamed: readonly string[]) {
  const names = [...renamed, ...recording.drawn];
  const prepare = ({ text, values, name }: Statement) => {
    const fills = values.map((value) => createFill(value, names));
    return (client: pg.Pool | pg.PoolClient, now: readonly string[]) =>
      client.query({ text, values: fills.map((fill) => fill(now)), ...(name !== undefined && { name }) });
  };
  const before = recording.before.map(prepare);
  const inside = recording.inside.map(prepare);
  return async (renames: readonly string[]): Promise<void> => {
    const now = [...renames, ...recording.drawn.map(() => randomUUID())];
    for (const run of before) await run(pool, now);
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      for (const run of inside) await run(client, now);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  };
}

type Fill = (now: readonly string[]) => unknown;

/** The places of the names in a value are found once. */
function createFill(value: unknown, names: readonly string[]): Fill {
  if (Array.isArray(value)) {
    const fills = value.map((each) => createFill(each, names));
    return (now) => fills.map((fill) => fill(now));
  }
  if (typeof value !== 'string') return () => value;
  const parts = value.split(new RegExp(`(${names.join('|')})`));
  if (parts.length === 1) return () => value;
  const places = parts.map((part) => names.indexOf(part));
  return (now) => parts.map((part, i) => (places[i] === -1 ? part : now[places[i]!])).join('');
}
