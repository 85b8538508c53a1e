// What a run says at its end: the table and what it was measured on; on request it is put into the page about performance.
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { connections } from './load.ts';
import type { Options } from './options.ts';
import { printTable, type Row } from './table.ts';

const page = fileURLToPath(new URL('../docs/performance.md', import.meta.url));

export type Circumstances = {
  readonly serverUrl: string;
  readonly options: Options;
  readonly startedAt: Date;
  /** Of the machine, before the run. */
  readonly loadBefore: number;
};

export async function printReport(rows: readonly Row[], circumstances: Circumstances): Promise<string> {
  const { options, startedAt, loadBefore } = circumstances;
  const { rounds, seconds } = options;
  const minutes = ((Date.now() - startedAt.getTime()) / 60_000).toFixed(0);
  const memoryGib = Math.round(totalmem() / 2 ** 30);
  const sentences = [
    `Medians of ${rounds} round${rounds === 1 ? '' : 's'} of ${seconds} s, ${connections} connections.`,
    `${availableParallelism()} cores, ${memoryGib} GiB, Node ${process.versions.node}, PostgreSQL ${await findVersion(circumstances)} without fsync.`,
    `Load of the machine before the run ${loadBefore.toFixed(1)}, at its end ${loadavg()[0]!.toFixed(1)}, its own included.`,
    `${startedAt.toISOString().slice(0, 10)}, ${minutes} minutes.`,
  ];
  return `${printTable(rows)}\n\n${sentences.join(' ')}`;
}

export async function findVersion({ serverUrl }: Pick<Circumstances, 'serverUrl'>): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`);
    return rows[0]!.version;
  } finally {
    await client.end();
  }
}

export async function saveReport(report: string): Promise<void> {
  await writeFile(page, putReport(await readFile(page, 'utf8'), report));
}

export const putReport = (text: string, report: string) => putBetween(text, 'bench', report);

/** Between the marks of that name. */
export function putBetween(text: string, name: string, report: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The page has no place for the table: ${begin} … ${end}`);
  return `${text.slice(0, from + begin.length)}\n${report}\n${text.slice(to)}`;
}
