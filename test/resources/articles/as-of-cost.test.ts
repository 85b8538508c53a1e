// What a read of the past costs: what the same read costs now, however long ago the instant is and however much has been
// published since. Counted in rows that the database touched, on thousands of articles that were published five times.
import pg from 'pg';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillSections, sectionCount } from '../../../bench/data.ts';
import { fillPast, pastDays } from '../../../bench/past.ts';
import { buildApp } from '../../../src/app.ts';
import { loadSeed } from '../../../src/channels/imports/seed.ts';
import { openDb } from '../../../src/platform/db/db.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';

const count = 10_000;
const ago = (share: number) => new Date(Date.now() - share * pastDays(count) * 86_400_000).toISOString();

let app: TestApp;
beforeAll(async () => {
  // What is kept costs no row at all.
  app = await createTestApp(import.meta.url, { CACHE_SIZE_BYTES: '0' });
  // The articles are as old as the real clock says, and public to whoever reads then.
  app.clock.set(new Date());
  await loadSeed(app.deps);
  const client = new pg.Client({ connectionString: `${app.databaseUrl}?application_name=counted` });
  await client.connect();
  await fillSections(client);
  await fillPast(client, count, sectionCount);
  await client.end();
  // What was done so far is told to the statistics by and by.
  await costOf(reads[0]!);
});
afterAll(() => app?.close());

/** Rows of any table that were read so far, through an index or not; but of the log, which is followed meanwhile. */
async function countRows(): Promise<number> {
  const [row] = await app.deps.db.sql.rows<{ rows: number }>(
    `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_user_tables where relname <> 'event'`,
    [],
  );
  return row!.rows;
}

type Cost = { readonly rows: number; readonly listed: number };
const presents = new Map<string, Cost>();

/** Rows read for the answer. Its connections are its own: closing them tells the statistics. */
async function costOf(path: string): Promise<Cost> {
  await settle();
  const before = await countRows();
  const options = { poolSize: 4, statementTimeoutMs: 5000, slowQueryMs: 60_000, log: app.deps.log };
  const db = openDb({ ...options, url: `${app.databaseUrl}?application_name=counted` });
  const server = await buildApp({ ...app.deps, db });
  const { status, body } = await request(server.server).get(path);
  expect([path, status]).toEqual([path, 200]);
  await server.close();
  await db.close();
  await settle();
  return { rows: (await countRows()) - before, listed: body.data?.length ?? 1 };
}

/** Until the sessions that were closed are gone, and with them their statistics have arrived. */
async function settle(): Promise<void> {
  const others = `select 1 from pg_stat_activity where datname = current_database() and application_name = 'counted'`;
  while ((await app.deps.db.sql.rows(others, [])).length > 0);
}

const reads = [
  '/v1/articles?',
  '/v1/articles?sort=publishedAt&',
  '/v1/articles?sort=-updatedAt&',
  '/v1/articles?sort=updatedAt&',
  '/v1/articles?section=bench-1&',
  '/v1/articles?section=bench-1&sort=-updatedAt&',
  '/v1/articles?source=wen-hua-shi-jie&',
  '/v1/articles?editor=liu-ying-ying&',
  '/v1/articles?editor=liu-ying-ying&section=bench-1&sort=-updatedAt&',
  '/v1/articles/past-9990?',
];

describe.each([0.001, 0.95])('after %d of the archive', (share) => {
  it.each(reads)('a read of the past touches at most half as many rows again as one of now: %s', async (read) => {
    const present = presents.get(read) ?? (await costOf(read));
    presents.set(read, present);
    const past = await costOf(`${read}asOf=${ago(share)}`);
    expect(past.listed).toBe(present.listed);
    expect(past.rows).toBeLessThanOrEqual(present.rows * 1.5);
  });
});

describe('before the first publication', () => {
  beforeAll(async () => {
    const client = new pg.Client({ connectionString: `${app.databaseUrl}?application_name=counted` });
    await client.connect();
    await client.query(`update publication set published_at = published_at - interval '30 years'`);
    await client.query(`update publication_editor set published_at = published_at - interval '30 years'`);
    await client.query('vacuum analyze');
    await client.end();
    await settle();
  });

  it.each(reads.slice(0, -1))(
    'nothing is looked for, though the dates of an archive reach further back: %s',
    async (read) => {
      const { rows, listed } = await costOf(`${read}asOf=2020-01-01`);
      expect(listed).toBe(0);
      // Sections, sources and editors, and what articles show of them, are few enough to be read whole.
      expect(rows).toBeLessThanOrEqual(50);
    },
  );
});
