// What search is held against finds what such a search would find.
import { describe, expect, it } from 'vitest';
import { createBm25, cutBigrams } from '../../../bench/search/floors/bigrams.ts';
import { findByTrigrams, findLike, prepareTexts } from '../../../bench/search/floors/database.ts';
import { createTestDatabase } from '../../support/database.ts';
import { onDatabase } from '../../support/database-address.ts';

describe('bigrams', () => {
  it('are pairs of Han characters that overlap; a lone one and other words are whole', () => {
    expect(cutBigrams('青岛港，5G 与ＧＤＰ')).toEqual(['青岛', '岛港', '5g', '与', 'gdp']);
    expect(cutBigrams('……')).toEqual([]);
  });
});

describe('BM25', () => {
  const text = (id: string, body: string) => ({ id, title: '', body });

  it('prefers the shorter of two texts, and the one that has a word more often', () => {
    const bm25 = createBm25([
      text('long', '青岛，很长的文章'),
      text('short', '青岛，文章'),
      text('twice', '青岛，青岛'),
    ]);
    expect(bm25('青岛', 10)).toEqual(['twice', 'short', 'long']);
    expect(bm25('青岛', 1)).toEqual(['twice']);
    expect(bm25('上海', 10)).toEqual([]);
  });

  it('lets rare words count for more than common ones', () => {
    const bm25 = createBm25([text('a', '青岛'), text('b', '青岛'), text('c', '烟台')]);
    expect(bm25('青岛 烟台', 10)).toEqual(['c', 'a', 'b']);
  });

  it('lets repetition count for less and less', () => {
    const others = [text('c', '子，丑，寅，卯，辰'), text('d', '子，丑，寅，卯，辰')];
    const bm25 = createBm25([text('often', '甲，甲，甲，甲，甲'), text('both', '甲，乙，丙，丙，丙'), ...others]);
    expect(bm25('甲 乙', 10)).toEqual(['both', 'often']);
  });
});

it('LIKE and trigrams look into titles and bodies as they were written', async () => {
  const database = await createTestDatabase(import.meta.url);
  try {
    await onDatabase(database.url, async (client) => {
      const at = (day: number) => ({ day: null, at: new Date(Date.UTC(2026, 0, day)) });
      await prepareTexts(client, [
        { id: 'old', title: '增长5.3%', body: '', ...at(1) },
        { id: 'new', title: '统计', body: '同比增长5.3%', ...at(2) },
        { id: 'other', title: '增长放缓', body: '', ...at(3) },
      ]);
      expect(await findLike(client, '增长5.3%', 10)).toEqual(['new', 'old']);
      expect(await findLike(client, '增_', 10)).toEqual([]);
      expect((await findByTrigrams(client, '增长5.3%', 10))[0]).toBe('old');
    });
  } finally {
    await database.drop();
  }
});
