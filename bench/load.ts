// Runs wrk once against one address, and reads its figures and what the processes behind it used.
import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readCpuMs } from './cpu.ts';

const script = fileURLToPath(new URL('load.lua', import.meta.url));

export type Target = {
  readonly origin: string;
  /** File with one path a line. */
  readonly paths: string;
  readonly key?: string;
  readonly write?: Writing;
  readonly serverPid: number;
  readonly postmasterPid: number;
};

export type Writing = {
  readonly method: 'POST' | 'PATCH';
  /** File; `{n}` in it becomes a number that is never used twice. */
  readonly body: string;
  readonly ifMatch?: string;
  /** Takes each path once: what was done to it cannot be done again. */
  readonly once?: boolean;
};

export type Round = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly serverUs: number;
  readonly databaseUs: number;
};

// Two cores are shared by the load, the server and the database: few connections, so that the load does not crowd them.
const connections = '8';

export function hasWrk(): boolean {
  return spawnSync('wrk', ['-v']).error === undefined;
}

// How many paths of those that are taken once are gone.
const taken = new Map<Target, number>();

function describe(target: Target): Record<string, string> {
  const { key, write } = target;
  return {
    BENCH_PATHS: target.paths,
    ...(key !== undefined && { BENCH_KEY: key }),
    ...(write && { BENCH_METHOD: write.method, BENCH_BODY: write.body }),
    ...(write?.ifMatch && { BENCH_IF_MATCH: write.ifMatch }),
    ...(write?.once && { BENCH_FROM: String(taken.get(target) ?? 0) }),
  };
}

export async function runLoad(target: Target, seconds: number): Promise<Round> {
  const env = { PATH: process.env.PATH, ...describe(target) };
  const before = [readCpuMs(target.serverPid), readCpuMs(target.postmasterPid, 'and children')] as const;
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, target.origin];
  const { stdout } = await promisify(execFile)('wrk', options, { env });
  const after = [readCpuMs(target.serverPid), readCpuMs(target.postmasterPid, 'and children')] as const;
  const told = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, number>;
  const { requests = 0, errors = 0, p50 = 0, p99 = 0, used = 0 } = told;
  taken.set(target, (taken.get(target) ?? 0) + used);
  if (errors > 0 || requests === 0) throw new Error(`${target.origin}: ${errors} of ${requests} requests failed`);
  return {
    perSecond: requests / told.seconds!,
    p50Ms: p50,
    p99Ms: p99,
    serverUs: ((after[0] - before[0]) * 1000) / requests,
    databaseUs: ((after[1] - before[1]) * 1000) / requests,
  };
}

/** The median of each figure by itself. */
export function medianOf(rounds: readonly Round[]): Round {
  const middle = (pick: (round: Round) => number) =>
    rounds.map(pick).toSorted((a, b) => a - b)[Math.floor(rounds.length / 2)]!;
  return {
    perSecond: middle((round) => round.perSecond),
    p50Ms: middle((round) => round.p50Ms),
    p99Ms: middle((round) => round.p99Ms),
    serverUs: middle((round) => round.serverUs),
    databaseUs: middle((round) => round.databaseUs),
  };
}
