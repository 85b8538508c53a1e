// How Han characters are read, without tones, in one word.
import { loadPinyin, spellSyllable } from '../../../core/pinyin.ts';

/** Polyphones as in common words: 重庆 is chongqing. Empty where there is nothing to read. */
export const pinyinOf = (folded: string): string => listSyllables(folded).join('');

/** One for each Han character; others are left out. */
export function listSyllables(folded: string): string[] {
  const read = loadPinyin()(folded, { toneType: 'none', type: 'array', nonZh: 'removed', v: true, toneSandhi: false });
  return read.map((syllable) => spellSyllable(syllable).toLowerCase());
}

/** As it may have been typed: lve for lue. */
export const spellPinyin = (typed: string) => typed.replace(/([ln])ve/g, '$1ue');
