// From terms to what is looked up: the words that a document must have, and everything that makes it rank higher.
import type { Segmenter } from '../../../platform/words/segmenter.ts';
import { bridgeOf, pairsOf, pinyinMark, titleMark } from '../analysis/document.ts';
import { fold } from '../analysis/fold.ts';
import { isFunctionWord } from '../analysis/function-words.ts';
import { type Token, tokenizeFolded } from '../analysis/tokens.ts';
import type { Atom, Query } from './parse.ts';

export type Word = {
  /** Folded. */
  readonly text: string;
  /** One of them is enough. */
  readonly alternatives: readonly string[];
  readonly kind: 'word' | 'character' | 'bridge' | 'function';
  readonly isRequired: boolean;
};

export type Feature = {
  readonly lexeme: string;
  readonly kind: 'word' | 'part' | 'bridge' | 'titlePair';
  readonly weight: number;
};

export type AnalysedAtom = Atom & { readonly folded: string; readonly words: readonly Word[] };

export type AnalysedQuery = {
  readonly clauses: readonly (readonly AnalysedAtom[])[];
  readonly excluded: readonly AnalysedAtom[];
  readonly features: readonly Feature[];
  readonly isCut: boolean;
};

const wordsMax = 48;
const functionWeight = 0.3;

export function analyseQuery(segmenter: Segmenter, query: Query): AnalysedQuery {
  let left = wordsMax;
  let isCut = query.isCut;
  const features = new Map<string, Feature>();
  const analyse = (atom: Atom, isLookedFor: boolean): AnalysedAtom[] => {
    const folded = fold(atom.text).trim();
    const all = tokenizeFolded(segmenter, folded);
    const tokens = all.slice(0, left);
    isCut ||= tokens.length < all.length;
    left -= tokens.length;
    if (tokens.length === 0) return [];
    if (isLookedFor) addFeatures(features, segmenter, tokens, atom);
    return [{ ...atom, folded, words: readWords(tokens, atom) }];
  };
  const clauses = query.clauses
    .map((alternatives) => alternatives.flatMap((atom) => analyse(atom, true)))
    .filter((alternatives) => alternatives.length > 0);
  const excluded = query.excluded.flatMap((atom) => analyse(atom, false));
  return { clauses, excluded, features: [...features.values()], isCut };
}

function readWords(tokens: readonly Token[], { isPhrase, inTitle }: Atom): Word[] {
  const mark = inTitle ? titleMark : '';
  const isOnlyFunction = tokens.every(({ raw }) => isFunctionWord(raw));
  const isOptional = ({ raw }: Token) => !isPhrase && !isOnlyFunction && isFunctionWord(raw);
  return tokens.flatMap((token, n): Word[] => {
    const before = tokens[n - 1];
    const own = toWord(token, mark, isOptional(token));
    // Characters that the dictionary does not join are looked for together, as they stand.
    const isJoined = token.isGlued && (isPhrase || (isLone(before!, isOptional) && isLone(token, isOptional)));
    if (!isJoined) return [own];
    const bridge = bridgeOf(before!.word, token.word);
    return [own, { text: bridge, alternatives: [mark + bridge], kind: 'bridge', isRequired: true }];
  });
}

const isLone = (token: Token, isOptional: (token: Token) => boolean) =>
  token.kind === 'han' && [...token.word].length === 1 && !isOptional(token);

function toWord({ word, raw, kind }: Token, mark: string, isOptional: boolean): Word {
  const isRead = kind === 'latin' && raw.length > 1 && /^[a-z]+$/.test(raw);
  const alternatives = isRead ? [mark + word, pinyinMark + raw] : [mark + word];
  const character = kind === 'han' && [...word].length === 1;
  return {
    text: raw,
    alternatives,
    kind: isOptional ? 'function' : character ? 'character' : 'word',
    isRequired: !isOptional,
  };
}

function addFeatures(features: Map<string, Feature>, segmenter: Segmenter, tokens: readonly Token[], atom: Atom): void {
  const add = (lexeme: string, kind: Feature['kind'], weight = 1) => {
    if (!features.has(lexeme)) features.set(lexeme, { lexeme, kind, weight });
  };
  tokens.forEach((token, n) => {
    const { word, raw, kind, isGlued } = token;
    add(word, 'word', isFunctionWord(raw) ? functionWeight : 1);
    if (kind === 'latin' && /^[a-z]{2,}$/.test(raw)) add(pinyinMark + raw, 'titlePair');
    if (kind === 'han') for (const part of segmenter.parts(word)) add(part, 'part');
    if (isGlued) add(bridgeOf(tokens[n - 1]!.word, word), 'bridge');
  });
  for (const pair of pairsOf(fold(atom.text))) add(titleMark + pair, 'titlePair');
}
