// Runs postgres on a cluster under a watchdog and ends it again. Answers null where another server was faster or the
// last one is not quite gone: trying again is up to the caller. Any other failure carries what postgres said.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { parse } from 'node:path';
import { chooseAccount, findUser } from './account.ts';
import type { Binaries } from './binaries.ts';
import type { Paths } from './cluster.ts';
import { findPostmaster, stopPostmaster, waitUntil } from './postmaster.ts';

export type LaunchOptions = { durable: boolean; disposable: boolean };
export type Launched = { port: number; watchdogPid: number; stop(): Promise<void>; onEnd(listener: () => void): void };

/** Recovery after a crash replays the log; a minute is far beyond what a newsroom's database needs for it. */
const startLimitMs = 60_000;
const logSizeBytesMax = 10 * 1024 * 1024;
const passing = /postmaster\.pid" already exists|pre-existing shared memory block|could not create any TCP\/IP sockets/;

export async function launchPostgres(
  paths: Paths,
  binaries: Binaries,
  options: LaunchOptions,
): Promise<Launched | null> {
  rotateLog(paths.logFile);
  const logStart = sizeOf(paths.logFile);
  const port = await findFreePort();
  const watchdog = spawnWatchdog(describeJob(paths, binaries, port, options));
  let complaint = '';
  watchdog.stderr?.on('data', (chunk) => {
    complaint += chunk;
  });
  const ended = whenEnded(watchdog);
  const isReady = () => {
    const holder = findPostmaster(paths.cluster);
    return holder?.port === port && holder.ready;
  };
  await waitUntil(() => ended.yet || isReady(), startLimitMs);
  if (!ended.yet && isReady()) return supervise(paths, port, watchdog, ended);
  await endWatchdog(watchdog, ended);
  const said = readFrom(paths.logFile, logStart);
  if (passing.test(said)) return null;
  throw new Error(`PostgreSQL did not start (log: ${paths.logFile}):\n${lastLines(said || complaint)}`);
}

type Ended = { yet: boolean; promise: Promise<void> };

function whenEnded(child: ChildProcess): Ended {
  const ended: Ended = { yet: false, promise: Promise.resolve() };
  ended.promise = new Promise((resolve) => {
    for (const event of ['close', 'error']) {
      child.once(event, () => {
        ended.yet = true;
        resolve();
      });
    }
  });
  return ended;
}

function supervise(paths: Paths, port: number, watchdog: ChildProcess, ended: Ended): Launched {
  let stopping = false;
  return {
    port,
    watchdogPid: watchdog.pid ?? 0,
    onEnd: (listener) => void ended.promise.then(() => stopping || listener()),
    stop: async () => {
      stopping = true;
      const pid = findPostmaster(paths.cluster)?.pid;
      await endWatchdog(watchdog, ended);
      // Usually gone by now; still there only when someone killed the watchdog.
      if (pid !== undefined) await stopPostmaster(pid, paths.cluster);
    },
  };
}

async function endWatchdog(watchdog: ChildProcess, ended: Ended): Promise<void> {
  watchdog.ref();
  watchdog.stdin?.end();
  await ended.promise;
}

function describeJob(paths: Paths, binaries: Binaries, port: number, options: LaunchOptions) {
  const user = findUser(paths.dataDir, paths.cluster);
  const { prefix, ...identity } = chooseAccount(user, [paths.cluster, binaries.postgres]);
  const [command, ...args] = [...prefix, binaries.postgres, '-D', paths.cluster, ...settings(port, options.durable)];
  return {
    command,
    args,
    // Postgres must be able to enter its working folder, and needs nothing of our environment.
    options: { ...identity, ...surroundings(paths) },
    logFile: paths.logFile,
    removeDir: options.disposable ? paths.dataDir : null,
  };
}

function settings(port: number, durable: boolean): string[] {
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

const surroundings = (paths: Paths) => ({
  cwd: parse(paths.dataDir).root,
  ...(process.platform === 'win32' ? {} : { env: {} }),
});

/** Detached: in a session of its own, out of the terminal's reach. Its stdin is the line that breaks when we die. */
function spawnWatchdog(job: ReturnType<typeof describeJob>): ChildProcess {
  const file = new URL(import.meta.url.endsWith('.ts') ? './watchdog.ts' : './watchdog.js', import.meta.url);
  const program = ['--input-type=module', '--eval', readFileSync(file, 'utf8'), JSON.stringify(job)];
  const { cwd, env } = job.options;
  const watchdog = spawn(process.execPath, program, { cwd, env, detached: true, stdio: ['pipe', 'ignore', 'pipe'] });
  watchdog.stdin?.on('error', () => {});
  // Neither holds up the end of the process: when we go, the database goes.
  watchdog.unref();
  for (const stream of [watchdog.stdin, watchdog.stderr])
    if (stream && 'unref' in stream) (stream as Unreffable).unref();
  return watchdog;
}

type Unreffable = { unref(): void };

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function rotateLog(file: string): void {
  if (sizeOf(file) > logSizeBytesMax) renameSync(file, `${file}.1`);
}

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
const readFrom = (file: string, start: number) =>
  existsSync(file) ? readFileSync(file).subarray(start).toString() : '';
const lastLines = (text: string) => text.trim().split('\n').slice(-15).join('\n');
