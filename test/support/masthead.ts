// The program as its user starts it: a process of its own, with an environment of its own. Polls with a deadline, never
// sleeps; whatever a test leaves running is killed when the test ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const main = join(root, 'src/cli/main.ts');

/** What stands before a command's arguments. */
export const command = [process.execPath, '--import', import.meta.resolve('tsx'), main] as const;

export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null };
export type Masthead = {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  stdout(): string;
  stderr(): string;
  /** The first match in the output; fails with what was said when the process ends first. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
  /** As a reader behind a pipe that ends: whatever is written from now on meets nobody. */
  stopReading(): void;
};

// A busy machine is no reason for a warning, nor for a request that is refused.
const patientWithMachine = { SLOW_QUERY_MS: '600000', OVERLOAD_EVENT_LOOP_DELAY_MS: '0' };

export type SpawnOptions = { env?: Record<string, string>; cwd?: string };

export function spawnMasthead(args: readonly string[], { env = {}, cwd = root }: SpawnOptions = {}): Masthead {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const [program, ...parts] = [...command, ...args];
  const child = spawn(program, parts, {
    cwd,
    env: { PATH, HOME, ...(TMPDIR && { TMPDIR }), NO_COLOR: '1', ...patientWithMachine, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: collect(child.stdout), stderr: collect(child.stderr) };
  let over: Ended | undefined;
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      over = { code, signal };
      resolve(over);
    });
  });
  onTestFinished(() => void (over === undefined && child.kill('SIGKILL')));
  return {
    pid: child.pid ?? 0,
    ended,
    stdout: said.stdout,
    stderr: said.stderr,
    says: (pattern) =>
      waitForMatch(
        () => said.stdout() + said.stderr(),
        pattern,
        () => over,
      ),
    kill: (signal) => void child.kill(signal),
    stopReading: () => {
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
}

function collect(stream: ChildProcess['stdout']): () => string {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

async function waitForMatch(output: () => string, pattern: RegExp, over: () => Ended | undefined) {
  await expect.poll(() => pattern.test(output()) || over() !== undefined, { timeout: 60_000, interval: 20 }).toBe(true);
  const match = pattern.exec(output());
  if (match === null) throw new Error(`ended (${JSON.stringify(over())}) without saying ${pattern}:\n${output()}`);
  return match;
}

export type Run = Ended & { readonly stdout: string; readonly stderr: string };

/** Runs a command to its end. */
export async function runMasthead(args: readonly string[], options?: SpawnOptions): Promise<Run> {
  const program = spawnMasthead(args, options);
  const ended = await program.ended;
  return { ...ended, stdout: program.stdout(), stderr: program.stderr() };
}

export type Serving = Masthead & { readonly url: string; readonly port: number };

/** Starts the server on a free port and waits until it says where it is. */
export async function serve(
  env: Record<string, string>,
  { args = [], cwd }: { args?: readonly string[]; cwd?: string } = {},
): Promise<Serving> {
  const program = spawnMasthead(['serve', ...args], { cwd, env: { PORT: '0', LOG_FORMAT: 'json', ...env } });
  const [, url = ''] = await program.says(/API {5}(http:\S+)\/v1\/articles/);
  await program.says(/API {5}[\s\S]*?\n\n/);
  return { ...program, url, port: Number(new URL(url).port) };
}

/** A dead process that nobody has collected yet counts as gone. */
export function isAlive(pid: number): boolean {
  const status = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
  return status !== '' && !/\) [ZX] /.test(status);
}

/** The first thing that a server does when it is up, also one that can tell nobody: it takes care of its end. */
export function isUp(pid: number): boolean {
  if (!isAlive(pid)) return false;
  const caught = /^SigCgt:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  // SIGHUP is number 1; Node leaves it alone until the program asks for it.
  return (BigInt(`0x${caught}`) & 1n) === 1n;
}

/** Whether somebody else could listen there now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
