import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fold } from '../../../../src/channels/search/analysis/fold.ts';
import { createSegmenter, isTeachable } from '../../../../src/channels/search/analysis/segmenter.ts';
import { tokenize } from '../../../../src/channels/search/analysis/tokens.ts';

const segmenter = createSegmenter();
const read = (text: string) => tokenize(segmenter, text).map(({ word }) => word);

describe('words of a text', () => {
  it.each([
    ['Chinese ones', '青岛工业互联网大会', ['青岛', '工业', '互联网', '大会']],
    ['Traditional ones', '青島工業互聯網大會', ['青岛', '工业', '互联网', '大会']],
    ['Latin ones in Chinese, of any width', '５Ｇ与GDP增长', ['5g', '与', 'gdp', '增长']],
    ['numbers', '增长3.5%，2026年T+0', ['增长', '3.5', '2026', '年', 't', '0']],
    ['numbers with letters', 'COVID-19、C919', ['covid', '19', 'c919']],
    ['English ones without their endings', "Qingdao's cities keep growing", ['qingdao', 'citi', 'keep', 'grow']],
    ['other languages', 'café Россия 한국어 ひらがな naïve', ['café', 'россия', '한국어', 'ひらがな', 'naïve']],
    ['characters beyond the first plane', '𠮷野家', ['𠮷', '野', '家']],
    ['none of signs', '😀 —— “”…！', []],
  ])('are found: %s', (_, text, words) => {
    expect(read(text)).toEqual(words);
  });

  it('say where they stand, and whether they touch', () => {
    expect(tokenize(segmenter, '青岛，两会5G开幕了').map(({ start, end, isGlued }) => [start, end, isGlued])).toEqual([
      [0, 2, false],
      [3, 5, false],
      [5, 7, false],
      [7, 9, false],
      [9, 10, true],
    ]);
  });
});

function boundariesOf(words: readonly string[]): Set<number> {
  let at = 0;
  return new Set(words.map((word) => (at += word.length)));
}

describe('a segmenter', () => {
  it.each(['上海合作组织总部', '云上两会', '汪小帆', '5g消息', '的是', '我们的中国'])(
    'keeps %s whole once it is taught',
    (term) => {
      expect(segmenter.cut(`在${term}来了`)).not.toContain(term);
      expect(createSegmenter([term]).cut(`在${term}来了`)).toEqual(['在', term, '来', '了']);
    },
  );

  it('cuts other text as before but for one boundary in five hundred, when it was taught ten thousand words', () => {
    const rare = [...'龘靐齉爩鱻麤龗灪龖厵滟爨癵籱饢驫鲡鹂鸾戆瀛饕'];
    const words = rare.flatMap((a) => rare.flatMap((b) => rare.map((c) => a + b + c)));
    const text = fold(readFileSync('prisma/seed/qingdao-two-sessions.txt', 'utf8'));
    const before = boundariesOf(segmenter.cut(text));
    const after = boundariesOf(createSegmenter(words.slice(0, 10_000)).cut(text));
    const moved = [...before, ...after].filter((at) => !before.has(at) || !after.has(at));
    expect(moved.length).toBeLessThan(before.size / 500);
  });

  it('is taught words only that have a Han character and no sign', () => {
    expect(['两会', 'c919客机', '人'.repeat(30)].filter(isTeachable)).toHaveLength(3);
    expect(['会', 'gdp', '两 会', '两·会', '人'.repeat(31), '两会\n北京 9'].filter(isTeachable)).toEqual([]);
  });
});
