// The table of how well search answers, ours beside the floors, by set and kind of query.
import { printMarkdown } from '../table.ts';
import { type FloorName, floorNames } from './floors/rankings.ts';
import { depth, meanOf, type Quality } from './metrics.ts';

export type Judged = {
  readonly kind: string;
  readonly ours: Quality;
  readonly floors: Readonly<Record<FloorName, Quality>>;
};

export type QualityRow = {
  readonly set: string;
  readonly kind: string;
  readonly count: number;
  readonly ours: Quality;
  readonly floors: Readonly<Record<FloorName, Quality>>;
  /** Our least figure by that of BM25. */
  readonly ratio: number;
};

/** A row for each kind of query. */
export function summarise(set: string, judged: readonly Judged[]): QualityRow[] {
  return [...new Set(judged.map(({ kind }) => kind))].map((kind) => {
    const those = judged.filter((one) => one.kind === kind);
    const ours = meanOf(those.map((one) => one.ours));
    const floors = Object.fromEntries(
      floorNames.map((floor) => [floor, meanOf(those.map((one) => one.floors[floor]))]),
    ) as Record<FloorName, Quality>;
    return { set, kind, count: those.length, ours, floors, ratio: compare(ours, floors.BM25) };
  });
}

/** Infinite where BM25 finds nothing. */
const compare = (ours: Quality, other: Quality) =>
  Math.min(
    ...(['ndcg', 'mrr', 'hit'] as const).map((name) => (other[name] === 0 ? Infinity : ours[name] / other[name])),
  );

export const ratioMin = 0.95;
export const isGoodEnough = ({ ratio }: QualityRow) => ratio >= ratioMin;

const printQuality = ({ ndcg, mrr, hit }: Quality) => [ndcg, mrr, hit].map((value) => value.toFixed(3)).join(' ');

export function printQualities(rows: readonly QualityRow[]): string {
  const columns = ['set', 'queries', 'number', 'ours', ...floorNames, 'ours / BM25'];
  const cells = rows.map(({ set, kind, count, ours, floors, ratio }, n) => [
    set === rows[n - 1]?.set ? '' : set,
    kind,
    String(count),
    printQuality(ours),
    ...floorNames.map((floor) => printQuality(floors[floor])),
    ratio === Infinity ? '' : `${ratio.toFixed(3)}${ratio < ratioMin ? ' (!)' : ''}`,
  ]);
  const legend = `Each time nDCG@${depth}, MRR@${depth} and hit@${depth}; the last column has the least of the three ratios.`;
  return `${printMarkdown(columns, cells, 2)}\n\n${legend}`;
}
