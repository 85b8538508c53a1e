// One search: asks for everything; where that finds nothing, or hardly anything of a question, for the most of it. The
// pages of a search all ask for the same, at one instant and with one measure.
import type { Config } from '../../../platform/config/config.ts';
import type { Sql } from '../../../platform/db/db.ts';
import type { AnalysedAtom, AnalysedQuery } from '../query/analyse.ts';
import type { Asking } from './asking.ts';
import { type Demand, demandAll, demandMost, isRun, isSpeech } from './demand.ts';
import { chooseDropped } from './drop.ts';
import { type Facts, findFacts } from './facts.ts';
import { countFitting, listNewest } from './newest.ts';
import type { Dated } from './recent.ts';
import type { Scope } from './scope.ts';
import { rankDocuments } from './statements.ts';
import { weigh } from './weigh.ts';

export type SearchSort = 'relevance' | '-publishedAt';

/** What the first page has settled for those after it. */
export type Settled = {
  /** The most of runs of words is enough. */
  readonly isRelaxed: boolean;
  /** Numbers of the clauses that were dropped. */
  readonly dropped: readonly number[];
  readonly at: Date;
  /** How rare its words are (facts.ts). */
  readonly counts: string;
};

export type Behind = { readonly settled: Settled; readonly key: string; readonly id: string };

export type Search = {
  readonly query: AnalysedQuery;
  readonly scope: Scope;
  readonly config: Config;
  readonly sort: SearchSort;
  readonly limit: number;
  readonly behind: Behind | null;
};

export type Found = {
  readonly ids: readonly string[];
  /** How many there are, where they are fewer than enough. */
  readonly count: number;
  readonly next: Behind | null;
  readonly asking: Asking;
  readonly dropped: readonly AnalysedAtom[];
  readonly relaxed: readonly AnalysedAtom[];
};

// As many as a page has by itself: who asks a question looks at no more.
const enough = 10;

export async function findArticles(sql: Sql, search: Search): Promise<Found> {
  const { query, scope, behind } = search;
  const facts = await findFacts(sql, query, { ...scope, counts: behind?.settled.counts });
  if (behind !== null) return findPage(sql, search, facts, behind.settled);
  const settled: Settled = { isRelaxed: false, dropped: [], at: scope.now, counts: facts.counts };
  const all = await findPage(sql, search, facts, settled);
  const hasRuns = query.clauses.some(isRun);
  if (all.count >= (query.clauses.some(isSpeech) ? enough : 1)) return all;
  const most = hasRuns ? await findPage(sql, search, facts, { ...settled, isRelaxed: true }) : all;
  if (most.count > 0) return most;
  const dropped = await chooseDropped(sql, most.asking);
  if (dropped.length === 0) return all;
  const rest = await findPage(sql, search, facts, { ...settled, isRelaxed: hasRuns, dropped });
  // An excluded phrase may have left nothing of it.
  return rest.count > 0 ? rest : all;
}

async function findPage(sql: Sql, search: Search, facts: Facts, settled: Settled): Promise<Found> {
  const { query, scope, config, sort, limit, behind } = search;
  const kept = query.clauses.filter((_, n) => !settled.dropped.includes(n));
  const rest: AnalysedQuery = { ...query, clauses: kept };
  const demand: Demand = settled.isRelaxed && kept.some(isRun) ? demandMost(rest, facts) : demandAll(rest, facts);
  const asking: Asking = {
    query: rest,
    facts,
    scope,
    demand,
    weights: weigh(rest, facts, config),
    config,
    at: settled.at,
  };
  const told = {
    asking,
    dropped: settled.dropped.flatMap((n) => query.clauses[n] ?? []),
    relaxed: settled.isRelaxed ? kept.filter(isRun).flat() : [],
  };
  if (sort === 'relevance') {
    const position = behind === null ? null : { score: Number(behind.key), id: behind.id };
    const { hits, found: count } = await rankDocuments(sql, asking, position, limit);
    const last = hits.length > limit ? hits[limit - 1]! : null;
    const next = last === null ? null : { settled, key: String(last.score), id: last.id };
    return { ids: hits.slice(0, limit).map(({ id }) => id), count, next, ...told };
  }
  const position: Dated | null = behind === null ? null : { date: behind.key, id: behind.id };
  const { ids, next } = await listNewest(sql, asking, position, limit);
  // Whether it is enough must not depend on how long a page is.
  const isWhole = behind !== null || next === null || ids.length >= enough;
  const count = isWhole ? ids.length : Math.max(ids.length, await countFitting(sql, asking, config.searchCandidates));
  return { ids, count, next: next === null ? null : { settled, key: next.date, id: next.id }, ...told };
}
