// The words of a text, one after the other, in the form in which they are compared.
import { stemmer } from '@orama/stemmers/english';
import type { Segmenter } from '../../../platform/words/segmenter.ts';
import { fold } from './fold.ts';

export type Token = {
  /** Folded; a Latin word without its ending. */
  readonly word: string;
  /** Folded. */
  readonly raw: string;
  readonly kind: 'han' | 'latin' | 'number';
  /** Follows the one before directly, both in Han characters. */
  readonly isGlued: boolean;
};

const han = /\p{Script=Han}/u;
const readable = /[\p{L}\p{N}]/u;
const latin = /^[a-z]+$/;
const number = /^\p{N}+$/u;

// Longer than any word; what goes beyond says nothing more.
const lengthMax = 60;

export const tokenize = (segmenter: Segmenter, text: string): Token[] => tokenizeFolded(segmenter, fold(text));

export function tokenizeFolded(segmenter: Segmenter, folded: string): Token[] {
  const tokens: Token[] = [];
  let isGlued = false;
  for (const piece of segmenter.cut(folded)) {
    if (!readable.test(piece)) {
      isGlued = false;
      continue;
    }
    const raw = piece.trim().slice(0, lengthMax);
    const kind = han.test(raw) ? 'han' : number.test(raw) ? 'number' : 'latin';
    tokens.push({ word: latin.test(raw) ? stemmer(raw) : raw, raw, kind, isGlued: isGlued && kind === 'han' });
    isGlued = kind === 'han';
  }
  return tokens;
}
