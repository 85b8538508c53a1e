// What documents must have to be found: all that was asked for; or, where that is too much, the most of it.

import type { Parameters } from '../../../platform/db/parameters.ts';
import { closeUp } from '../analysis/fold.ts';
import type { AnalysedAtom, AnalysedQuery } from '../query/analyse.ts';
import {
  allOf,
  anyOf,
  atLeast,
  inTitle,
  printAtom,
  printClause,
  printExcluded,
  printNames,
  printWord,
  printWords,
  requiredOf,
} from './expressions.ts';
import type { Facts } from './facts.ts';
import { frequencyOf, rarityOf } from './weigh.ts';

export type Match = {
  /** A tsquery. */
  readonly expression: string;
  /** The share of all documents that is expected to match; 0: nobody knows. */
  readonly share: number;
};

type Tier = Match & {
  /** Of the bound. */
  readonly part: number;
};

export type Demand = {
  /** What the index is asked for. */
  readonly match: Match;
  /** Candidates: the newest of what matches each of these, and that part of the bound at most. */
  readonly tiers: readonly Tier[];
  /** The share of the query's weight that a document must have. */
  readonly coverMin: number;
};

type Clause = readonly AnalysedAtom[];

/** Several words that were not written apart: perhaps no document has all of them. */
export const isRun = ([atom, other]: Clause) => other === undefined && !atom!.isPhrase && atom!.words.length >= 3;

// From so many words on it is a sentence.
const longFrom = 4;

/** A question, or a headline, rather than the name of something: what has the most of it may be meant as well. */
export function isSpeech(clause: Clause): boolean {
  const { words, folded } = clause[0]!;
  const isLong = words.length >= longFrom || folded.length >= 8;
  return isRun(clause) && (isLong || words.some(({ kind }) => kind === 'function'));
}

export function demandAll(query: AnalysedQuery, facts: Facts, clauses: readonly Clause[] = query.clauses): Demand {
  const match = { expression: printAll(query, facts, clauses), share: expectShare(clauses, facts) };
  const titled = { expression: allOf([match.expression, ...clauses.map(printTitle)]), share: match.share * titleShare };
  return {
    match,
    tiers: [
      { ...match, part: 1 },
      { ...titled, part: 0.5 },
    ],
    coverMin: 0,
  };
}

// About as many of the articles with a word have it in the title.
const titleShare = 0.1;
// Words of one term come together; half of what has the rarer one has the other as well.
const companyShare = 0.5;

/** What excluded words take away, and names add, is not reckoned: recent.ts asks again where too few were found. */
function expectShare(clauses: readonly Clause[], facts: Facts): number {
  const shareOf = (atom: AnalysedAtom) => {
    const counts = requiredOf(atom).map((word) => frequencyOf(facts, word));
    return (Math.min(...counts) / Math.max(facts.documents, 1)) * companyShare ** (counts.length - 1);
  };
  const shares = clauses.map((clause) =>
    Math.min(
      1,
      clause.map(shareOf).reduce((sum, share) => sum + share, 0),
    ),
  );
  return shares.reduce((product, share) => product * share, 1);
}

const printAll = (query: AnalysedQuery, { namesOf }: Facts, clauses: readonly Clause[]) =>
  allOf([...clauses.map((clause) => printClause(clause, namesOf)), ...printExcluded(query, namesOf)]);

/** An alternative with its words in the title. */
const printTitle = (clause: Clause) => anyOf(clause.map((atom) => allOf(requiredOf(atom).map(inTitle))));

// Less than that has little to do with the question; docs/search.md has what was measured.
const coverMin = 0.3;

/**
 * Of runs of words the most by weight, of other clauses all. Candidates are first those that have everything, or a whole
 * run, in their titles or at all, then those with several of the rarest words. In a short run a number is not left out:
 * 4比0 is no 3比0.
 */
export function demandMost(query: AnalysedQuery, facts: Facts, clauses: readonly Clause[] = query.clauses): Demand {
  const { namesOf } = facts;
  const runs = clauses.filter(isRun).map(([atom]) => atom!);
  const rest = clauses.filter((clause) => !isRun(clause)).map((clause) => printClause(clause, namesOf));
  const names = runs.flatMap((atom) => namesOf(atom));
  const essential = listEssential(runs, facts);
  const words = essential.map(printWord);
  const numbers = runs
    .filter(({ words }) => words.length < longFrom)
    .flatMap(listNumbers)
    .map(printWord);
  const others = [...rest, ...numbers, ...printExcluded(query, namesOf)];
  const tier = (expressions: readonly string[]): Tier[] =>
    expressions.length === 0 ? [] : [{ expression: allOf([anyOf(expressions), ...others]), share: 0, part: 0.25 }];
  const expression = allOf([anyOf([...words, ...(names.length === 0 ? [] : [printNames(names)])]), ...others]);
  const match = { expression, share: 0 };
  return {
    match,
    tiers: [
      ...tier([printAll(query, facts, clauses)]),
      ...tier(runs.map((atom) => printTitle([atom]))),
      ...tier(runs.map(printWords)),
      ...tier(several(3, essential.slice(0, combinedMax).map(inTitle))),
      ...tier(several(3, words.slice(0, combinedMax))),
      ...tier(several(2, words.slice(0, combinedMax))),
      { ...match, part: 0.25 },
    ],
    coverMin,
  };
}

const listNumbers = (atom: AnalysedAtom) =>
  requiredOf(atom).filter(({ text }) => /\p{N}/u.test(text) && !han.test(text));

const combinedMax = 8;
const han = /\p{Script=Han}/u;

const several = (count: number, expressions: readonly string[]) =>
  expressions.length < count ? [] : [atLeast(count, expressions)];

/**
 * The rarest words, as many as no document can do without: what is left over is not enough. Rarest first.
 */
function listEssential(runs: readonly AnalysedAtom[], facts: Facts) {
  const words = runs.flatMap((atom) => requiredOf(atom)).map((word) => ({ word, weight: rarityOf(facts, word) }));
  const sorted = words.toSorted((a, b) => b.weight - a.weight);
  let left = sorted.reduce((sum, { weight }) => sum + weight, 0);
  const least = coverMin * left;
  const count = sorted.findIndex(({ weight }) => {
    left -= weight;
    return left < least;
  });
  return sorted.slice(0, count + 1).map(({ word }) => word);
}

/** The phrase as a regular expression of Postgres, every sign in it as itself. */
function printPattern(phrase: string): string {
  const signs = phrase.replace(
    /[^\p{L}\p{N} ]/gu,
    (sign) => `\\U${sign.codePointAt(0)!.toString(16).padStart(8, '0')}`,
  );
  const [before, after] = [/^[a-z0-9]/.test(phrase), /[a-z0-9]$/.test(phrase)];
  return `${before ? '(?:^|[^a-z0-9])' : ''}${signs}${after ? '(?:$|[^a-z0-9])' : ''}`;
}

/** Conditions on the text of a document `d`: that it holds exact phrases, or does not. */
export function listPhrases(query: AnalysedQuery, facts: Facts, parameters: Parameters): string[] {
  const holds = ({ folded, inTitle }: AnalysedAtom) => {
    const text = inTitle ? `split_part(d.text, E'\\n', 1)` : 'd.text';
    const phrase = closeUp(folded);
    // Words of other scripts are whole ones.
    const isWhole = /^[a-z0-9]|[a-z0-9]$/.test(phrase);
    if (isWhole) return `${text} ~ ${parameters.add(printPattern(phrase))}`;
    return `position(${parameters.add(phrase)} in ${text}) > 0`;
  };
  const fits = (atom: AnalysedAtom) => {
    const names = facts.namesOf(atom);
    if (!atom.isPhrase) return `d.words @@ ${parameters.add(printAtom(atom, facts.namesOf))}::tsquery`;
    return names.length === 0
      ? holds(atom)
      : `(${holds(atom)} or d.words @@ ${parameters.add(printNames(names))}::tsquery)`;
  };
  return [
    ...query.clauses
      .filter((clause) => clause.some(({ isPhrase }) => isPhrase))
      .map((clause) => `(${clause.map(fits).join(' or ')})`),
    ...query.excluded.filter(({ isPhrase }) => isPhrase).map((atom) => `not ${holds(atom)}`),
  ];
}
