import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  generatedLengthMax,
  makeSlug,
  reservedSlugs,
  type SlugPolicy,
  slugSchema,
  withSuffix,
} from '../../src/core/slug.ts';

const policies: SlugPolicy[] = ['pinyin', 'unicode', 'short-id'];
const uuid = '550e8400-e29b-41d4-a716-446655440000';

describe('makeSlug', () => {
  it.each([
    ['重庆', 'chong-qing'],
    ['长沙银行行长', 'chang-sha-yin-hang-hang-zhang'],
    ['5G与COVID-19', '5g-yu-covid-19'],
    ['iPhone12发布会', 'iphone12-fa-bu-hui'],
    ['Café don’t, Straße ＦＵＬＬ', 'cafe-dont-strasse-full'],
    ['绿色 侵略', 'lv-se-qin-lue'],
    ['乐清大城市喀什', 'yue-qing-da-cheng-shi-ka-shi'],
    ['　--首页 > 产经--　', 'shou-ye-chan-jing'],
  ])('pinyin of %s', (text, slug) => expect(makeSlug(text, 'pinyin')).toBe(slug));

  it.each([
    ['聚焦两会|青岛 5G', '聚焦两会-青岛-5g'],
    ['Привет, Мир', 'привет-мир'],
    ['हिन्दी समाचार', 'हिन्दी-समाचार'],
  ])('unicode keeps the script of %s', (text, slug) => expect(makeSlug(text, 'unicode')).toBe(slug));

  it('is cut at a syllable', () => {
    expect(makeSlug('庄'.repeat(100), 'pinyin')).toBe(Array(11).fill('zhuang').join('-'));
  });

  it('a title without a letter gets a short id, from the seed where one is given', () => {
    expect(makeSlug('🎉！', 'pinyin')).toMatch(/^[0-9a-z]{12}$/);
    expect(makeSlug('', 'pinyin', { seed: uuid })).toBe(makeSlug('other', 'short-id', { seed: uuid }));
    expect(makeSlug('a', 'short-id', { seed: uuid })).not.toBe(makeSlug('a', 'short-id', { seed: `${uuid}1` }));
  });

  it('is never a UUID or a reserved word', () => {
    for (const text of [uuid, uuid.replaceAll('-', ' '), uuid.replaceAll('-', ''), ...reservedSlugs]) {
      for (const policy of policies) expect(slugSchema.safeParse(makeSlug(text, policy)).success).toBe(true);
    }
  });

  it('whatever the text, the slug is valid, short enough and the same each time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom(...policies), (text, policy) => {
        const slug = makeSlug(text, policy);
        expect(slugSchema.safeParse(slug).error?.issues).toBeUndefined();
        expect(slug.length).toBeLessThanOrEqual(generatedLengthMax);
        if (policy !== 'unicode') expect(slug).toMatch(/^[a-z0-9-]+$/);
        expect(makeSlug(text, policy)).toBe(slug);
      }),
      { numRuns: 500 },
    );
  });

  const names = '../shared/data/pinyin/place-names/ok_data_level3.csv';
  it.skipIf(!existsSync(names))('reads at least 99.5% of Chinese place names right (needs ../shared/data)', () => {
    const rows = readFileSync(names, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').map((cell) => cell.replaceAll('"', '')));
    const right = rows.filter((row) =>
      makeSlug(row[7]!, 'pinyin').startsWith(row[5]!.toLowerCase().replaceAll(' ', '-')),
    );
    expect(rows.length).toBeGreaterThan(3000);
    expect(right.length / rows.length).toBeGreaterThan(0.995);
  });
});

describe('withSuffix', () => {
  it('numbers a slug', () => expect(withSuffix('qing-dao', 2)).toBe('qing-dao-2'));
  it('stays within the limit', () => {
    const slug = withSuffix(makeSlug('青岛'.repeat(60), 'pinyin'), 1234);
    expect(slug).toMatch(/^qing-dao-.*-1234$/);
    expect(slug.length).toBeLessThanOrEqual(generatedLengthMax);
  });
  it.each([1, 0, -2, 2.5, Number.NaN, 1e9])('%d is no suffix', (n) =>
    expect(() => withSuffix('a', n)).toThrow(RangeError),
  );
});

describe('slugSchema', () => {
  it.each(['a', 'qing-dao-2', '青岛-两会', 'हिन्दी', '2020', 'x'.repeat(120)])('takes %s', (slug) =>
    expect(slugSchema.parse(slug)).toBe(slug),
  );
  it.each([
    '',
    'A',
    'a--b',
    '-a',
    'a-',
    'a b',
    'a_b',
    'a/b',
    'a.b',
    'ａ',
    'a\n',
    'a\u0000',
    '\u0301a',
    'e\u0301',
    'x'.repeat(121),
    uuid,
    uuid.replaceAll('-', ''),
    'search',
    'by-external-id',
    'ids',
    'batch',
    'new',
    'me',
    'drafts',
    'trash',
    'preview',
    'suggest',
    'versions',
    'a\ud800',
    'a\u200db',
    5,
    null,
  ])('refuses %j', (slug) => expect(slugSchema.safeParse(slug).success).toBe(false));
});
