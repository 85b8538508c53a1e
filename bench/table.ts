// The one table that is printed: each work beside what it is held against, what came out, and whether that is enough.
import type { Round } from './load.ts';

export type Row = {
  readonly work: string;
  /** What it is held against. */
  readonly beside: string;
  readonly result: string;
  /** Empty: it is only stated. */
  readonly aim: string;
  readonly isMet: boolean | null;
  readonly ours?: Round;
  readonly other?: Round;
};

const columns = [
  'work',
  'beside',
  'result',
  'aim',
  'met',
  'CPU µs (server + database)',
  'beside',
  'req/s',
  'beside',
  'p50 / p99 ms',
  'beside',
];
const textColumns = 2;

export const cpuOf = ({ serverUs, databaseUs }: Round) => serverUs + databaseUs;

const printCpu = (round?: Round) =>
  round === undefined
    ? ''
    : `${cpuOf(round).toFixed(0)} (${round.serverUs.toFixed(0)} + ${round.databaseUs.toFixed(0)})`;
const printRate = (round?: Round) => round?.perSecond.toFixed(round.perSecond < 100 ? 1 : 0) ?? '';
const printTimes = (round?: Round) =>
  round === undefined ? '' : `${round.p50Ms.toFixed(2)} / ${round.p99Ms.toFixed(2)}`;

export function printTable(rows: readonly Row[]): string {
  const cells = rows.map(({ work, beside, result, aim, isMet, ours, other }, n) => [
    work === rows[n - 1]?.work ? '' : work,
    beside,
    result,
    aim,
    isMet === null ? '' : isMet ? 'yes' : 'no',
    printCpu(ours),
    printCpu(other),
    printRate(ours),
    printRate(other),
    printTimes(ours),
    printTimes(other),
  ]);
  return printMarkdown(columns, cells, textColumns);
}

/** Columns of text stand to the left, those of figures to the right. */
export function printMarkdown(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  textColumnCount: number,
): string {
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]!.length)));
  const isText = (i: number) => i < textColumnCount;
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => (isText(i) ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (isText(i) ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(heads), rule, ...rows.map(line)].join('\n');
}
