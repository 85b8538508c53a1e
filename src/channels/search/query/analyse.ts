// From terms to what is looked up: the words that a document must have, and everything that makes it rank higher.
import type { Segmenter } from '../../../platform/words/segmenter.ts';
import { pinyinMark, titleMark } from '../analysis/document.ts';
import { fold } from '../analysis/fold.ts';
import { isFunctionWord } from '../analysis/function-words.ts';
import { bridgeOf, pairsOf, piecesOf } from '../analysis/pieces.ts';
import { spellPinyin } from '../analysis/pinyin.ts';
import { isCharacter, type Token, tokenizeFolded } from '../analysis/tokens.ts';
import type { Atom, Query } from './parse.ts';
import { joinPinyin } from './spaced.ts';

export type Word = {
  /** Folded. */
  readonly text: string;
  /** What stands for it in a document; one of them is enough. */
  readonly alternatives: readonly string[];
  /** Of a longer word what to look for instead, all of it: a document has that however it was cut. Empty for others. */
  readonly pieces: readonly string[];
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
    if (isLookedFor) addFeatures(features, segmenter, tokens);
    return [{ ...atom, folded, words: readWords(tokens, atom) }];
  };
  const clauses = query.clauses
    .map((alternatives) => alternatives.flatMap((atom) => analyse(atom, true)))
    .filter((alternatives) => alternatives.length > 0);
  const excluded = query.excluded.flatMap((atom) => analyse(atom, false));
  const joined = joinPinyin(clauses);
  for (const feature of joined.features) if (!features.has(feature.lexeme)) features.set(feature.lexeme, feature);
  return { clauses: joined.clauses, excluded, features: [...features.values()], isCut };
}

function readWords(tokens: readonly Token[], { isPhrase, inTitle }: Atom): Word[] {
  const mark = inTitle ? titleMark : '';
  // Of two words each is a part of what is meant: 能 in 赋能 is none that puts a question.
  const isQuestion = !isPhrase && tokens.length > 2 && !tokens.every(({ raw }) => isFunctionWord(raw));
  const isOptional = ({ raw }: Token) => isQuestion && isFunctionWord(raw);
  const isLone = (token: Token) => token.kind === 'han' && isCharacter(token.word) && !isOptional(token);
  // Characters that the dictionary does not join are looked for in pairs, as they stand; of a phrase all neighbours are.
  const isJoined = tokens.map((token, n) => token.isGlued && (isPhrase || (isLone(tokens[n - 1]!) && isLone(token))));
  return tokens.flatMap((token, n): Word[] => {
    const bridge = isJoined[n] ? [toBridge(bridgeOf(tokens[n - 1]!.word, token.word), mark)] : [];
    const isWithin = isCharacter(token.word) && (isJoined[n] || isJoined[n + 1] === true);
    return isWithin ? bridge : [...bridge, toWord(token, mark, isOptional(token))];
  });
}

const toBridge = (text: string, mark: string): Word => ({
  text,
  alternatives: [mark + text],
  pieces: [],
  kind: 'bridge',
  isRequired: true,
});

// Typed in letters, a word may be pinyin.
const isSpelled = ({ kind, raw }: Token) => kind === 'latin' && /^[a-z]{2,}$/.test(raw);

function toWord(token: Token, mark: string, isOptional: boolean): Word {
  const { word, raw, kind } = token;
  const pieces = kind === 'number' ? [] : piecesOf(kind === 'han' ? word : raw);
  return {
    text: raw,
    alternatives: isSpelled(token) ? [mark + word, pinyinMark + spellPinyin(raw)] : [mark + word],
    pieces: pieces.length > 1 ? pieces.map((piece) => mark + piece) : [],
    kind: isOptional ? 'function' : kind === 'han' && isCharacter(word) ? 'character' : 'word',
    isRequired: !isOptional,
  };
}

function addFeatures(features: Map<string, Feature>, segmenter: Segmenter, tokens: readonly Token[]): void {
  const add = (lexeme: string, kind: Feature['kind'], weight = 1) => {
    if (!features.has(lexeme)) features.set(lexeme, { lexeme, kind, weight });
  };
  // A word that has no words in it is known by its pairs where a document was cut before it was taught.
  const addWithin = (word: string) => {
    const parts = segmenter.parts(word);
    for (const part of parts) add(part, 'part');
    if (parts.length === 0) for (const piece of piecesOf(word)) add(piece, 'bridge');
  };
  tokens.forEach((token, n) => {
    const { word, raw, kind, isGlued } = token;
    add(word, 'word', isFunctionWord(raw) ? functionWeight : 1);
    if (isSpelled(token)) add(pinyinMark + spellPinyin(raw), 'titlePair');
    if (kind === 'han' && !isCharacter(word)) addWithin(word);
    if (isGlued) add(bridgeOf(tokens[n - 1]!.word, word), 'bridge');
  });
  for (const pair of pairsOf(textOf(tokens))) add(titleMark + pair, 'titlePair');
}

/** As it stood, what was cut off left out. */
const textOf = (tokens: readonly Token[]) =>
  tokens.map(({ raw, isGlued }, n) => (n === 0 || isGlued ? raw : ` ${raw}`)).join('');
