// The statements of search: the best documents by relevance, the newest, how many there are.
import type { Config } from '../../../platform/config/config.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { createParameters, type Parameters } from '../../../platform/db/parameters.ts';
import type { Asking } from './asking.ts';
import { listPhrases } from './demand.ts';
import { selectNewest } from './recent.ts';
import type { Weighed, Weights } from './weigh.ts';

type ScoreBehind = { readonly score: number; readonly id: string };
export type Hit = {
  readonly id: string;
  readonly score: number;
  readonly published_at: Date | null;
  /** The share of the query's weight that it has. */
  readonly cover: number;
  /** Lexemes in it. */
  readonly size: number;
};

// Scoring a candidate by a lexeme takes a microsecond or two, so a long query is reckoned on fewer of them.
const reckonedMax = 30_000;

/** How many documents are candidates at most. */
export function countCandidates({ words, marks, cover }: Weights, { searchCandidates }: Config): number {
  const affordable = Math.floor(reckonedMax / (words.length + marks.length + cover.length));
  return Math.min(searchCandidates, Math.max(200, affordable));
}

export const unnested = (weighed: readonly Weighed[], parameters: Parameters) =>
  `unnest(${parameters.add(weighed.map(({ query }) => query))}::text[]::tsquery[], ${parameters.add(
    weighed.map(({ weight }) => weight),
  )}::float8[]) as f(query, weight)`;

/**
 * The candidates `d`: of the documents that match, the newest of each tier; with their words `w`, read once from where
 * they lie beside the table, since every lexeme is looked up in them (an array holds its elements whole, a column may be no
 * more than a pointer); and how much of the query they cover.
 */
function fromCandidates(asking: Asking, parameters: Parameters, count: number): string {
  const { demand, query, facts, weights } = asking;
  const tiers = demand.tiers.map((tier) => {
    const newest = selectNewest(asking, tier, { limit: Math.ceil(count * tier.part) }, parameters);
    return `(select c.article_id, c.version from (${newest}) c)`;
  });
  const conditions = [
    ...listPhrases(query, facts, parameters),
    `k.cover >= ${parameters.add(demand.coverMin)}::float8`,
  ];
  return `
    from (${tiers.join(' union ')}) c join search_document d using (article_id, version)
    cross join lateral (select array[d.words] as words offset 0) w
    cross join lateral (
      select coalesce(sum(f.weight), 0) as cover from ${unnested(weights.cover, parameters)} where w.words[1] @@ f.query) k
    where ${conditions.join(' and ')}`;
}

/** How the score is made up is told in docs/search.md. */
function scoreOf({ weights, config, at }: Asking, parameters: Parameters): string {
  const { searchTitleWeight, searchBesideWeight, searchBodyWeight } = config;
  // In the order of Postgres: D, C, B, A.
  const fields = parameters.add([searchBodyWeight, searchBodyWeight, searchBesideWeight, searchTitleWeight]);
  const age = `greatest(extract(epoch from (${parameters.add(at.toISOString())}::timestamptz - d.published_at)), 0)::float8 / 86400`;
  const freshness = `coalesce(power(0.5, least(${age} / ${parameters.add(config.searchFreshnessDays)}::float8, 100)), 1)`;
  const found = [
    `(select coalesce(sum(f.weight * ts_rank(${fields}::float4[], w.words[1], f.query)), 0) from ${unnested(weights.words, parameters)})`,
    `(select coalesce(sum(f.weight), 0) from ${unnested(weights.marks, parameters)} where w.words[1] @@ f.query)`,
  ];
  return `
    (${found.join(' + ')}) * sqrt(k.cover)
    * (1 + ${parameters.add(config.searchFreshnessWeight)}::float8 * ${freshness})`;
}

export type Ranked = {
  readonly hits: readonly Hit[];
  /** How many candidates fit. */
  readonly found: number;
};

/** The best behind a position; one more than `limit`, to know whether there is a next page. */
export async function rankDocuments(
  sql: Sql,
  asking: Asking,
  behind: ScoreBehind | null,
  limit: number,
): Promise<Ranked> {
  const parameters = createParameters();
  const from = fromCandidates(asking, parameters, countCandidates(asking.weights, asking.config));
  const score = scoreOf(asking, parameters);
  const position =
    behind === null
      ? ''
      : `where (s.score, s.id) < (${parameters.add(behind.score)}::float8, ${parameters.add(behind.id)}::uuid)`;
  const text = `
    with scored as materialized (
      select d.article_id as id, d.published_at, k.cover, length(w.words[1]) as size, (${score}) as score ${from})
    select s.id::text, s.score, s.published_at, s.cover, s.size, (select count(*)::int from scored) as found
    from scored s ${position} order by s.score desc, s.id desc limit ${limit + 1}`;
  const rows = await sql.rows<Hit & { found: number }>(text, parameters.values);
  return { hits: rows, found: rows[0]?.found ?? 0 };
}
