// How long answers take to one client that asks one thing after the other; and, a few of each in turns with it, how long
// PostgreSQL takes to take twenty documents out of the same index in no order.
import type pg from 'pg';
import { fetchBytes } from '../../answers.ts';
import { readCpuMs } from '../../cpu.ts';
import type { Started } from '../../processes.ts';
import type { Made, QueryClass } from './classes.ts';
import { createRandom } from './random.ts';

export type Times = {
  readonly name: string;
  readonly p95MsMax: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** Of processors, a request. */
  readonly serverMs: number;
  readonly databaseMs: number;
  /** The median; null: there is no floor. */
  readonly floorP50: number | null;
  /** How much an answer has, on average. */
  readonly results: number;
  readonly slowest: string;
};

export type Timing = {
  readonly ours: Started;
  readonly client: pg.Client;
  readonly postmasterPid: number;
  readonly requests: number;
};

type Taken = { readonly path: string; readonly ms: number; readonly results: number };

const warmUps = 5;
const inTurn = 20;

export async function timeClass(timing: Timing, given: QueryClass): Promise<Times> {
  const { ours, client, postmasterPid, requests } = timing;
  const made = await makeAll(ours, given, warmUps + requests);
  for (const { path } of made.slice(0, warmUps)) await read(ours, path);
  const taken: Taken[] = [];
  const floors: number[] = [];
  let [serverMs, databaseMs] = [0, 0];
  const readCpu = () => [readCpuMs(ours.pid), readCpuMs(postmasterPid, 'and children')] as const;
  for (let from = warmUps; from < made.length; from += inTurn) {
    const turn = made.slice(from, from + inTurn);
    const before = readCpu();
    for (const { path } of turn) {
      const { ms, answer } = await time(() => read(ours, path));
      taken.push({ path, ms, results: answer.data.length });
    }
    const after = readCpu();
    serverMs += after[0] - before[0];
    databaseMs += after[1] - before[1];
    for (const { floor } of turn) {
      if (floor !== null) floors.push((await time(() => findAny(client, floor))).ms);
    }
  }
  const used = { serverMs: serverMs / taken.length, databaseMs: databaseMs / taken.length };
  return { name: given.name, p95MsMax: given.p95MsMax, ...used, ...summarise(taken, floors) };
}

function summarise(taken: readonly Taken[], floors: readonly number[]) {
  const sorted = taken.toSorted((a, b) => a.ms - b.ms);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  const slowest = sorted.at(-1)!;
  return {
    p50: at(0.5).ms,
    p95: at(0.95).ms,
    max: slowest.ms,
    floorP50: floors.toSorted((a, b) => a - b)[Math.floor(floors.length / 2)] ?? null,
    results: taken.reduce((sum, { results }) => sum + results, 0) / taken.length,
    slowest: decodeURIComponent(slowest.path).replace(/&cursor=.*/, ''),
  };
}

const triesMax = 10;

/** With cursors where pages have to be turned; queries that have not so many are passed over. */
async function makeAll(ours: Started, given: QueryClass, count: number): Promise<Made[]> {
  const random = createRandom(7);
  const made: Made[] = [];
  for (let tries = 0; made.length < count; tries += 1) {
    if (tries > count * triesMax) throw new Error(`${given.name}: too few queries have so many pages`);
    const one = given.make(random);
    const path = await turnPages(ours, one);
    if (path !== null) made.push({ ...one, path });
  }
  return made;
}

async function turnPages(ours: Started, { path, pagesBefore }: Made): Promise<string | null> {
  let turned = path;
  for (let page = 0; page < pagesBefore; page += 1) {
    const cursor = (await read(ours, turned)).page?.nextCursor;
    if (!cursor) return null;
    turned = `${path}&cursor=${encodeURIComponent(cursor)}`;
  }
  return turned;
}

type Answer = { readonly data: readonly unknown[]; readonly page?: { readonly nextCursor: string | null } };

async function read({ origin }: Started, path: string): Promise<Answer> {
  const { status, bytes } = await fetchBytes(origin + path);
  if (status !== 200) throw new Error(`${decodeURIComponent(path)}: ${status} ${bytes.toString().slice(0, 500)}`);
  return JSON.parse(bytes.toString()) as Answer;
}

const findAny = (client: pg.Client, query: string) =>
  client.query({
    name: 'any',
    text: 'select article_id from search_document where words @@ $1::tsquery limit 20',
    values: [query],
  });

async function time<T>(work: () => Promise<T>): Promise<{ ms: number; answer: T }> {
  const begin = performance.now();
  const answer = await work();
  return { ms: performance.now() - begin, answer };
}
