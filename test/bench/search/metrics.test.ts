// The measures of a ranking, worked out by hand.
import { describe, expect, it } from 'vitest';
import { judgeRanking, meanOf } from '../../../bench/search/metrics.ts';
import { isGoodEnough, summarise } from '../../../bench/search/quality.ts';

const grades = new Map([
  ['best', 3],
  ['good', 1],
]);

describe('a ranking', () => {
  it('is perfect with the best first, and with nothing else between', () => {
    expect(judgeRanking(['best', 'good', 'other'], grades)).toEqual({ ndcg: 1, mrr: 1, hit: 1 });
  });

  it('loses what stands farther down, by the gain of its grade', () => {
    const { ndcg, mrr, hit } = judgeRanking(['other', 'good', 'best'], grades);
    const ideal = 7 / Math.log2(2) + 1 / Math.log2(3);
    expect(ndcg).toBeCloseTo((1 / Math.log2(3) + 7 / Math.log2(4)) / ideal, 12);
    expect(mrr).toBe(1 / 2);
    expect(hit).toBe(1);
  });

  it('is worth nothing without an answer among the first ten', () => {
    const others = Array.from({ length: 10 }, (_, n) => `other ${n}`);
    expect(judgeRanking([...others, 'best'], grades)).toEqual({ ndcg: 0, mrr: 0, hit: 0 });
    expect(judgeRanking([], grades)).toEqual({ ndcg: 0, mrr: 0, hit: 0 });
  });

  it('is held against ten answers at most', () => {
    const many = new Map(Array.from({ length: 20 }, (_, n) => [`d${n}`, 1]));
    expect(judgeRanking([...many.keys()], many).ndcg).toBeCloseTo(1, 12);
  });
});

describe('the table', () => {
  const quality = (value: number) => ({ ndcg: value, mrr: value, hit: value });
  const row = (kind: string, ours: number, bm25: number) => ({
    kind,
    ours: quality(ours),
    floors: { BM25: quality(bm25), pg_trgm: quality(0), LIKE: quality(0) },
  });

  it('has the means of each kind of query', () => {
    expect(meanOf([quality(1), quality(0)])).toEqual(quality(0.5));
    const rows = summarise('set', [row('word', 1, 1), row('number', 0.5, 1), row('word', 0, 1)]);
    expect(rows).toMatchObject([
      { set: 'set', kind: 'word', count: 2, ours: quality(0.5) },
      { kind: 'number', count: 1, ratio: 0.5 },
    ]);
  });

  it('finds fault with less than 0.95 of BM25 in any measure, and with nothing where BM25 finds nothing', () => {
    const isGood = (one: ReturnType<typeof row>) => summarise('set', [one]).every(isGoodEnough);
    expect(isGood(row('a', 0.95, 1))).toBe(true);
    expect(isGood(row('a', 0.94, 1))).toBe(false);
    expect(isGood({ ...row('a', 1, 1), ours: { ndcg: 1, mrr: 0.9, hit: 1 } })).toBe(false);
    expect(isGood(row('a', 0, 0))).toBe(true);
  });
});
