// The data of a run is found again by the next one, and is what the program itself would have made.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { provideData } from '../../bench/kept-data.ts';
import { createTestDatabase } from '../support/database.ts';
import { onDatabase } from '../support/database-address.ts';

const serverUrl = inject('databaseAdminUrl');
// With the name of this run's databases, so that they go with them if this one is cut short.
const name = `${inject('databaseTemplate')}_kept_${randomBytes(4).toString('hex')}`;
const count = 300;

const provide = () => provideData({ serverUrl, kind: 'articles', count }, name);
const query = async <Row extends object>(url: string, text: string) =>
  (await onDatabase(url, (client) => client.query<Row>(text))).rows;

let url: string;
beforeAll(async () => {
  const made = await provide();
  expect(made.isNew).toBe(true);
  url = made.url;
});
afterAll(() => onDatabase(serverUrl, (client) => client.query(`drop database if exists ${name} with (force)`)));

it('prints each article for the public as its publication would', async () => {
  const [row] = await query<object>(
    url,
    `select count(*)::int as articles, count(*) filter (where view = publication_view(p))::int as printed,
       count(distinct p.section_id)::int as sections
     from publication p join article a on a.id = p.article_id where a.slug ~ '^bench-'`,
  );
  expect(row).toMatchObject({ articles: count, printed: count, sections: 10 });
});

it('leaves every index, constraint and trigger as the migrations made it', async () => {
  const structure = `
    select indexdef as text from pg_indexes where schemaname = 'public'
    union all select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint where contype <> 'n'
    union all select pg_get_triggerdef(oid) || ' ' || tgenabled::text from pg_trigger where not tgisinternal
    order by 1`;
  const migrated = await createTestDatabase(import.meta.url);
  try {
    const expected = await query(migrated.url, structure);
    expect(expected.length).toBeGreaterThan(100);
    expect(await query(url, structure)).toEqual(expected);
  } finally {
    await migrated.drop();
  }
});

it('is found again as it is', async () => {
  await query(url, 'create table noticed ()');
  expect(await provide()).toMatchObject({ url, isNew: false });
  expect(await query(url, `select from pg_tables where tablename = 'noticed'`)).toHaveLength(1);
});

it.each([
  ['was made by another recipe', `'0123'`],
  ['was not finished', 'null'],
])('is made anew where what is there %s', async (_why, recipe) => {
  await query(url, 'create table if not exists noticed ()');
  await query(serverUrl, `comment on database ${name} is ${recipe}`);
  expect((await provide()).isNew).toBe(true);
  expect(await query(url, `select from pg_tables where tablename = 'noticed'`)).toHaveLength(0);
});
