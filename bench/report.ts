// The table that is printed: each work with its floors below it.
import type { Round } from './load.ts';

export type Measured = {
  readonly work: string;
  readonly name: string;
  readonly isOurs: boolean;
  readonly figures: Round;
};

const columns = ['work', 'what', 'req/s', 'p50 ms', 'p99 ms', 'server µs', 'database µs', 'ours ÷ floor (CPU)'];

const cpuOf = ({ serverUs, databaseUs }: Round) => serverUs + databaseUs;

export function printTable(measured: readonly Measured[]): string {
  const rows = measured.map((one) => {
    const { work, name, isOurs, figures } = one;
    const ours = measured.find((other) => other.work === work && other.isOurs)!;
    const ratio = isOurs ? '' : (cpuOf(ours.figures) / cpuOf(figures)).toFixed(1);
    return [
      isOurs ? work : '',
      name,
      figures.perSecond.toFixed(0),
      figures.p50Ms.toFixed(2),
      figures.p99Ms.toFixed(2),
      figures.serverUs.toFixed(0),
      figures.databaseUs.toFixed(0),
      ratio,
    ];
  });
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(columns), rule, ...rows.map(line)].join('\n');
}
