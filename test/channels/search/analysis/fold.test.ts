import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, foldWithOffsets } from '../../../../src/channels/search/analysis/fold.ts';

describe('one form of a text', () => {
  it.each([
    ['ＧＤＰ　５Ｇ', 'gdp 5g'],
    ['青島兩會，工業互聯網', '青岛两会,工业互联网'],
    ['乾隆愛乾燥的頭髮', '乾隆爱干燥的头发'],
    ['caf\u00e9 CAFE\u0301', 'café café'],
    ['J\u030c', '\u01f0'],
    ['ΟΔΟΣ ΟΔΟΣ.', 'οδοσ οδοσ.'],
    ['一\t\n \u3000二\u0000三', '一 二 三'],
    ['青\u200b岛 in\u00adformation', '青岛 information'],
    ['㈱ ﬁ ½', '(株) fi 1⁄2'],
    ['\ud800青\udc00', ' 青 '],
  ])('of %j is %j', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it('has no more marks on a character than Unicode streams have, whatever is piled up', () => {
    expect(fold(`a${'\u0323\u0301'.repeat(50_000)}b`).length).toBeLessThan(40);
  });
});

const awkward = fc.constantFrom(
  ...[
    '青島',
    '乾隆',
    '二噁英',
    '㗲',
    '𠮷',
    'Ａ',
    'ｶﾞ',
    'ㄱㅏ',
    '각',
    'e\u0301',
    '\u0301',
    '\u0327',
    'ﬁ',
    '㈱',
    'ﷺ',
    'İ',
  ],
  ...[
    'Σ',
    'ς',
    'ß',
    '👨‍👩‍👧',
    '\u200d',
    '\u00ad',
    '\u3000',
    '\n',
    ' ',
    '\ud83d',
    '\ude00',
    '\u0e33',
    'ǰ',
    'J\u030c',
    '\u{16d67}',
  ],
);
const text = fc
  .array(fc.oneof(awkward, fc.string({ unit: 'binary' }), fc.string()), { maxLength: 12 })
  .map((all) => all.join(''));

describe('the way back to what was written', () => {
  it('is of the very same form, for any text', () => {
    fc.assert(
      fc.property(text, (written) => {
        expect(foldWithOffsets(written).folded).toBe(fold(written));
      }),
      { numRuns: 2000 },
    );
  });

  it('leads from each place to one in the text, in order, from its beginning to its end', () => {
    fc.assert(
      fc.property(text, (written) => {
        const { folded, offsets } = foldWithOffsets(written);
        expect(offsets).toHaveLength(folded.length + 1);
        expect(offsets.at(-1)).toBe(written.length);
        for (let n = 1; n < offsets.length; n += 1) expect(offsets[n]).toBeGreaterThanOrEqual(offsets[n - 1]!);
      }),
    );
  });

  it('cuts what was found out of the text as it was written', () => {
    const written = '「ＱＩＮＧＤＡＯ」青島\u3000\u3000兩會：cafe\u0301 二噁英、㗲';
    const { folded, offsets } = foldWithOffsets(written);
    const cut = (wanted: string) => {
      const at = folded.indexOf(wanted);
      return written.slice(offsets[at], offsets[at + wanted.length]);
    };
    expect(['qingdao', '青岛', '两会', 'café', fold('二噁英'), fold('㗲')].map(cut)).toEqual(
      ['ＱＩＮＧＤＡＯ', '青島', '兩會', 'cafe\u0301', '二噁英', '㗲'], // biome-ignore format: beside what was wanted
    );
  });
});
