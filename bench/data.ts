// Published articles made from the seed's text, put in by SQL: the rows that publishing each of them would have made.
// Every pair of a section with a source, an editor or a tag has its share of them, a seventh of an hour apart. Their
// versions' hashes are the seed's; nothing that is measured reads them.
import type pg from 'pg';
import { insertInBulk } from './bulk.ts';

export const sectionCount = 10;
export const branchCount = 2;
export const tagCount = 20;
export const editorCount = 20;
export const sourceCount = 4;

const sections = `
  insert into section (id, slug, name, path, created_at, updated_at)
  select gen_random_uuid(), 'bench-' || n, '频道 ' || n, '{}', now(), now() from generate_series(1, $1::int) n`;

// Two sections with half of the others below each.
const branches = [
  `insert into section (id, slug, name, path, created_at, updated_at)
   select gen_random_uuid(), 'branch-' || n, '版块 ' || n, '{}', now(), now() from generate_series(1, ${branchCount}) n`,
  `update section s set parent_id = b.id from section b
   where s.slug ~ '^bench-' and b.slug = 'branch-' || (1 + substr(s.slug, 7)::int % ${branchCount})`,
];

// Beside the seed's own editor and source.
const records = [
  `insert into editor (id, slug, name, created_at, updated_at)
   select gen_random_uuid(), 'bench-editor-' || n, '记者 ' || n, now(), now() from generate_series(1, ${editorCount - 1}) n`,
  `insert into source (id, slug, name, created_at, updated_at)
   select gen_random_uuid(), 'bench-source-' || n, '来源 ' || n, now(), now() from generate_series(1, ${sourceCount - 1}) n`,
  `insert into tag (id, slug, name, created_at, updated_at)
   select gen_random_uuid(), 'bench-tag-' || n, '话题 ' || n, now(), now() from generate_series(1, ${tagCount}) n`,
];

// Ids in the order of time, as the program makes them.
export const idAt = (at: string) => `(
  select (substr(hex, 1, 8) || '-' || substr(hex, 9, 4) || substr(gen_random_uuid()::text, 14))::uuid
  from (select lpad(to_hex((extract(epoch from ${at}) * 1000)::bigint), 12, '0') as hex) h)`;

const nth = (table: string, where: string, order = 'slug') =>
  `(select array_agg(id order by ${order}) from ${table} where ${where})`;

// One row for each article, so that every statement takes the same ids; the oldest first, as they would have come.
const plan = `
  create temporary table plan as
  select ${idAt('x.at')} as id, ${idAt('x.at')} as publication, x.* from (
    select 'bench-' || n as slug, v.title || '（' || n || '）' as title, v.article_id as seed,
      date_trunc('milliseconds', now()) - n * interval '7 minutes' as at,
      (${nth('section', "slug ~ '^bench-'", 'length(slug), slug')})[1 + n % ${sectionCount}] as section_id,
      (${nth('tag', "slug ~ '^bench-'")})[1 + n / ${sectionCount} % ${tagCount}] as tag_id,
      (${nth('editor', 'true')})[1 + (n / ${sectionCount} + n / ${sectionCount * tagCount}) % ${editorCount}] as editor_id,
      (${nth('source', 'true')})[1 + n / ${sectionCount * 3} % ${sourceCount}] as source_id
    from generate_series($1::int, 1, -1) n
    cross join (
      select v.* from article_version v join article a on a.id = v.article_id and a.version = v.number limit 1) v) x`;

const articles = `
  insert into article (id, slug, title, section_id, source_id, published_at, created_at, created_by_service, updated_at, revision)
  select id, slug, title, section_id, source_id, at, at, 'bench', at, 2 from plan`;

// Each text begins with the title, so that none is like another.
const versions = `
  insert into article_version (article_id, number, slug, locale, title, body, word_count, section_id, source_id, metadata,
    created_at, created_by_service, hash)
  select p.id, 1, p.slug, v.locale, p.title, replace(v.template, '{title}', p.title)::json, v.word_count, p.section_id,
    p.source_id, v.metadata, p.at, 'bench', v.hash
  from plan p join (
    select v.*, regexp_replace(v.body::text, '"text":"', '"text":"{title}') as template
    from article_version v where v.article_id = (select seed from plan limit 1) and v.number = 1 offset 0) v on true`;

const beside = [
  `insert into article_version_credit (article_id, version, position, role, editor_id)
   select id, 1, 1, 'responsible_editor', editor_id from plan where editor_id is not null`,
  `insert into article_version_tag (article_id, version, position, tag_id)
   select id, 1, 1, tag_id from plan where tag_id is not null`,
  'insert into article_slug (slug, article_id, published_from, created_at) select slug, id, at, at from plan',
];

const publications = `
  insert into publication (id, article_id, version, visible_from, section_id, source_id, title, published_at, created_at,
    created_by_service, start_announced)
  select publication, id, 1, at, section_id, source_id, title, at, at, 'bench', true from plan`;

const memberships = ['editor', 'tag'].map(
  (noun) => `
  insert into publication_${noun} (publication_id, ${noun}_id, section_id, article_id, published_at, visible_from)
  select publication, ${noun}_id, section_id, id, at, at from plan where ${noun}_id is not null`,
);

const events = `
  insert into event (position, id, type, subject_type, subject_id, actor_type, actor_id, occurred_at, recorded_at, is_public,
    payload)
  select nextval('event_position_seq'), ${idAt('at')}, 'article.published', 'article', id, 'service', 'bench', at, at, true,
    json_build_object('publicationId', publication, 'version', 1, 'slug', slug, 'visibleFrom', at, 'visibleUntil', null,
      'revision', 2)
  from plan`;

const datedTags = `
  update tag t set published_from = p.at
  from (select tag_id, min(at) as at from plan group by tag_id) p where p.tag_id = t.id`;

const tables = [
  'article',
  'article_version',
  'article_version_credit',
  'article_version_tag',
  'article_slug',
  'publication',
  'publication_editor',
  'publication_tag',
  'event',
];

// By which the trigger below finds the first publication of an article.
const keptIndexes = ['publication_article_id_idx'];

export async function fillSections(client: pg.Client): Promise<void> {
  await client.query(sections, [sectionCount]);
}

/** Puts the sections below others; after everything else, as an editor would. */
export async function raiseBranches(client: pg.Client): Promise<void> {
  for (const statement of branches) await client.query(statement);
}

/** The seed and the sections must be there, and the connection is the only one to write. */
export async function fillArticles(client: pg.Client, count: number): Promise<void> {
  for (const statement of records) await client.query(statement);
  await client.query(plan, [count]);
  await publishPlan(client, versions);
}

/** The articles of the temporary table `plan`; `versions` is the statement that says what is in them. */
export async function publishPlan(client: pg.Client, versions: string): Promise<void> {
  await insertInBulk(client, { tables, keptIndexes }, async () => {
    // Prints what the public reads of it, whoever writes the row.
    await client.query('alter table publication enable always trigger publication_print');
    for (const statement of [articles, versions, ...beside, publications, ...memberships, events, datedTags])
      await client.query(statement);
    await client.query('drop table plan');
    await client.query('alter table publication enable trigger publication_print');
  });
}
