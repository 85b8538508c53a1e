// What the lock file of a cluster says about the server that holds it, checked against the processes that exist.
// Ends a server only when told to; never trusts a process number that now belongs to something else.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export type Postmaster = { pid: number; port: number; ready: boolean };

/** A dead process that its parent has not collected yet does not count. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const state = process.platform === 'linux' ? readIfThere(`/proc/${pid}/stat`) : null;
  return state === null || !/\) [ZX] /.test(state);
}

/** The server that holds the cluster, or null. A lock file that a dead server left behind is removed. */
export function findPostmaster(cluster: string): Postmaster | null {
  const text = readIfThere(join(cluster, 'postmaster.pid'));
  if (text === null) return null;
  // Lines: pid, data folder, start time, port, socket folder, address, shared memory, status.
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid < 2) return null;
  if (isPostmaster(pid, cluster)) return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
  if (readIfThere(join(cluster, 'postmaster.pid')) === text) rmSync(join(cluster, 'postmaster.pid'), { force: true });
  return null;
}

/** Fast shutdown, and an immediate one when that takes too long. */
export async function stopPostmaster(pid: number, cluster: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!isPostmaster(pid, cluster)) return;
    process.kill(pid, signal);
    await waitUntil(() => !isPostmaster(pid, cluster), 10_000);
  }
}

/** Polls every 20 ms: local processes change state that fast, and a start waits for nothing else. */
export async function waitUntil(done: () => boolean, limitMs: number): Promise<boolean> {
  const end = Date.now() + limitMs;
  while (!done()) {
    if (Date.now() > end) return false;
    await delay(20);
  }
  return true;
}

/** After a restart of the machine the number may be anyone's; the command line tells, where it can be read. */
function isPostmaster(pid: number, cluster: string): boolean {
  if (!isRunning(pid)) return false;
  const commandLine = process.platform === 'linux' ? readIfThere(`/proc/${pid}/cmdline`) : null;
  return commandLine === null || commandLine.split('\0').includes(cluster);
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
