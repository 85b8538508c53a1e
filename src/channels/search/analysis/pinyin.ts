// How Han characters are read, without tones, in one word.
import { pinyin } from 'pinyin-pro';

/** Polyphones as in common words: 重庆 is chongqing. Empty where there is nothing to read. */
export function pinyinOf(folded: string): string {
  const read = pinyin(folded, { toneType: 'none', type: 'array', nonZh: 'removed', v: true });
  return read.join('').toLowerCase().replaceAll('ü', 'v');
}
