import { describe, expect, it } from 'vitest';
import { listSyllables } from '../../../../src/channels/search/analysis/pinyin.ts';
import { isPinyin } from '../../../../src/channels/search/query/syllables.ts';

describe('pinyin', () => {
  it('is every reading of a character that titles are found by, but for two exclamations', () => {
    const missed = new Set<string>();
    for (let point = 0x4e00; point <= 0x9fff; point += 1) {
      for (const syllable of listSyllables(String.fromCodePoint(point))) if (!isPinyin(syllable)) missed.add(syllable);
    }
    expect([...missed].toSorted()).toEqual(['m', 'ng']);
  });

  it.each(['a', 'qingdao', 'xian', 'zhanlue', 'zhanlve', 'nvpai', 'daxiongmao', 'women', 'zhuang'.repeat(10)])(
    'is %s',
    (word) => {
      expect(isPinyin(word)).toBe(true);
    },
  );

  it.each(['', 'i', 'port', 'island', 'do', 'qingda0', 'Qing', '青', 'xianx', 'xian'.repeat(50_000).concat('x')])(
    'is not %s',
    (word) => {
      expect(isPinyin(word)).toBe(false);
    },
  );
});
