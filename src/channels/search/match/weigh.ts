// What each thing that can be found of a query in a document counts: as much as it is rare (BM25's inverse document
// frequency), times what its kind counts.
import type { Config } from '../../../platform/config/config.ts';
import { quoteLexeme } from '../analysis/quote.ts';
import type { AnalysedAtom, AnalysedQuery, Feature, Word } from '../query/analyse.ts';
import { anyOf, printNames, printWord } from './expressions.ts';
import type { Facts } from './facts.ts';

export type Weighed = { readonly query: string; readonly weight: number };

export type Weights = {
  /** How often a word is there counts, less and less. */
  readonly words: readonly Weighed[];
  /** What is there or not. */
  readonly marks: readonly Weighed[];
  /** The words that a document should have, each with its share of the whole. */
  readonly cover: readonly Weighed[];
};

// Parts of a word were found with the word most of the time, so they count for less.
const kinds: Record<Feature['kind'], (config: Config) => number> = {
  word: () => 1,
  part: () => 0.5,
  bridge: ({ searchPhraseWeight }) => searchPhraseWeight,
  titlePair: ({ searchPhraseWeight, searchTitleWeight }) => searchPhraseWeight * searchTitleWeight,
};
const isMark = ({ kind }: Feature) => kind === 'bridge' || kind === 'titlePair';

/**
 * ln(1 + (N - n + ½) / (n + ½)), Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009. A word that is
 * nowhere is as rare as one that is in one document: what nobody can have must not decide.
 */
export function rarity({ documents }: Pick<Facts, 'documents'>, frequency: number): number {
  const count = Math.max(frequency, 1);
  return Math.log(1 + Math.max(documents - count + 0.5, 0.5) / (count + 0.5));
}

export const frequencyOf = (facts: Facts, word: Word) =>
  Math.max(...word.alternatives.map((lexeme) => facts.frequencyOf(lexeme)));
export const rarityOf = (facts: Facts, word: Word) => rarity(facts, frequencyOf(facts, word));

// Of a long query the rest would move nothing.
const reckonedMax = 24;

export function weigh(query: AnalysedQuery, facts: Facts, config: Config): Weights {
  const weighed = (feature: Feature): Weighed => ({
    query: quoteLexeme(feature.lexeme),
    weight: rarity(facts, facts.frequencyOf(feature.lexeme)) * kinds[feature.kind](config) * feature.weight,
  });
  const atoms = query.clauses.flat();
  const heaviest = (features: readonly Feature[]) =>
    features
      .map(weighed)
      .filter(({ weight }) => weight > 0)
      .toSorted((a, b) => b.weight - a.weight)
      .slice(0, reckonedMax);
  return {
    words: heaviest(query.features.filter((feature) => !isMark(feature))),
    marks: [
      ...heaviest(query.features.filter(isMark)),
      ...atoms.flatMap((atom) => weighNames(atom, facts, config.searchNameWeight)),
    ],
    cover: weighCover(atoms, facts),
  };
}

function weighNames(atom: AnalysedAtom, facts: Facts, weight: number): Weighed[] {
  const names = facts.namesOf(atom);
  if (names.length === 0) return [];
  const sum = atom.words.reduce((total, word) => total + (word.isRequired ? rarityOf(facts, word) : 0), 0);
  return [{ query: printNames(names), weight: weight * sum }];
}

/** A document that belongs to what the words name has them, in a way. */
function weighCover(atoms: readonly AnalysedAtom[], facts: Facts): Weighed[] {
  const found = atoms.flatMap((atom) => {
    const names = facts.namesOf(atom);
    return atom.words.map((word): Weighed => {
      const query = names.length === 0 ? printWord(word) : anyOf([printWord(word), printNames(names)]);
      return { query, weight: rarityOf(facts, word) * (word.isRequired ? 1 : functionShare) };
    });
  });
  const total = found.reduce((sum, { weight }) => sum + weight, 0);
  return found.map(({ query, weight }) => ({ query, weight: weight / total }));
}

// That a word such as "how" is missing says little.
const functionShare = 0.3;
