// How what was found is spread over sections, sources, editors, tags and years. A section counts the branch below it, as
// a filter by it would.
import type { Sql } from '../../../platform/db/db.ts';
import { createParameters } from '../../../platform/db/parameters.ts';
import type { Asking } from './asking.ts';
import { nameFitting } from './newest.ts';

export const facetNames = ['section', 'source', 'editor', 'tag', 'year'] as const;
export type FacetName = (typeof facetNames)[number];

/** Counted are at most so many articles, the newest; where there are more, the counts are too small and say so. */
export const facetedMax = 10_000;
const valuesMax = 50;

// Each selects `id` and `count`; by primary keys.
const counts: Record<Exclude<FacetName, 'year'>, string> = {
  section: `select b.id, count(*)::int as count from fitting f join section s on s.id = f.section_id
    cross join lateral unnest(s.path) b(id) group by b.id`,
  source:
    'select f.source_id as id, count(*)::int as count from fitting f where f.source_id is not null group by f.source_id',
  editor: `select c.editor_id as id, count(distinct f.article_id)::int as count from fitting f
    join article_version_credit c on c.article_id = f.article_id and c.version = f.version
    where c.editor_id is not null group by c.editor_id`,
  tag: `select t.tag_id as id, count(*)::int as count from fitting f
    join article_version_tag t on t.article_id = f.article_id and t.version = f.version group by t.tag_id`,
};

export type Facets = Partial<Record<FacetName, { readonly values: readonly object[]; readonly isExact: boolean }>>;

export async function countFacets(
  sql: Sql,
  asking: Asking,
  names: readonly FacetName[],
  timeZone: string,
): Promise<Facets> {
  const parameters = createParameters();
  const printed = names.map((name) => {
    const values = name === 'year' ? countYears(parameters.add(timeZone)) : countRecords(name);
    return `'${name}', (${values})`;
  });
  const text = `
    with ${nameFitting(asking, parameters, facetedMax + 1)}
    select json_build_object(${printed.join(', ')}) as facets, (select count(*)::int from picked) as picked`;
  const [row] = await sql.rows<{ facets: Record<FacetName, object[]>; picked: number }>(text, parameters.values);
  const isExact = row!.picked <= facetedMax;
  return Object.fromEntries(names.map((name) => [name, { values: row!.facets[name], isExact }]));
}

const countRecords = (name: Exclude<FacetName, 'year'>) => `
  select coalesce(json_agg(json_build_object('slug', x.slug, 'name', x.name, 'count', c.count) order by c.count desc, x.slug), '[]')
  from (select * from (${counts[name]}) k order by k.count desc, k.id limit ${valuesMax}) c join ${name} x on x.id = c.id`;

const countYears = (timeZone: string) => `
  select coalesce(json_agg(json_build_object('year', y.year, 'count', y.count) order by y.year desc), '[]')
  from (select extract(year from f.published_at at time zone ${timeZone})::int as year, count(*)::int as count
        from fitting f where f.published_at is not null group by 1) y`;
