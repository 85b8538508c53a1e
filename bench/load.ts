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
  /** `{n}` in it becomes a number that is never used twice. */
  readonly body?: string;
  readonly serverPid: number;
  readonly postmasterPid: number;
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

export async function runLoad(target: Target, seconds: number): Promise<Round> {
  const env = {
    PATH: process.env.PATH,
    BENCH_PATHS: target.paths,
    ...(target.key !== undefined && { BENCH_KEY: target.key }),
    ...(target.body !== undefined && { BENCH_BODY: target.body }),
  };
  const before = [readCpuMs(target.serverPid), readCpuMs(target.postmasterPid, 'and children')] as const;
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, target.origin];
  const { stdout } = await promisify(execFile)('wrk', options, { env });
  const after = [readCpuMs(target.serverPid), readCpuMs(target.postmasterPid, 'and children')] as const;
  const told = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, number>;
  const { requests = 0, errors = 0, p50 = 0, p99 = 0 } = told;
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
