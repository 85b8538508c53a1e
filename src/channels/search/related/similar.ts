// The published articles that are most like one: ranked as a search for its heaviest words would rank them. docs/search.md
// tells what was measured.
import type { Config } from '../../../platform/config/config.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { articleListQuery, readFilters } from '../../../resources/articles/queries/query.ts';
import { quoteLexeme } from '../analysis/quote.ts';
import type { Asking } from '../match/asking.ts';
import type { Demand } from '../match/demand.ts';
import { anyOf, atLeast } from '../match/expressions.ts';
import { type Hit, rankDocuments } from '../match/statements.ts';
import type { Weighed, Weights } from '../match/weigh.ts';
import { chooseStories } from './stories.ts';
import { findSubject, type HeavyWord, type Subject } from './words.ts';

export type SimilarOrder = {
  readonly articleId: string;
  /** Those that are shown anyway. */
  readonly without: ReadonlySet<string>;
  readonly now: Date;
  readonly config: Config;
  readonly limit: number;
};

// The best of them are looked at: what is shown anyway and a story that is told again are left out.
const lookedAtMax = 200;

/** Ids, the most similar first. */
export async function findSimilar(sql: Sql, order: SimilarOrder, copies = 0): Promise<readonly string[]> {
  const { articleId, without, now, config, limit } = order;
  const subject = await findSubject(sql, { ...order, copies });
  const demand = subject === null ? null : demandSimilar(subject);
  if (subject === null || demand === null) return [];
  const asking: Asking = {
    query: { clauses: [], excluded: [], features: [], isCut: false },
    facts: { namesOf: () => [], documents: 0, frequencyOf: () => 0, weeks: { starts: [], last: 0 } },
    scope: { now, reader: undefined, filters: noFilters(config), filtered: [] },
    demand,
    weights: weighSubject(subject, config),
    config,
    at: now,
  };
  const ranked = await rankDocuments(sql, asking, null, lookedAtMax);
  const hits = ranked.hits.filter(({ id }) => id !== articleId && !without.has(id)).toSorted(byScore(subject));
  const stories = await chooseStories(sql, { articleId, curated: [...without], hits, limit, now });
  // What only its copies have was what it is about, and hid the others.
  if (stories.ids.length < limit && stories.copies > copies) return findSimilar(sql, order, stories.copies);
  return stories.ids;
}

const noFilters = ({ timeZone }: Config) => readFilters(articleListQuery.parse({}), timeZone);

// How much a document that is longer than the article counts for less: it has more of everything (the b of BM25).
const lengthShare = 0.25;

function byScore({ size }: Subject) {
  const scoreOf = (hit: Hit) => hit.score / (1 - lengthShare + lengthShare * Math.max(1, hit.size / size));
  return (a: Hit, b: Hit) => scoreOf(b) - scoreOf(a);
}

// Less than that of what the article is about is another matter.
const coverMin = 0.2;
// Candidates are looked for by so many words, and have several of them.
const combinedMax = 8;
// As many entries of the index as are read for that at most, about.
const entriesMax = 60_000;

/** Null: there is nothing that another article could have as well. */
function demandSimilar({ words }: Subject): Demand | null {
  const chosen = chooseSelective(words).map(({ lexeme }) => quoteLexeme(lexeme));
  if (chosen.length === 0) return null;
  const match = anyOf(chosen);
  const tiers = [5, 4, 3, 2].filter((count) => count <= chosen.length).map((count) => atLeast(count, chosen));
  const isShort = chosen.length < 3;
  return {
    match: { expression: match, share: 0 },
    tiers: [...tiers, ...(isShort ? [match] : [])].map((expression) => ({ expression, share: 0, part: 0.25 })),
    coverMin,
  };
}

function chooseSelective(words: readonly HeavyWord[]): HeavyWord[] {
  let left = entriesMax;
  return words
    .filter(({ documents }) => {
      if (documents > left) return false;
      left -= documents;
      return true;
    })
    .slice(0, combinedMax);
}

// What two articles are filed under says little beside what they are about.
const belongingWeight = 0.2;

function weighSubject({ words, belongings }: Subject, { searchNameWeight }: Config): Weights {
  const total = words.reduce((sum, { weight }) => sum + weight, 0);
  const weighed = (heavy: readonly HeavyWord[], factor: number) =>
    heavy.map(({ lexeme, weight }): Weighed => ({ query: quoteLexeme(lexeme), weight: weight * factor }));
  return {
    words: weighed(words, 1),
    marks: weighed(belongings, searchNameWeight * belongingWeight),
    cover: weighed(words, 1 / total),
  };
}
