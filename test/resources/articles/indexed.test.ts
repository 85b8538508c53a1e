// What a request costs does not grow with the archive: on thousands of articles, no table of articles is read whole.
import pg from 'pg';
import request from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fillArticles, fillSections } from '../../../bench/data.ts';
import { buildApp } from '../../../src/app.ts';
import { loadSeed } from '../../../src/channels/imports/seed.ts';
import { openDb } from '../../../src/platform/db/db.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';

// Enough that the planner prefers any fitting index to reading the table.
const count = 10_000;
const large = [
  'article',
  'article_version',
  'article_version_credit',
  'article_slug',
  'publication',
  'publication_editor',
];

let app: TestApp;
let desk: string;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  // The articles are as old as the real clock says, and public to whoever reads then.
  app.clock.set(new Date());
  // On connections of their own, which tell the statistics of their scans when they go, not in the middle of a call.
  const db = openCounted();
  await loadSeed({ ...app.deps, db });
  await db.close();
  const client = new pg.Client({ connectionString: `${app.databaseUrl}?application_name=counted` });
  await client.connect();
  await fillSections(client);
  await fillArticles(client, count);
  await client.query(`
    update article set assignee_id = e.id, state = case when article.slug like '%0' then 'in_review' else state end
    from editor e where article.slug like 'bench-1%' and e.slug = 'liu-ying-ying'`);
  await client.query('vacuum analyze article');
  await client.end();
  desk = await app.createKey({ name: 'desk', role: 'editor', editor: 'liu-ying-ying' });
  await settle();
});
afterAll(() => app?.close());

function openCounted() {
  const options = { poolSize: 4, statementTimeoutMs: 5000, slowQueryMs: 60_000, log: app.deps.log };
  return openDb({ ...options, url: `${app.databaseUrl}?application_name=counted` });
}

/** How often each large table was read as a whole, ever. */
async function countScans(): Promise<Record<string, number>> {
  const rows = await app.deps.db.sql.rows<{ name: string; scans: number }>(
    'select relname as name, seq_scan::int as scans from pg_stat_user_tables where relname = any($1)',
    [large],
  );
  return Object.fromEntries(rows.map(({ name, scans }) => [name, scans]));
}

/** The large tables that the call read as a whole. Its connections are its own: closing them tells the statistics. */
async function listScanned(method: string, path: string, body?: object): Promise<string[]> {
  const before = await countScans();
  const db = openCounted();
  const server = await buildApp({ ...app.deps, db });
  try {
    const pending = request(server.server)[method.toLowerCase() as 'get'](path);
    const answer = await pending
      .set('Authorization', `Bearer ${path.includes('=me') ? desk : app.keys.editor}`)
      .send(body);
    expect([method, path, answer.status, JSON.stringify(answer.body).slice(0, 300)]).toEqual([
      method,
      path,
      body === undefined ? 200 : 201,
      expect.any(String),
    ]);
  } finally {
    await server.close();
    await db.close();
  }
  await settle();
  const after = await countScans();
  return large.filter((table) => after[table]! > before[table]!);
}

/** Until the sessions that were closed are gone, and with them their statistics have arrived. */
async function settle(): Promise<void> {
  const others = `select 1 from pg_stat_activity where datname = current_database() and application_name = 'counted'`;
  while ((await app.deps.db.sql.rows(others, [])).length > 0);
}

const story = { section: 'bench-1', source: 'wen-hua-shi-jie', credits: [{ role: 'editor', editor: 'liu-ying-ying' }] };

it.each([
  ['GET', '/v1/articles/bench-1500', undefined],
  ['GET', '/v1/articles/bench-1500?perspective=draft', undefined],
  ['GET', '/v1/articles', undefined],
  ['GET', '/v1/articles?sort=-updatedAt', undefined],
  ['GET', '/v1/articles?sort=title', undefined],
  ['GET', '/v1/articles?section=bench-1', undefined],
  ['GET', '/v1/articles?source=wen-hua-shi-jie', undefined],
  ['GET', '/v1/articles?editor=liu-ying-ying', undefined],
  ['GET', '/v1/articles?perspective=draft', undefined],
  ['GET', '/v1/articles?perspective=draft&state=in_review&assignee=me', undefined],
  ['GET', '/v1/articles?perspective=draft&state=in_review&assignee=me&count=exact', undefined],
  ['GET', '/v1/articles?perspective=draft&state=in_review&assignee=me&sort=-updatedAt', undefined],
  ['GET', '/v1/articles?perspective=draft&state=in_review&assignee=me&sort=title', undefined],
  ['GET', '/v1/articles?perspective=draft&state=approved', undefined],
  ['GET', '/v1/articles?perspective=draft&assignee=me,none', undefined],
  ['GET', '/v1/articles?perspective=draft&createdBy=me', undefined],
  ['GET', '/v1/articles?perspective=draft&createdBy=service:bench', undefined],
  ['GET', '/v1/articles?perspective=draft&createdBy=service:nobody&sort=title', undefined],
  ['GET', '/v1/articles?perspective=draft&scheduled=true', undefined],
  ['GET', '/v1/articles?perspective=draft&embargoed=true', undefined],
  ['GET', '/v1/articles?perspective=draft&retracted=true', undefined],
  ['GET', '/v1/articles?perspective=draft&trashed=true', undefined],
  ['POST', '/v1/articles', { title: '没有引用' }],
  ['POST', '/v1/articles', { title: '有引用', ...story }],
  ['POST', '/v1/articles', { title: '有相关', ...story, related: ['bench-7', 'bench-8'] }],
])('%s %s reads no large table whole (%j)', async (method, path, body) => {
  expect(await listScanned(method, path, body)).toEqual([]);
});
