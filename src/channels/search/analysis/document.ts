// What a document is found by: a bag of words as the text of a tsvector, made without Postgres' parser, which knows nothing
// of Chinese. docs/search.md tells what is in it.
import type { Segmenter } from '../../../platform/words/segmenter.ts';
import { closeUp, fold } from './fold.ts';
import { bridgeOf, pairsOf, piecesOf } from './pieces.ts';
import { pinyinOf } from './pinyin.ts';
import { quoteLexeme } from './quote.ts';
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
const textLengthMax = 100_000;
// Postgres' tsvector holds a megabyte of 1024 × 1024. No text of that length comes near with its words; with all pairs of
// characters one of random characters may.
const bytesMax = 1_000_000;

export const titleMark = '^';
export const pinyinMark = '~';

export function analyseDocument(segmenter: Segmenter, fields: Fields): Analysed {
  const bag: Bag = new Map();
  const title = foldWithin(fields.title);
  const second = fields.second.map(foldWithin);
  const body = foldWithin(fields.body);
  const titleTokens = tokenizeFolded(segmenter, title);
  addTitle(bag, segmenter, title, titleTokens);
  addPinyin(bag, segmenter, titleTokens);
  for (const id of fields.ids) addOnce(bag, id);
  addText(bag, segmenter, titleTokens, 'A');
  for (const text of second) addText(bag, segmenter, tokenizeFolded(segmenter, text), 'B');
  addText(bag, segmenter, tokenizeFolded(segmenter, body), 'D');
  return { words: printBag(bag), text: [title, ...second, body].map(closeUp).join('\n') };
}

/** A name as documents' titles are found, without marks; `isKnown`: the dictionary knows it as one word. */
export function analyseName(segmenter: Segmenter, name: string): { folded: string; words: string; isKnown: boolean } {
  const bag: Bag = new Map();
  const folded = fold(name).trim();
  const tokens = tokenizeFolded(segmenter, folded);
  addPinyin(bag, segmenter, tokens);
  // As a whole, too: what people are called is seldom in a dictionary.
  addRead(bag, folded);
  addText(bag, segmenter, tokens, 'A');
  return { folded, words: printBag(bag), isKnown: tokens.length < 2 || !tokens.some(({ isGlued }) => isGlued) };
}

/** Folding may make a text longer: one sign stands for up to eighteen. */
const foldWithin = (text: string) =>
  fold(text.slice(0, textLengthMax))
    .slice(0, textLengthMax)
    .replace(/\p{Cs}$/u, '');

function addText(bag: Bag, segmenter: Segmenter, tokens: readonly Token[], field: Field): void {
  let before: Token | undefined;
  for (const token of tokens) {
    const { word, kind, isGlued } = token;
    addTimes(bag, word, field);
    if (kind === 'han' && word.length > 1) {
      for (const part of segmenter.parts(word)) addTimes(bag, part, field);
      if (word.length > 2) for (const piece of piecesOf(word)) addOnce(bag, piece);
      for (const character of word) addOnce(bag, character);
    }
    if (kind === 'latin') for (const piece of listPieces(token)) addOnce(bag, piece);
    if (isGlued) addOnce(bag, bridgeOf(before!.word, word));
    before = token;
  }
}

/** The letters and the digits of a word that has both. */
function listPieces({ raw }: Token): string[] {
  const pieces = piecesOf(raw);
  return pieces.length > 1 ? pieces : [];
}

function addTitle(bag: Bag, segmenter: Segmenter, folded: string, tokens: readonly Token[]): void {
  for (const token of tokens) {
    const { word, kind } = token;
    addOnce(bag, titleMark + word);
    if (kind === 'latin') for (const piece of listPieces(token)) addOnce(bag, titleMark + piece);
    if (kind !== 'han') continue;
    for (const lexeme of [...segmenter.parts(word), ...piecesOf(word), ...word]) addOnce(bag, titleMark + lexeme);
  }
  for (const pair of pairsOf(folded)) addOnce(bag, titleMark + pair);
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

/**
 * A position for each time, which says nothing but how often; the weight letter is the field's. Where there is no room for
 * all, the last of those go that have no position.
 */
function printBag(bag: Bag): string {
  const printed: string[] = [];
  const others: string[] = [];
  let bytes = 0;
  const fits = (lexeme: string, fields: readonly Field[]) => {
    // At most: three bytes a unit, and what Postgres keeps of positions.
    bytes += 3 * lexeme.length + 4 + 2 * fields.length;
    return bytes < bytesMax;
  };
  for (const [lexeme, fields] of bag) {
    if (fields.length === 0 && !isMarked.test(lexeme)) others.push(lexeme);
    else if (fits(lexeme, fields)) {
      printed.push(fields.length === 0 ? quoteLexeme(lexeme) : `${quoteLexeme(lexeme)}:${printPositions(fields)}`);
    }
  }
  for (const lexeme of others) if (fits(lexeme, [])) printed.push(quoteLexeme(lexeme));
  return printed.join(' ');
}

function printPositions(fields: readonly Field[]): string {
  let printed = '';
  for (let n = 0; n < fields.length; n += 1) {
    const field = fields[n]!;
    printed += `${n === 0 ? '' : ','}${n + 1}${field === 'D' ? '' : field}`;
  }
  return printed;
}

const isMarked = /^[\^~@]/;
