// What the tests of the embedded PostgreSQL share: a folder that goes with the test, a server in a process of its own
// that can be killed, and looks at processes and ports from outside.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, onTestFinished } from 'vitest';
import { startEmbeddedPostgres } from '../../../src/platform/db/embedded/start.ts';
import { onDatabase } from '../../support/database-address.ts';

const root = join(import.meta.dirname, '..', '..', '..');

export function makeFolder(mode = 0o711): string {
  const folder = mkdtempSync(join(tmpdir(), 'masthead-embedded-'));
  chmodSync(folder, mode);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  return folder;
}

let prepared: Promise<string> | undefined;
afterAll(async () => prepared && rmSync(await prepared, { recursive: true, force: true }));

/** A folder with a cluster in it: a copy of one that this test file made once, since making one takes a second. */
export async function makeClusterFolder(): Promise<string> {
  prepared ??= prepareFolder();
  const folder = makeFolder();
  execFileSync('cp', ['-a', join(await prepared, 'postgres'), folder]);
  return folder;
}

async function prepareFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'masthead-prepared-'));
  chmodSync(folder, 0o711);
  await (await startEmbeddedPostgres({ dataDir: folder, tuning: { fsync: false } })).stop();
  return folder;
}

export type Server = { process: ChildProcess; pid: number; url: string; postmaster: number; watchdog: number };

/** A process that starts the embedded PostgreSQL and ends it on SIGINT; in a group of its own, like a terminal's job. */
export async function spawnServer(dataDir: string, ...flags: string[]): Promise<Server> {
  const process = spawnProcess(dataDir, ...flags);
  const url = await readLine(process);
  const watchdog = Number(await showSetting(url, 'masthead.watchdog_pid'));
  const postmaster = readPostmaster(dataDir);
  onTestFinished(() => killAll(process.pid ?? 0, watchdog, postmaster));
  return { process, pid: process.pid ?? 0, url, postmaster, watchdog };
}

export function spawnProcess(dataDir: string, ...flags: string[]): ChildProcess {
  const script = join(import.meta.dirname, 'embedded-process.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, dataDir, ...flags], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => killAll(child.pid ?? 0));
  return child;
}

export async function readLine(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout! });
  const [line] = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [''])]);
  return String(line);
}

export const readPostmaster = (dataDir: string) =>
  Number(readFileSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);

export async function showSetting(url: string, name: string): Promise<string> {
  const rows = await query<{ value: string }>(url, `SELECT current_setting('${name}') AS value`);
  return rows[0]?.value ?? '';
}

export async function query<Row extends object>(url: string, text: string): Promise<Row[]> {
  return onDatabase(url, async (client) => (await client.query<Row>(text)).rows);
}

/** A dead process that nobody has collected yet counts as gone. */
export function isAlive(pid: number): boolean {
  const status = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
  return status !== '' && !/\) [ZX] /.test(status);
}

export async function waitForEnd(...pids: number[]): Promise<void> {
  await expect.poll(() => pids.filter(isAlive), { timeout: 15_000, interval: 20 }).toEqual([]);
}

export function isPortOpen(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port: Number(new URL(url).port) });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

export function killAll(...pids: number[]): void {
  for (const pid of pids) if (pid > 1 && isAlive(pid)) process.kill(pid, 'SIGKILL');
}
