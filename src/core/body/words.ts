// How long a story is, as Chinese newsrooms count: each Chinese, Japanese or Korean character is one, and each word or
// number in another script is one. Punctuation counts nothing.

import { listTexts } from './render-text.ts';
import type { Blocks } from './schema.ts';

const CJK = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー`;
const LETTER = String.raw`(?:(?![${CJK}])[\p{L}\p{N}\p{M}])`;
// don't and 42.2 are one word each.
const WORD = new RegExp(String.raw`[${CJK}]|${LETTER}+(?:['’.,](?=[\p{L}\p{N}])${LETTER}+)*`, 'gu');

export function listWords(text: string): readonly string[] {
  return text.match(WORD) ?? [];
}

export function countWords(blocks: Blocks): number {
  return blocks.flatMap(listTexts).reduce((sum, text) => sum + countWordsOf(text), 0);
}

// What a character is to the count. The engine looks each one up in the tables of several scripts, which for a story
// takes longer than hashing it; so it is asked once for each character of the first plane.
const [SIGN, WHOLE, START, MARK, JOINER] = [1, 2, 3, 4, 5];
const kinds = new Uint8Array(0x10000);
const patterns: readonly [RegExp, number][] = [
  [new RegExp(`[${CJK}]`, 'u'), WHOLE],
  [/[\p{L}\p{N}]/u, START],
  [/\p{M}/u, MARK],
  [/['’.,]/, JOINER],
];

function judgeChar(char: string): number {
  return patterns.find(([pattern]) => pattern.test(char))?.[1] ?? SIGN;
}

function kindOf(code: number): number {
  if (code > 0xffff) return judgeChar(String.fromCodePoint(code));
  if (kinds[code] === 0) kinds[code] = judgeChar(String.fromCharCode(code));
  return kinds[code]!;
}

/** As many as `listWords` lists, without listing them. */
export function countWordsOf(text: string): number {
  let count = 0;
  let inWord = false;
  for (let index = 0; index < text.length; ) {
    const code = text.codePointAt(index)!;
    index += code > 0xffff ? 2 : 1;
    const kind = kindOf(code);
    const isLetter = kind === START || kind === MARK;
    if (kind === WHOLE || (isLetter && !inWord)) count += 1;
    // A joiner goes on with a word only if a letter follows that may start one.
    inWord = isLetter || (inWord && kind === JOINER && kindOf(text.codePointAt(index) ?? 0) === START);
  }
  return count;
}
