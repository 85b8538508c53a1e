// What a transaction promises when things go wrong under it.
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findConflict } from '../../../src/platform/db/conflicts.ts';
import { type Db, openDb } from '../../../src/platform/db/db.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { onDatabase } from '../../support/database-address.ts';

let database: TestDatabase;
let db: Db;
const lines: { level: number; msg: string; statement?: string }[] = [];

beforeAll(async () => {
  database = await createTestDatabase(import.meta.url);
  const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  db = openDb({ url: database.url, poolSize: 4, statementTimeoutMs: 1000, slowQueryMs: 50, log });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const count = async () => (await db.sql.rows<{ n: number }>('select count(*)::int as n from tag', []))[0]?.n;
const insert = `insert into tag (id, slug, name, created_at, updated_at) values (gen_random_uuid(), $1, $1, now(), now())`;

it('a failing transaction leaves nothing, and its connection serves the next', async () => {
  const failing = db.transaction(async (tx) => {
    await tx.rows(insert, ['lost']);
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await count()).toBe(0);
});

it('a connection that is lost between two statements fails that transaction only', async () => {
  const failing = db.transaction(async (tx) => {
    await tx.rows(insert, ['cut']);
    const [me] = await tx.rows<{ pid: number }>('select pg_backend_pid() as pid', []);
    await onDatabase(database.url, (client) => client.query('select pg_terminate_backend($1)', [me!.pid]));
    await tx.rows('select 1', []);
  });
  const error = await failing.catch((cause: unknown) => cause);
  expect(findConflict(error)?.code).toBe('server.unavailable');
  expect(await count()).toBe(0);
});

it('a statement over the time limit is ended, and is a 503 to the client', async () => {
  const error = await db.sql.rows('select pg_sleep(5)', []).catch((cause: unknown) => cause);
  expect(findConflict(error)?.code).toBe('request.query_too_slow');
});

it('slow statements are logged without their values, through Prisma too', async () => {
  lines.length = 0;
  await db.sql.rows('select pg_sleep(0.1)::text, $1::text as said', ['a secret']);
  await db.prisma.$queryRawUnsafe('select pg_sleep(0.1)::text, $1::text as said', 'a secret');
  const slow = lines.filter((line) => line.msg === 'slow query');
  expect(slow.map((line) => line.statement?.includes('pg_sleep'))).toEqual([true, true]);
  expect(JSON.stringify(lines)).not.toContain('a secret');
});
