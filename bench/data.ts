// Ten thousand published articles made from the seed's text, in ten sections, put in by SQL: the rows that publishing
// each of them would have made. Their versions' hashes are the seed's; nothing that is measured reads them.
import type pg from 'pg';

export const sectionCount = 10;

const sections = `
  insert into section (id, slug, name, path, created_at, updated_at)
  select gen_random_uuid(), 'bench-' || n, '频道 ' || n, '{}', now(), now() from generate_series(1, $1::int) n`;

// One for each article, so that every statement takes the same ids.
const plan = `
  create temporary table plan as
  select gen_random_uuid() as id, gen_random_uuid() as publication, 'bench-' || n as slug,
    v.title || '（' || n || '）' as title, s.id as section_id,
    date_trunc('milliseconds', now()) - n * interval '7 minutes' as at, v.article_id as seed
  from generate_series(1, $1::int) n
  join section s on s.slug = 'bench-' || (1 + n % ${sectionCount})
  cross join (select v.* from article_version v join article a on a.id = v.article_id and a.version = v.number limit 1) v`;

const articles = `
  insert into article (id, slug, title, section_id, source_id, published_at, created_at, created_by_service, updated_at, revision)
  select p.id, p.slug, p.title, p.section_id, a.source_id, p.at, p.at, 'bench', p.at, 2
  from plan p join article a on a.id = p.seed`;

const versions = `
  insert into article_version (article_id, number, slug, locale, title, body, word_count, section_id, source_id, metadata,
    created_at, created_by_service, hash)
  select p.id, 1, p.slug, v.locale, p.title,
    jsonb_set(v.body::jsonb, '{0,children,0,text}', to_jsonb(p.title || (v.body #>> '{0,children,0,text}')))::json,
    v.word_count, p.section_id, v.source_id, v.metadata, p.at, 'bench', v.hash
  from plan p join article_version v on v.article_id = p.seed and v.number = 1`;

const credits = `
  insert into article_version_credit (article_id, version, position, role, editor_id, name)
  select p.id, 1, c.position, c.role, c.editor_id, c.name
  from plan p join article_version_credit c on c.article_id = p.seed and c.version = 1`;

const slugs = `
  insert into article_slug (slug, article_id, published_from, created_at) select slug, id, at, at from plan`;

const publications = `
  insert into publication (id, article_id, version, visible_from, section_id, source_id, title, published_at, created_at,
    created_by_service, start_announced)
  select p.publication, p.id, 1, p.at, p.section_id, a.source_id, p.title, p.at, p.at, 'bench', true
  from plan p join article a on a.id = p.id`;

const memberships = `
  insert into publication_editor (publication_id, editor_id, section_id, article_id, published_at, visible_from)
  select distinct p.publication, c.editor_id, p.section_id, p.id, p.at, p.at
  from plan p join article_version_credit c on c.article_id = p.id and c.version = 1 where c.editor_id is not null`;

export async function fillSections(client: pg.Client): Promise<void> {
  await client.query(sections, [sectionCount]);
}

/** The slugs of what was made. The seed and the sections must be there, and the connection is the only one to write. */
export async function fillArticles(client: pg.Client, count: number): Promise<string[]> {
  await client.query('begin');
  await client.query(plan, [count]);
  for (const statement of [articles, versions, credits, slugs, publications, memberships])
    await client.query(statement);
  const { rows } = await client.query<{ slug: string }>('select slug from plan');
  await client.query('commit');
  await client.query('vacuum analyze');
  return rows.map((row) => row.slug);
}
