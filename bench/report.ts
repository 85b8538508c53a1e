// The table that is printed: each work with what it is compared with below it.
import type { Round } from './load.ts';

export type Measured = { readonly work: string; readonly name: string; readonly figures: Round };

const columns = ['work', 'what', 'req/s', 'p50 ms', 'p99 ms', 'server µs', 'database µs', 'ours ÷ this (CPU)'];

const cpuOf = ({ serverUs, databaseUs }: Round) => serverUs + databaseUs;

export function printTable(measured: readonly Measured[]): string {
  const rows = measured.map((one) => {
    const { work, name, figures } = one;
    // The first of a work is ours; the others are what it is held against.
    const ours = measured.find((other) => other.work === work)!;
    const isOurs = ours === one;
    return [
      isOurs ? work : '',
      name,
      figures.perSecond.toFixed(figures.perSecond < 100 ? 1 : 0),
      figures.p50Ms.toFixed(2),
      figures.p99Ms.toFixed(2),
      figures.serverUs.toFixed(0),
      figures.databaseUs.toFixed(0),
      isOurs ? '' : (cpuOf(ours.figures) / cpuOf(figures)).toFixed(1),
    ];
  });
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(columns), rule, ...rows.map(line)].join('\n');
}
