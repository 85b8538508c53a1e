// What a read of the past costs: what the same read costs now, however long ago the instant is and however much has been
// published since. Counted in rows that the database touched, on thousands of articles that were published five times.
import pg from 'pg';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillArticles } from '../../../bench/data.ts';
import { buildApp } from '../../../src/app.ts';
import { loadSeed } from '../../../src/channels/imports/seed.ts';
import { openDb } from '../../../src/platform/db/db.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';

const count = 4000;
// The bench's articles are seven minutes apart, the newest the first.
const ago = (articles: number) => new Date(Date.now() - articles * 7 * 60_000).toISOString();

// Each is updated every minute, four times; the last stays.
const republish = `
  with first as (
    update publication p set visible_until = p.visible_from + interval '1 minute', end_announced = true
    where p.created_by_service = 'bench' returning p.*),
  more as (
    insert into publication (id, article_id, version, visible_from, visible_until, section_id, source_id, title, published_at,
      created_at, created_by_service, start_announced)
    select gen_random_uuid(), f.article_id, f.version, f.visible_from + k * interval '1 minute',
      case when k < 4 then f.visible_from + (k + 1) * interval '1 minute' end, f.section_id, f.source_id, f.title,
      f.published_at, f.created_at, 'bench', true
    from first f cross join generate_series(1, 4) k
    returning *)
  insert into publication_editor (publication_id, editor_id, section_id, article_id, published_at, visible_from)
  select m.id, e.editor_id, m.section_id, m.article_id, m.published_at, m.visible_from
  from more m join first f on f.article_id = m.article_id join publication_editor e on e.publication_id = f.id`;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  // The articles are as old as the real clock says, and public to whoever reads then.
  app.clock.set(new Date());
  await loadSeed(app.deps);
  const client = new pg.Client({ connectionString: `${app.databaseUrl}?application_name=counted` });
  await client.connect();
  await fillArticles(client, count);
  await client.query(republish);
  await client.query('vacuum analyze');
  await client.end();
  await settle();
});
afterAll(() => app?.close());

/** Rows of any table that were read so far, through an index or not. */
async function countRows(): Promise<number> {
  const [row] = await app.deps.db.sql.rows<{ rows: number }>(
    'select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_user_tables',
    [],
  );
  return row!.rows;
}

/** Rows read for the answer. Its connections are its own: closing them tells the statistics. */
async function costOf(path: string): Promise<{ rows: number; listed: number }> {
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
  '/v1/articles/bench-3950?',
];

describe.each([1, count / 2, count - 200])('after %i more articles', (articles) => {
  it.each(reads)('a read of the past touches at most half as many rows again as one of now: %s', async (read) => {
    const [past, present] = [await costOf(`${read}asOf=${ago(articles)}`), await costOf(read)];
    expect(past.listed).toBe(present.listed);
    // A few rows more: of the retractions, and of the first publication.
    expect(past.rows).toBeLessThanOrEqual(present.rows * 1.5 + 10);
  });
});

describe('before the first publication', () => {
  it.each(reads.slice(0, -1))('nothing is looked for, though the dates of an archive reach further back: %s', async (read) => {
    await app.deps.db.sql.rows(`update publication set published_at = published_at - interval '30 years'`, []);
    const { rows, listed } = await costOf(`${read}asOf=2020-01-01`);
    await app.deps.db.sql.rows(`update publication set published_at = published_at + interval '30 years'`, []);
    expect(listed).toBe(0);
    expect(rows).toBeLessThanOrEqual(30);
  });
});
