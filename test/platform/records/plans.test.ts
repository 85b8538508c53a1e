// What public reads of records cost does not grow with their number: among a hundred thousand tags, sources and editors
// each statement walks an index for as many rows as it shows. Held against the plans that production keeps.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sql } from '../../../src/platform/db/db.ts';
import {
  listPublicRecords,
  type PublicRecordsOrder,
  readPublicRecord,
} from '../../../src/platform/records/public-reads.ts';
import type { RecordKind } from '../../../src/platform/records/record.ts';
import { editorRecord } from '../../../src/resources/editors/record.ts';
import { sectionRecord } from '../../../src/resources/sections/record.ts';
import { sourceRecord } from '../../../src/resources/sources/record.ts';
import { tagRecord } from '../../../src/resources/tags/record.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const counts = { section: 3_000, editor: 100_000, source: 3_000, tag: 70_000, draftTag: 30_000, event: 20_000 };
const kinds: readonly RecordKind[] = [sectionRecord, editorRecord, sourceRecord, tagRecord];

const now = new Date('2026-05-27T06:00:00.000Z');
const present = { now, at: now, isPast: false };
const past = { now, at: new Date(now.getTime() - 60_000), isPast: true };
const made = `'${now.toISOString()}'::timestamptz - n * interval '1 hour'`;
const columns = '(id, slug, name, created_at, updated_at)';
const values = `gen_random_uuid(), 'slug-' || n, substr('安北重大福广杭济昆兰南青上深天武西云郑成', 1 + n % 20, 1) || n, ${made}, ${made}`;

// The tags that drafts made stand together before all others, in every order.
const fill = [
  `insert into editor ${columns} select ${values} from generate_series(1, ${counts.editor}) n`,
  `insert into source ${columns} select ${values} from generate_series(1, ${counts.source}) n`,
  `insert into tag ${columns} select ${values} from generate_series(1, ${counts.tag}) n`,
  `insert into tag (id, slug, name, is_listed, created_at, updated_at)
   select gen_random_uuid(), 'draft-' || n || '-' || at, at || n, false, at::timestamptz + n * interval '1 second',
     at::timestamptz + n * interval '1 second' from generate_series(1, ${counts.draftTag} / 2) n, unnest('{1999-01-01,2026-05-20}'::text[]) at`,
  `insert into section (id, slug, name, parent_id, path, position, created_at, updated_at)
   select md5('section' || n)::uuid, 'slug-' || n, '栏目' || n, case when n > 100 then md5('section' || (1 + n % 100))::uuid end,
     '{}', n % 7, ${made}, ${made} from generate_series(1, ${counts.section}) n`,
  `insert into event (position, id, type, subject_type, subject_id, actor_type, actor_id, occurred_at, recorded_at, is_public, payload)
   select nextval('event_position_seq'), gen_random_uuid(), 'tag.drafted', 'tag', gen_random_uuid(), 'service', 'test', ${made},
     ${made}, n = 1, '{}' from generate_series(1, ${counts.event}) n`,
  'vacuum analyze',
];

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase(import.meta.url);
  const options = '-c TimeZone=UTC -c plan_cache_mode=force_generic_plan -c jit=off';
  client = new pg.Client({ connectionString: database.url, options });
  await client.connect();
  for (const statement of fill) await client.query(statement);
}, 300_000);
afterAll(async () => {
  await client?.end();
  await database?.drop();
});

type Node = {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: Node[];
};
type Explained = { 'QUERY PLAN': [{ Plan: Node }] };

const quote = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? `'{${value.join(',')}}'` : pg.escapeLiteral(String(value));

/** Runs a statement as a connection of production does after the first time: by a plan that serves every value. */
async function explain(text: string, given: readonly unknown[]): Promise<Node> {
  await client.query('deallocate all');
  await client.query(`prepare wanted as ${text}`);
  const { rows } = await client.query<Explained>(
    `explain (analyze, format json) execute wanted${given.length > 0 ? `(${given.map(quote).join(', ')})` : ''}`,
  );
  return rows[0]!['QUERY PLAN'][0].Plan;
}

const flatten = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(flatten)];

type Cost = { readonly rows: number; readonly whole: string[]; readonly sorted: number; readonly statements: string[] };

/** Of one read: rows that were looked at, tables that were read as a whole, the most rows that were sorted at once. */
async function costOf(read: (sql: Sql) => Promise<unknown>): Promise<Cost> {
  const names: string[] = [];
  const nodes: Node[] = [];
  const sql: Sql = {
    async rows(text, given, name) {
      names.push(name ?? 'unnamed');
      nodes.push(...flatten(await explain(text, given)));
      const { rows } = await client.query({ text, values: [...given] });
      return rows;
    },
  };
  await read(sql);
  const scans = nodes.filter((node) => node['Node Type'].includes('Scan') && node['Relation Name'] !== undefined);
  const rowsOf = (node: Node) =>
    (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)) *
    node['Actual Loops'];
  const sorts = nodes.filter((node) => node['Node Type'].includes('Sort'));
  return {
    rows: scans.reduce((sum, node) => sum + rowsOf(node), 0),
    whole: scans
      .filter((node) => node['Node Type'] === 'Seq Scan' && rowsOf(node) > 100)
      .map((node) => node['Relation Name']!),
    sorted: Math.max(0, ...sorts.flatMap((node) => (node.Plans ?? []).map((below) => below['Actual Rows']))),
    statements: names,
  };
}

const page: PublicRecordsOrder = { moment: present, sort: 'name', limit: 20, filters: {} };
const list = (kind: RecordKind, order: Partial<PublicRecordsOrder>) => (sql: Sql) =>
  listPublicRecords(sql, kind, { ...page, ...order });

/** A cursor as a page ends with it, behind the row at a share of the list. */
async function cursorAt(kind: RecordKind, sort: string, share: number): Promise<string> {
  const { column, direction } = kind.sorts[sort]!;
  const known = kind === tagRecord ? 'where is_listed' : '';
  const sql: Sql = { rows: async (text, given) => (await client.query({ text, values: [...given] })).rows };
  const { page: first } = await listPublicRecords(sql, kind, { ...page, sort, limit: 1 });
  const { rows } = await client.query<{ value: unknown; id: string }>(
    `select ${column} as value, id from ${kind.noun} ${known} order by ${column} ${direction}, id ${direction}
     offset ${Math.floor(counts[kind.noun] * share)} limit 1`,
  );
  const { value, id } = rows[0]!;
  const [owner] = JSON.parse(Buffer.from(first.nextCursor!, 'base64url').toString());
  const printed = value instanceof Date ? value.toISOString() : String(value);
  return Buffer.from(JSON.stringify([owner, printed, id])).toString('base64url');
}

// A section shows all that are above it: three more rows for each.
const rowsPerShown = (kind: RecordKind) => (kind === sectionRecord ? 8 : 1);
const others = 10;

describe.each(kinds)('of $plural', (kind) => {
  const bound = (limit: number) => (limit + 1) * rowsPerShown(kind) + others;

  it.each(Object.keys(kind.sorts))('the first page by %s reads an index for as many rows as it shows', async (sort) => {
    for (const limit of [1, 20, 100]) {
      const cost = await costOf(list(kind, { sort, limit }));
      expect(cost).toMatchObject({ whole: [] });
      expect(cost.rows).toBeLessThanOrEqual(bound(limit));
      expect(cost.sorted).toBeLessThanOrEqual(limit + 1);
      expect(cost.statements).toHaveLength(1);
      expect(cost.statements).not.toContain('unnamed');
    }
  });

  it.each(Object.keys(kind.sorts))('a page by %s costs the same at any depth', async (sort) => {
    for (const share of [0.5, 0.99]) {
      const cost = await costOf(list(kind, { sort, cursor: await cursorAt(kind, sort, share) }));
      expect(cost).toMatchObject({ whole: [] });
      expect(cost.rows).toBeLessThanOrEqual(bound(20));
      expect(cost.sorted).toBeLessThanOrEqual(21);
    }
  });

  it('a page of a moment ago costs what one of now does, and one before all of them nothing', async () => {
    for (const sort of Object.keys(kind.sorts)) {
      const cost = await costOf(list(kind, { sort, moment: past }));
      expect(cost).toMatchObject({ whole: [] });
      expect(cost.rows).toBeLessThanOrEqual(bound(20));
    }
    const before = { now, at: new Date('1990-01-01T00:00:00.000Z'), isPast: true };
    expect((await costOf(list(kind, { moment: before }))).rows).toBeLessThanOrEqual(others);
  });

  it('those picked by ids, and one by id or slug, are looked up', async () => {
    const { rows } = await client.query<{ id: string; slug: string }>(`select id, slug from ${kind.noun} limit 100`);
    const picked = await costOf(list(kind, { ids: rows.map(({ id }) => id) }));
    expect(picked).toMatchObject({ whole: [] });
    expect(picked.rows).toBeLessThanOrEqual(bound(100));
    for (const idOrSlug of [rows[0]!.id, rows[0]!.slug, 'no-such']) {
      for (const moment of [present, past]) {
        const cost = await costOf((sql) => readPublicRecord(sql, kind, { idOrSlug, moment }));
        expect(cost).toMatchObject({ whole: [], sorted: expect.any(Number) });
        expect(cost.rows).toBeLessThanOrEqual(bound(1));
        expect(cost.statements).toHaveLength(1);
      }
    }
  });
});

it.each(['none', 'slug-7'])('children of one section (%s) are read along an index', async (parent) => {
  const cost = await costOf(list(sectionRecord, { sort: 'position', filters: { parent } }));
  expect(cost).toMatchObject({ whole: [] });
  expect(cost.rows).toBeLessThanOrEqual(21 * 8 + others);
});
