// How long a story is, as Chinese newsrooms count: each Chinese, Japanese or Korean character is one, and each word or
// number in another script is one. Punctuation counts nothing.

import { listTexts } from './render-text.ts';
import type { Blocks } from './schema.ts';

const CJK = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー`;
const LETTER = String.raw`(?:(?![${CJK}])[\p{L}\p{N}\p{M}])`;
// don't and 42.2 are one word each.
const WORD = new RegExp(String.raw`[${CJK}]|${LETTER}+(?:['’.,](?=[\p{L}\p{N}])${LETTER}+)*`, 'gu');

export function countWords(blocks: Blocks): number {
  return blocks.flatMap(listTexts).reduce((sum, text) => sum + listWords(text).length, 0);
}

export function listWords(text: string): readonly string[] {
  return text.match(WORD) ?? [];
}
