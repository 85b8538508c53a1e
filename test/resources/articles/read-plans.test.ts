// How the database finds what the public reads: each read that must cost the same at any size is explained, as it is
// prepared, on a hundred thousand publications. None scans a big table, sorts more than it shows of each branch, or goes
// through more rows than a page of articles that were published five times each.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillSections, sectionCount } from '../../../bench/data.ts';
import { fillPast, pastDays, publicationsEach } from '../../../bench/past.ts';
import { loadSeed } from '../../../src/channels/imports/seed.ts';
import type { Sql } from '../../../src/platform/db/db.ts';
import { planOptions } from '../../../src/platform/db/pool.ts';
import { findAbsence } from '../../../src/resources/articles/queries/gone.ts';
import { listPublished } from '../../../src/resources/articles/queries/list-published.ts';
import { findPublished } from '../../../src/resources/articles/queries/published.ts';
import { articleListQuery, readFilters, type Sort } from '../../../src/resources/articles/queries/query.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';

const articleCount = 20_000;
const limit = 20;
// Sections, sources, editors and tags: few enough to be read whole.
const recordCount = 20;
const bigTables = /^(publication|publication_editor|publication_tag|article|article_version.*|article_slug|event)$/;

let app: TestApp;
let client: pg.Client;
const ids = { article: '', tag: '' };

// Every other article has the tag; the sections from the second on lie below the first; the log is long.
const furnished = [
  `insert into event (position, id, type, subject_type, subject_id, actor_type, actor_id, occurred_at, recorded_at, payload, is_public)
   select nextval('event_position_seq'), gen_random_uuid(), 'article.published', 'article', gen_random_uuid(), 'service', 'test',
     now(), now() - n * interval '1 minute', '{}', n % 3 = 0 from generate_series(1, 20000) n`,
  `insert into tag (id, slug, name, created_at, updated_at) values (gen_random_uuid(), 'gang-kou', '港口', now(), now())`,
  `insert into publication_tag (publication_id, tag_id, section_id, article_id, published_at, visible_from)
   select p.id, t.id, p.section_id, p.article_id, p.published_at, p.visible_from
   from publication p cross join tag t where t.slug = 'gang-kou' and hashtext(p.article_id::text) % 2 = 0`,
  `update section set parent_id = (select id from section where slug = 'bench-1') where slug ~ '^bench-([2-9]|10)$'`,
];

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  app.clock.set(new Date());
  await loadSeed(app.deps);
  client = new pg.Client({
    connectionString: app.databaseUrl,
    options: `-c TimeZone=UTC ${planOptions}`,
  });
  await client.connect();
  await fillSections(client);
  await fillPast(client, articleCount, sectionCount);
  for (const statement of furnished) await client.query(statement);
  await client.query('vacuum analyze');
  const { rows } = await client.query<{ id: string }>(
    `select article_id::text as id from article_slug where slug = 'past-9990'`,
  );
  ids.article = rows[0]!.id;
}, 120_000);
afterAll(async () => {
  await client?.end();
  await app?.close();
});

type Plan = {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: Plan[];
};

const listNodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(listNodes)];
const touched = (node: Plan) =>
  (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)) *
  node['Actual Loops'];

function print(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return client.escapeLiteral(`{${value.map((each) => JSON.stringify(each)).join(',')}}`);
  return client.escapeLiteral(String(value));
}

/** The nodes of the plan that a read's statement has as a prepared one, as it ran. */
async function explain(read: (sql: Sql) => Promise<unknown>): Promise<Plan[]> {
  let nodes: Plan[] | undefined;
  const stop = new Error('explained');
  const explaining: Sql = {
    async rows(text, values) {
      await client.query(`prepare explained as ${text}`);
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
        `explain (analyze, format json) execute explained(${values.map(print).join(', ')})`,
      );
      await client.query('deallocate explained');
      nodes = listNodes(rows[0]!['QUERY PLAN'][0].Plan);
      throw stop;
    },
  };
  await expect(read(explaining)).rejects.toBe(stop);
  return nodes!;
}

function requireBounded(nodes: readonly Plan[], rowsMax: number): void {
  const scanned = nodes.filter(
    (node) => node['Node Type'] === 'Seq Scan' && bigTables.test(node['Relation Name'] ?? ''),
  );
  expect(scanned.map((node) => node['Relation Name'])).toEqual([]);
  const busiest = nodes.toSorted((a, b) => touched(b) - touched(a))[0]!;
  expect({ node: busiest, isWithin: touched(busiest) <= rowsMax }).toEqual({ node: busiest, isWithin: true });
}

const context = () => ({ now: app.clock.now(), publicUrl: 'https://news.test' });
const list = (search: Record<string, string>, after: { value: string; id: string } | null = null) => {
  const query = articleListQuery.parse(search);
  const filters = readFilters(query, 'Asia/Shanghai');
  return (sql: Sql) => listPublished(sql, { filters, sort: query.sort, after, limit, withBody: false }, context());
};

const filters: Record<string, Record<string, string>> = {
  'no filter': {},
  'a section': { section: 'bench-7' },
  'a branch of ten sections': { section: 'bench-1' },
  'a source': { source: 'wen-hua-shi-jie' },
  'an editor': { editor: 'liu-ying-ying' },
  'a tag': { tag: 'gang-kou' },
  'a section and a source': { section: 'bench-7', source: 'wen-hua-shi-jie' },
  'a section and an editor': { section: 'bench-7', editor: 'liu-ying-ying' },
  'a section and a tag': { section: 'bench-7', tag: 'gang-kou' },
};
const arms = (filter: Record<string, string>) => (filter.section === 'bench-1' ? sectionCount : 1);
// What a filter removes is told as an average of all loops, rounded up to a row: a looked-up row may count twice.
const pageRows = (filter: Record<string, string>) => 2 * (limit + 1) * publicationsEach * arms(filter);

describe.each(Object.entries(filters))('a list of %s', (_name, filter) => {
  it.each<Sort>(['-publishedAt', 'publishedAt', '-updatedAt'])('by %s reads the rows of one page', async (sort) => {
    requireBounded(await explain(list({ ...filter, sort })), pageRows(filter));
  });

  it.each<Sort>(['-publishedAt', 'publishedAt', '-updatedAt'])('by %s costs the same in the middle', async (sort) => {
    const middle = new Date(Date.now() - (pastDays(articleCount) / 8) * 86_400_000).toISOString();
    const after = { value: middle, id: '00000000-0000-4000-8000-000000000000' };
    requireBounded(await explain(list({ ...filter, sort }, after)), pageRows(filter));
  });

  // What was replaced lies before what is public, and is gone through; but it is neither scanned nor sorted.
  it('by updatedAt is read along an index', async () => {
    const nodes = await explain(list({ ...filter, sort: 'updatedAt' }));
    requireBounded(
      nodes.filter((node) => node['Node Type'] !== 'Index Scan' && node['Node Type'] !== 'Nested Loop'),
      pageRows(filter),
    );
  });
});

describe('one article', () => {
  it.each([
    ['by id', () => ids.article],
    ['by slug', () => 'past-9990'],
  ])('%s reads a row of each big table, however often it was published', async (_how, name) => {
    requireBounded(await explain((sql) => findPublished(sql, name(), context(), true)), recordCount);
  });

  it.each([
    ['by id', () => ids.article],
    ['by slug', () => 'past-9990'],
  ])('that is not there costs no more, %s', async (_how, name) => {
    requireBounded(await explain((sql) => findAbsence(sql, name(), app.clock.now())), publicationsEach);
  });
});
