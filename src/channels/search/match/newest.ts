// What was found, the newest first; and how much there is of it.
import type { Sql } from '../../../platform/db/db.ts';
import { createParameters, type Parameters } from '../../../platform/db/parameters.ts';
import type { Asking } from './asking.ts';
import { listPhrases } from './demand.ts';
import { type Dated, selectNewest } from './recent.ts';
import { unnested } from './statements.ts';

export type DatedPage = { readonly ids: readonly string[]; readonly next: Dated | null };

// Where every document has to be looked into: how many at a time.
const examinedMax = 2000;

/** Rows of `picked` that have the exact phrases, and enough of the query; `null` where the index says it all. */
function listChecks(asking: Asking, parameters: Parameters): string[] {
  const { demand, query, facts, weights } = asking;
  const cover = () =>
    `(select coalesce(sum(f.weight), 0) from ${unnested(weights.cover, parameters)} where d.words @@ f.query)`;
  return [
    ...listPhrases(query, facts, parameters),
    ...(demand.coverMin === 0 ? [] : [`${cover()} >= ${parameters.add(demand.coverMin)}::float8`]),
  ];
}

/** A page may be short where the checks left little of what was examined; the next goes on. */
export async function listNewest(sql: Sql, asking: Asking, behind: Dated | null, limit: number): Promise<DatedPage> {
  const parameters = createParameters();
  const checks = listChecks(asking, parameters);
  const examined = checks.length === 0 ? limit + 1 : examinedMax;
  const text = `
    with picked as materialized (
      ${selectNewest(asking, asking.demand.match, { limit: examined, behind }, parameters)})
    select p.article_id::text as id, p.date::text as date,
      ${checks.length === 0 ? 'true' : `(select ${checks.join(' and ')} from search_document d where d.article_id = p.article_id and d.version = p.version)`} as fits
    from picked p order by p.date desc, p.article_id desc`;
  const rows = await sql.rows<Dated & { fits: boolean }>(text, parameters.values);
  const fitting = rows.filter(({ fits }) => fits);
  const ids = fitting.slice(0, limit).map(({ id }) => id);
  const last =
    fitting.length > limit ? fitting[limit - 1]! : rows.length === examined && checks.length > 0 ? rows.at(-1)! : null;
  return { ids, next: last === null ? null : { id: last.id, date: last.date } };
}

/**
 * Two CTEs with `article_id`, `version`, `section_id`, `source_id` and `published_at`: `picked`, what the index finds, the
 * newest `limit` of it; and `fitting`, those of them that pass the checks as well.
 */
export function nameFitting(asking: Asking, parameters: Parameters, limit: number | null): string {
  const checks = listChecks(asking, parameters);
  return `
    picked as (${selectNewest(asking, asking.demand.match, { limit }, parameters)}),
    fitting as (
      select p.* from picked p
      ${checks.length === 0 ? '' : `join search_document d using (article_id, version) where ${checks.join(' and ')}`})`;
}

/** Up to this many are counted where an estimate is enough. */
export const estimatedMax = 10_000;

/** How many fit, of the newest `limit` that the index finds; null: of all. */
export async function countFitting(sql: Sql, asking: Asking, limit: number | null): Promise<number> {
  const parameters = createParameters();
  const text = `
    with ${nameFitting(asking, parameters, limit)}
    select count(*)::int as total from fitting`;
  const [row] = await sql.rows<{ total: number }>(text, parameters.values);
  return row!.total;
}
