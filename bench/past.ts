// A hundred thousand articles with a past: each was published five times, evenly from its first day until now, so that at
// every instant one of the five was public. Besides, one article with a long chain of versions, and drafts to publish.
// By SQL: the rows that the acts would have made, with hashes of nothing, which nothing that is measured reads.
import type pg from 'pg';
import { insertInBulk } from './bulk.ts';
import { idAt } from './data.ts';

export const publicationsEach = 5;
export const longChain = 10_000;
const minutesApart = 10;
/** How far back the past of so many articles reaches. */
export const pastDays = (count: number) => (count * minutesApart) / (24 * 60);

const stories = `
  create temporary table story as
  select ${idAt('x.at')} as id, x.* from (
    select 'past-' || n as slug, s.id as section_id, '往事 ' || n as title, n * interval '${minutesApart / publicationsEach} minutes' as step,
      date_trunc('milliseconds', now()) - n * interval '${minutesApart} minutes' as at,
      (select id from source limit 1) as source_id, (select id from editor where slug = 'liu-ying-ying') as editor_id
    from generate_series(1, $1::int) n join section s on s.slug = 'bench-' || (1 + n % $2::int)) x`;

const editions = `
  create temporary table edition as
  select s.*, k as number, gen_random_uuid() as publication, s.at + (k - 1) * s.step as visible_from,
    case when k < ${publicationsEach} then s.at + k * s.step end as visible_until
  from story s cross join generate_series(1, ${publicationsEach}) k order by visible_from`;

const instantOf = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

// What the trigger prints (publication_view), in a tenth of the time, since these are all alike.
const view = `(select to_json(o)::text from (select e.id, e.slug, 'zh-CN' as locale, e.title || '（' || e.number || '）' as title,
  null as kicker, null as subtitle, null as summary, null as "sourceUrl", null as genre, null as urgency,
  ('"\\/url:' || e.slug || '"')::json as url, 0 as "wordCount", ('"\\/' || e.section_id || '"')::json as section,
  ('"\\/' || e.source_id || '"')::json as source,
  ('[{"role":"responsible_editor","name":"\\/name:' || e.editor_id || '","editor":"\\/' || e.editor_id || '"}]')::json as credits,
  '[]'::json as tags, null as cover, '[]'::json as related, '[]'::json as corrections, null as seo, '{}'::json as metadata,
  e.number as version, ${instantOf('e.at')} as "firstPublishedAt", ${instantOf('e.at')} as "publishedAt",
  ${instantOf('e.visible_from')} as "updatedAt") o)`;

const rows = [
  `insert into article (id, slug, title, section_id, source_id, published_at, created_at, created_by_service, updated_at,
     revision, version)
   select id, slug, title, section_id, source_id, at, at, 'bench', at, ${2 * publicationsEach}, ${publicationsEach} from story`,
  `insert into article_version (article_id, number, slug, locale, title, body, word_count, section_id, source_id, metadata,
     created_at, created_by_service, hash)
   select id, number, slug, 'zh-CN', title || '（' || number || '）', '[]', 0, section_id, source_id, '{}', visible_from,
     'bench', '\\x00' from edition`,
  `insert into article_version_credit (article_id, version, position, role, editor_id)
   select id, number, 1, 'responsible_editor', editor_id from edition`,
  'insert into article_slug (slug, article_id, published_from, created_at) select slug, id, at, at from story',
  `insert into publication (id, article_id, version, visible_from, visible_until, section_id, source_id, title, published_at,
     created_at, created_by_service, start_announced, end_announced, view, record_ids)
   select publication, id, number, visible_from, visible_until, section_id, source_id, title, at, visible_from, 'bench',
     true, visible_until is not null, ${view}, array[section_id, source_id, editor_id] from edition e`,
  `insert into publication_editor (publication_id, editor_id, section_id, article_id, published_at, visible_from)
   select publication, editor_id, section_id, id, at, visible_from from edition`,
];

/** The connection is the only one to write, and the sections are there. */
export async function fillPast(client: pg.Client, count: number, sectionCount: number): Promise<void> {
  await insertInBulk(client, { tables: ['article', 'publication', 'publication_editor'] }, async () => {
    await client.query(stories, [count, sectionCount]);
    await client.query(editions);
    for (const statement of rows) await client.query(statement);
    await client.query('drop table edition, story');
  });
}

const chain = `
  insert into article_version (article_id, number, slug, locale, title, body, word_count, section_id, source_id, metadata,
    created_at, created_by_service, hash, previous_hash, note)
  select v.article_id, n, v.slug, v.locale, v.title, '[]', 0, v.section_id, v.source_id, v.metadata,
    v.created_at + n * interval '1 second', 'bench', sha256(n::text::bytea), sha256((n - 1)::text::bytea), '改 ' || n
  from article a join article_version v on v.article_id = a.id and v.number = a.version
  cross join generate_series(a.version + 1, $2::int) n where a.id = $1::uuid`;

/** Prolongs an article's chain of versions to `longChain`. */
export async function prolongChain(client: pg.Client, id: string): Promise<void> {
  await client.query(chain, [id, longChain]);
  await client.query('update article set version = $2, revision = $2 where id = $1', [id, longChain]);
  await client.query('vacuum analyze article_version');
}

const drafts = [
  `create temporary table draft as
   select ${idAt("now() - n * interval '1 second'")} as id, v.article_id as original, $2 || '-' || n as slug
   from generate_series(1, $3::int) n cross join article_version v where v.article_id = $1::uuid and v.number = 1`,
  `insert into article (id, slug, title, section_id, source_id, created_at, created_by_service, updated_at)
   select d.id, d.slug, a.title, a.section_id, a.source_id, now(), 'bench', now()
   from draft d join article a on a.id = d.original`,
  `insert into article_version (article_id, number, slug, locale, title, body, word_count, section_id, source_id, metadata,
     created_at, created_by_service, hash)
   select d.id, 1, d.slug, v.locale, v.title, v.body, v.word_count, v.section_id, v.source_id, v.metadata, now(), 'bench',
     v.hash
   from draft d join article_version v on v.article_id = d.original and v.number = 1`,
  `insert into article_version_credit (article_id, version, position, role, editor_id, name)
   select d.id, 1, c.position, c.role, c.editor_id, c.name
   from draft d join article_version_credit c on c.article_id = d.original and c.version = 1`,
  'insert into article_slug (slug, article_id, created_at) select slug, id, now() from draft',
];

/** Copies of an article's first version as drafts of their own; answers their ids. */
export async function fillDrafts(client: pg.Client, original: string, name: string, count: number): Promise<string[]> {
  await client.query('begin');
  await client.query(drafts[0]!, [original, name, count]);
  for (const statement of drafts.slice(1)) await client.query(statement);
  const { rows: made } = await client.query<{ id: string }>('select id::text from draft');
  await client.query('drop table draft');
  await client.query('commit');
  await client.query('vacuum analyze');
  return made.map(({ id }) => id);
}
