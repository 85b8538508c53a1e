// What a run says at its end.
import { availableParallelism, loadavg } from 'node:os';
import { printMarkdown } from '../../table.ts';
import type { Build } from '../kept-index.ts';
import { printSizes, type Sizes } from './sizes.ts';
import { hasCorpora } from './stories.ts';
import type { Times } from './times.ts';
import { acts, type Cost, type WriteCosts } from './writes.ts';

export type Measured = {
  readonly times: readonly Times[];
  readonly requests: number;
  readonly build: Build;
  readonly sizes: Sizes;
  /** Null: they were not asked for. */
  readonly writes: WriteCosts | null;
  readonly postgresVersion: string;
};

export function printReport({ times, requests, build, sizes, writes, postgresVersion }: Measured): string {
  const made = hasCorpora ? 'passages of real news put together anew' : 'made-up words and sentences of the seed';
  return [
    `One client over HTTP, ${requests} requests of each kind with words taken by their frequency, nothing kept by the cache; beside it, in turns, PostgreSQL asked for any twenty documents of the same words in the index.`,
    printTimes(times),
    `${printSizes(sizes)} They were indexed in ${build.seconds.toFixed(0)} s, ${((build.seconds * 1000) / build.documents).toFixed(2)} ms each. Text: ${made}.`,
    ...(writes === null ? [] : [printWrites(writes)]),
    `${availableParallelism()} cores, Node ${process.versions.node}, PostgreSQL ${postgresVersion} without fsync; load at the end ${loadavg()[0]!.toFixed(1)}, its own included. ${new Date().toISOString().slice(0, 10)}.`,
  ].join('\n\n');
}

function printTimes(times: readonly Times[]): string {
  const columns = [
    'query',
    'results',
    'p50 ms',
    'p95 ms',
    'max ms',
    'aim of p95',
    'met',
    'CPU ms (server + database)',
    'index alone, p50 ms',
    'ratio',
  ];
  const rows = times.map(({ name, results, p50, p95, max, p95MsMax, serverMs, databaseMs, floorP50 }) => [
    name,
    results.toFixed(1),
    p50.toFixed(1),
    p95.toFixed(1),
    max.toFixed(1),
    `≤ ${p95MsMax}`,
    p95 <= p95MsMax ? 'yes' : 'no',
    `${serverMs.toFixed(1)} + ${databaseMs.toFixed(1)}`,
    floorP50?.toFixed(2) ?? '',
    floorP50 === null ? '' : (p50 / floorP50).toFixed(1),
  ]);
  return printMarkdown(columns, rows, 1);
}

function printWrites(writes: WriteCosts): string {
  const print = ({ ms, serverMs, databaseMs }: Cost) =>
    `${ms.toFixed(1)} / ${serverMs.toFixed(1)} + ${databaseMs.toFixed(1)}`;
  const less = (a: Cost, b: Cost): Cost => ({
    ms: a.ms - b.ms,
    serverMs: a.serverMs - b.serverMs,
    databaseMs: a.databaseMs - b.databaseMs,
  });
  const rows = acts.map((act) => {
    const { with: indexed, without } = writes[act];
    return [act, print(indexed), print(without), print(less(indexed, without))];
  });
  const columns = ['write, ms / CPU ms (server + database)', 'indexed', 'without indexing', 'indexing adds'];
  return printMarkdown(columns, rows, 1);
}
