// The processes that are measured: ours as built and shipped, and the floors; each on a free port of loopback.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

export type Started = {
  readonly origin: string;
  readonly pid: number;
  /** How long it took until its port took a connection. */
  readonly listeningAfterMs: number;
  stop(): Promise<void>;
};

/** Starts a program with Node and waits until the path answers. The log goes nowhere, as it is written. */
export async function startProcess(
  program: readonly string[],
  environment: Record<string, string>,
  path: string,
): Promise<Started> {
  const port = await findFreePort();
  const origin = `http://127.0.0.1:${port}`;
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment, PORT: String(port) };
  const begin = performance.now();
  const child = spawn(process.execPath, program, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  try {
    await waitUntil(child, 5, () => takesConnections(port));
    const listeningAfterMs = performance.now() - begin;
    await waitUntil(child, 100, () => answers(origin + path));
    return { origin, pid: child.pid!, listeningAfterMs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const startLimitMs = 60_000;

async function waitUntil(child: ChildProcess, everyMs: number, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + startLimitMs;
  while (!(await isSo())) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > end) {
      throw new Error(`${child.spawnargs.slice(1).join(' ')} does not answer`);
    }
    await delay(everyMs);
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(url).catch(() => null);
  await answer?.arrayBuffer();
  return answer?.ok === true;
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
