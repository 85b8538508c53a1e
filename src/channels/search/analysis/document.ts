// What a document is found by: a bag of words as the text of a tsvector, made without Postgres' parser, which knows nothing
// of Chinese. docs/search.md tells what is in it.
import type { Segmenter } from '../../../platform/words/segmenter.ts';
import { fold } from './fold.ts';
import { pinyinOf } from './pinyin.ts';
import { type Token, tokenizeFolded } from './tokens.ts';

export type Fields = {
  readonly title: string;
  /** Kicker, subtitle, summary, bylines as printed. */
  readonly second: readonly string[];
  readonly body: string;
  /** Records that it refers to (index/lexemes.ts). */
  readonly ids: readonly string[];
};

export type Analysed = {
  /** The text of a tsvector. */
  readonly words: string;
  /** Folded, a line for each field. */
  readonly text: string;
};

type Field = 'A' | 'B' | 'D';
/** How often a lexeme is there, by field; an empty entry: it is there. */
type Bag = Map<string, Field[]>;

// More repetitions add next to nothing to a rank.
const repetitionsMax = 12;
// A hundred pages; what comes after them is not searched.
const bodyLengthMax = 100_000;

export const titleMark = '^';
export const pinyinMark = '~';

export function analyseDocument(segmenter: Segmenter, fields: Fields): Analysed {
  const bag: Bag = new Map();
  const title = fold(fields.title);
  const second = fields.second.map(fold);
  const body = fold(fields.body.slice(0, bodyLengthMax));
  const titleTokens = tokenizeFolded(segmenter, title);
  addText(bag, segmenter, titleTokens, 'A');
  for (const text of second) addText(bag, segmenter, tokenizeFolded(segmenter, text), 'B');
  addText(bag, segmenter, tokenizeFolded(segmenter, body), 'D');
  addTitle(bag, segmenter, title, titleTokens);
  addPinyin(bag, segmenter, titleTokens);
  for (const id of fields.ids) addOnce(bag, id);
  return { words: printBag(bag), text: [title, ...second, body].join('\n') };
}

/** A name as documents' titles are found, without marks; `isKnown`: the dictionary knows it as one word. */
export function analyseName(segmenter: Segmenter, name: string): { folded: string; words: string; isKnown: boolean } {
  const bag: Bag = new Map();
  const folded = fold(name).trim();
  const tokens = tokenizeFolded(segmenter, folded);
  addText(bag, segmenter, tokens, 'A');
  addPinyin(bag, segmenter, tokens);
  return { folded, words: printBag(bag), isKnown: tokens.length < 2 || !tokens.some(({ isGlued }) => isGlued) };
}

function addText(bag: Bag, segmenter: Segmenter, tokens: readonly Token[], field: Field): void {
  let before: Token | undefined;
  for (const token of tokens) {
    addTimes(bag, token.word, field);
    if (token.kind === 'han') {
      for (const part of segmenter.parts(token.word)) addTimes(bag, part, field);
      if (token.word.length > 1) for (const character of token.word) addOnce(bag, character);
      if (token.isGlued) addOnce(bag, bridgeOf(before!.word, token.word));
    }
    before = token;
  }
}

/** The characters on both sides of where one word ends and the next begins. */
export const bridgeOf = (left: string, right: string) => [...left].at(-1)! + [...right][0]!;

function addTitle(bag: Bag, segmenter: Segmenter, folded: string, tokens: readonly Token[]): void {
  for (const { word, kind } of tokens) {
    addOnce(bag, titleMark + word);
    if (kind !== 'han') continue;
    for (const part of segmenter.parts(word)) addOnce(bag, titleMark + part);
    for (const character of word) addOnce(bag, titleMark + character);
  }
  for (const pair of pairsOf(folded)) addOnce(bag, titleMark + pair);
}

/** Every two neighbouring Han characters. */
export function pairsOf(folded: string): string[] {
  return (folded.match(/\p{Script=Han}+/gu) ?? []).flatMap((run) => {
    const characters = [...run];
    return characters.slice(1).map((character, n) => characters[n]! + character);
  });
}

function addPinyin(bag: Bag, segmenter: Segmenter, tokens: readonly Token[]): void {
  tokens.forEach((token, n) => {
    if (token.kind !== 'han') return;
    for (const word of [token.word, ...segmenter.parts(token.word)]) addRead(bag, word);
    if (token.isGlued) addRead(bag, tokens[n - 1]!.word + token.word);
  });
}

function addRead(bag: Bag, word: string): void {
  const read = word.length > 1 ? pinyinOf(word) : '';
  if (read !== '') addOnce(bag, pinyinMark + read);
}

function addTimes(bag: Bag, lexeme: string, field: Field): void {
  const fields = bag.get(lexeme);
  if (fields === undefined) bag.set(lexeme, [field]);
  else if (fields.length < repetitionsMax) fields.push(field);
}

function addOnce(bag: Bag, lexeme: string): void {
  if (!bag.has(lexeme)) bag.set(lexeme, []);
}

/** A position for each time, which says nothing but how often; the weight letter is the field's. */
function printBag(bag: Bag): string {
  const printed: string[] = [];
  for (const [lexeme, fields] of bag) {
    const positions = fields.map((field, n) => (field === 'D' ? n + 1 : `${n + 1}${field}`)).join(',');
    const quoted = `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
    printed.push(fields.length === 0 ? quoted : `${quoted}:${positions}`);
  }
  return printed.join(' ');
}
