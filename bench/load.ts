// Sends load to one address, by wrk or one by one, and reads the figures and what the processes behind it used.
import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readCpuMs } from './cpu.ts';

const script = fileURLToPath(new URL('load.lua', import.meta.url));

type Headers = Readonly<Record<string, string>>;

export type Target = {
  readonly origin: string;
  /** File with one path a line. */
  readonly paths: string;
  /** `once`: what was done to a path cannot be done again. `zipf`: the nth as often as 1/n. Otherwise at random. */
  readonly order?: 'turn' | 'once' | 'zipf';
  /** Of reads. */
  readonly headers?: Headers;
  /** Values of Accept-Encoding, of which each read takes one. */
  readonly codings?: readonly string[];
  readonly write?: Writing;
  readonly serverPid: number;
  readonly postmasterPid: number;
};

export type Writing = {
  /** With `among` always a patch, each followed by its publication. */
  readonly method: 'POST' | 'PATCH';
  readonly headers: Headers;
  /** File; `{n}` in it becomes a number that is never used twice. */
  readonly body: string;
  /** So often, one after the other, and not for a time: for what takes long. */
  readonly times?: number;
  /** Which share of the requests writes to one of the articles in a file of ids; the others read the paths. */
  readonly among?: { readonly share: number; readonly ids: string };
};

export type Round = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly serverUs: number;
  readonly databaseUs: number;
};

// Two cores are shared by the load, the server and the database: few connections, so that the load does not crowd them.
export const connections = 8;

/** A round ends when so many paths of those that are taken once are gone. */
export const oncePerRound = 2500;

export function hasWrk(): boolean {
  return spawnSync('wrk', ['-v']).error === undefined;
}

export async function runLoad(target: Target, seconds: number): Promise<Round> {
  const before = [readCpuMs(target.serverPid), readCpuMs(target.postmasterPid, 'and children')] as const;
  const { requests, perSecond, p50Ms, p99Ms } = await (target.write?.times
    ? runTimes(target)
    : runWrk(target, seconds));
  const after = [readCpuMs(target.serverPid), readCpuMs(target.postmasterPid, 'and children')] as const;
  return {
    perSecond,
    p50Ms,
    p99Ms,
    serverUs: ((after[0] - before[0]) * 1000) / requests,
    databaseUs: ((after[1] - before[1]) * 1000) / requests,
  };
}

type Run = Pick<Round, 'perSecond' | 'p50Ms' | 'p99Ms'> & { readonly requests: number };

// How many paths of those that are taken once are gone.
const taken = new Map<Target, number>();

const printHeaders = (headers: Headers) =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');

function describe(target: Target): Record<string, string> {
  const { paths, order, headers, codings, write } = target;
  return {
    BENCH_PATHS: paths,
    BENCH_FROM: String(taken.get(target) ?? 0),
    ...(order && { BENCH_ORDER: order }),
    ...(order === 'once' && { BENCH_LIMIT: String((taken.get(target) ?? 0) + oncePerRound) }),
    ...(headers && { BENCH_HEADERS: printHeaders(headers) }),
    ...(codings && { BENCH_CODINGS: codings.join(' ') }),
    ...(write && { BENCH_BODY: write.body, BENCH_WRITE_HEADERS: printHeaders(write.headers) }),
    ...(write && !write.among && { BENCH_METHOD: write.method }),
    ...(write?.among && { BENCH_WRITE_SHARE: String(write.among.share), BENCH_WRITTEN: write.among.ids }),
  };
}

async function runWrk(target: Target, seconds: number): Promise<Run> {
  const env = { PATH: process.env.PATH, ...describe(target) };
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, target.origin];
  const { stdout } = await promisify(execFile)('wrk', options, { env });
  const told = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, number>;
  const { requests = 0, errors = 0, p50 = 0, p99 = 0, used = 0 } = told;
  taken.set(target, used);
  if (errors > 0 || requests === 0) throw new Error(`${target.origin}: ${errors} of ${requests} requests failed`);
  return { requests, perSecond: requests / told.seconds!, p50Ms: p50, p99Ms: p99 };
}

async function runTimes({ origin, paths, write }: Target): Promise<Run> {
  const [path = ''] = (await readFile(paths, 'utf8')).split('\n');
  const body = await readFile(write!.body, 'utf8');
  const tookMs: number[] = [];
  for (let n = 0; n < write!.times!; n += 1) {
    const begin = performance.now();
    const now = body.replaceAll('{n}', String(Math.round(performance.timeOrigin + begin)));
    const answer = await fetch(origin + path, { method: write!.method, headers: write!.headers, body: now });
    if (!answer.ok) throw new Error(`${origin}${path}: ${(await answer.text()).slice(0, 1000)}`);
    await answer.arrayBuffer();
    tookMs.push(performance.now() - begin);
  }
  const sorted = tookMs.toSorted((a, b) => a - b);
  const requests = sorted.length;
  const perSecond = (requests * 1000) / sorted.reduce((sum, ms) => sum + ms, 0);
  return { requests, perSecond, p50Ms: sorted[Math.floor(requests / 2)]!, p99Ms: sorted.at(-1)! };
}

/** The median of each figure by itself. */
export function medianOf(rounds: readonly Round[]): Round {
  const middle = (pick: (round: Round) => number) => median(rounds.map(pick));
  return {
    perSecond: middle((round) => round.perSecond),
    p50Ms: middle((round) => round.p50Ms),
    p99Ms: middle((round) => round.p99Ms),
    serverUs: middle((round) => round.serverUs),
    databaseUs: middle((round) => round.databaseUs),
  };
}

export const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
