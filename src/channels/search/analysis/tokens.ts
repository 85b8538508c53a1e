// The words of a text, one after the other, in the form in which they are compared. The dictionary cuts what is written in
// Han characters; in other scripts words are what stands between blanks and signs.
import { stemmer } from '@orama/stemmers/english';
import type { Segmenter } from '../../../platform/words/segmenter.ts';
import { fold } from './fold.ts';

export type Token = {
  /** Folded; an English word without its ending. */
  readonly word: string;
  /** Folded. */
  readonly raw: string;
  readonly kind: 'han' | 'latin' | 'number';
  /** In the folded text. */
  readonly start: number;
  readonly end: number;
  /** Follows the one before, directly or behind a blank, a Han character on both sides. */
  readonly isGlued: boolean;
};

const readable = /[\p{L}\p{N}]/u;
const han = /\p{Script=Han}/u;
const beginsInHan = /^\p{Script=Han}/u;
const endsInHan = /\p{Script=Han}$/u;
// A decimal number is one word; the 's of English is none.
const words = /['’]s(?![\p{L}\p{N}\p{M}])|\p{N}+(?:\.\p{N}+)+|[\p{L}\p{N}\p{M}]+/gu;
const possessive = /^['’]/;
const number = /^[\p{N}.]+$/u;
const english = /^[a-z]+$/;

// Longer than any word; what goes beyond says nothing more.
const lengthMax = 60;

export const stemOf = (word: string) => (english.test(word) ? stemmer(word) : word);

/** One, be it beyond the first plane, where it takes two units. */
export const isCharacter = (word: string) => word.length === String.fromCodePoint(word.codePointAt(0)!).length;

export const tokenize = (segmenter: Segmenter, text: string): Token[] => tokenizeFolded(segmenter, fold(text));

export function tokenizeFolded(segmenter: Segmenter, folded: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let foreign = '';
  for (const piece of segmenter.cut(folded)) {
    if (han.test(piece)) {
      if (foreign !== '') addForeign(tokens, foreign, at - foreign.length);
      foreign = '';
      addHan(tokens, piece, at, folded);
    } else {
      foreign += piece;
    }
    at += piece.length;
  }
  if (foreign !== '') addForeign(tokens, foreign, at - foreign.length);
  return tokens;
}

// Headlines have blanks where a sentence has none.
const isNext = (end: number, start: number, folded: string) =>
  end === start || (end === start - 1 && folded[end] === ' ');

function addHan(tokens: Token[], piece: string, start: number, folded: string): void {
  const word = clip(piece);
  const before = tokens.at(-1);
  const isGlued =
    before !== undefined && isNext(before.end, start, folded) && beginsInHan.test(word) && endsInHan.test(before.raw);
  tokens.push({ word, raw: word, kind: 'han', start, end: start + piece.length, isGlued });
}

/** jieba cuts other scripts by letters, so its pieces are put together again. */
function addForeign(tokens: Token[], text: string, start: number): void {
  for (const { 0: found, index } of text.matchAll(words)) {
    if (!readable.test(found) || possessive.test(found)) continue;
    const raw = clip(found);
    const kind = number.test(raw) ? 'number' : 'latin';
    const from = start + index;
    tokens.push({ word: stemOf(raw), raw, kind, start: from, end: from + found.length, isGlued: false });
  }
}

/** Leaves no half of a surrogate pair. */
const clip = (word: string) => (word.length > lengthMax ? word.slice(0, lengthMax).replace(/\p{Cs}$/u, '') : word);
