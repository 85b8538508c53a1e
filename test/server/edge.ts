// A real cache from the system's packages in front of the real server: started by hand on a free port, with the committed
// configuration, in a folder of its own.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { type ProblemCode, problemKinds } from '../../src/core/problem-kinds.ts';
import { problemSchema } from '../../src/platform/http/problem-responses.ts';
import { type Masthead, spawnMasthead } from '../support/masthead.ts';

const root = join(import.meta.dirname, '..', '..');

export const isInstalled = (program: string, flag: string) => spawnSync(program, [flag]).error === undefined;

/** A command as docs/scaling.md prints it, by how it begins. */
export function commandOfDocs(start: string): string[] {
  const page = readFileSync(join(root, 'docs/scaling.md'), 'utf8');
  const line = page.split('\n').find((text) => text.trim().startsWith(start));
  expect(line, `docs/scaling.md has a command that begins with ${start}`).toBeDefined();
  return line!.trim().split(' ');
}

/** What such a command sets before `masthead serve`. */
export function settingsOfDocs(isPurged: boolean): Record<string, string> {
  const page = readFileSync(join(root, 'docs/scaling.md'), 'utf8');
  const lines = [...page.matchAll(/^ *(PUBLIC_URL=.*) masthead serve$/gm)].map((match) => match[1]!);
  const line = lines.find((text) => text.includes('PURGE_URL') === isPurged);
  expect(line, 'docs/scaling.md says how to start Masthead').toBeDefined();
  return Object.fromEntries(line!.split(' ').map((setting) => setting.split(/=(.*)/s)));
}

export type Edge = { readonly url: string; readonly folder: string; stop(): Promise<void> };

export function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** `change`: what of the committed file is another for the test, such as ports. */
export async function startEdge(
  file: string,
  change: (text: string, folder: string) => string,
  command: (config: string, folder: string) => readonly [string, ...string[]],
  port: number,
): Promise<Edge> {
  const folder = mkdtempSync(join(tmpdir(), 'masthead-edge-'));
  const config = join(folder, 'config');
  writeFileSync(config, change(readFileSync(join(root, file), 'utf8'), folder));
  const [program, ...args] = command(config, folder);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(String(chunk)));
  const stop = () => end(child, folder);
  onTestFinished(stop);
  const url = `http://127.0.0.1:${port}`;
  const isUp = () =>
    fetch(`${url}/health/live`).then(
      (answer) => answer.status,
      () => 0,
    );
  await expect
    .poll(async () => (child.exitCode === null ? isUp() : said.join('')), { timeout: 30_000, interval: 100 })
    .toBe(200);
  return { url, folder, stop };
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** The real server as docs/scaling.md has it behind a cache: under a public address that is not its own. */
export async function serveBehind(env: Record<string, string>): Promise<Masthead & { readonly port: number }> {
  const port = await findFreePort();
  const program = spawnMasthead(['serve'], { env: { PORT: String(port), LOG_FORMAT: 'json', ...env } });
  await program.says(/API {5}https:\/\/news\.example[\s\S]*?\n\n/);
  return { ...program, port };
}

/**
 * An origin of which a test says how old its answers are: what waiting would show. `headers`: by path; every answer is kept
 * apart by coding, as Masthead's are.
 */
export async function startOrigin(headers: Readonly<Record<string, OutgoingHttpHeaders>>) {
  const asked: IncomingHttpHeaders[] = [];
  const server = createHttpServer((request, response) => {
    asked.push(request.headers);
    const found = headers[request.url ?? ''] ?? { 'Cache-Control': 'private, no-store' };
    response.writeHead(200, { 'Content-Type': 'application/json', Vary: 'Accept-Encoding', ...found }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return { port: (server.address() as AddressInfo).port, asked, close };
}

/** The documents that a cache in front makes by itself look like ours. */
export function expectProblem(answer: Awaited<ReturnType<typeof ask>>, code: ProblemCode): void {
  const { status, title } = problemKinds[code];
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(problemSchema.parse(answer.body)).toMatchObject({ type: `urn:masthead:problem:${code}`, title, status, code });
  expect(answer.body.requestId).toBe(answer.headers['x-request-id']);
  expect(answer.body.errors).toEqual([]);
}

export async function ask(url: string, init: RequestInit = {}) {
  const answer = await fetch(url, { redirect: 'manual', ...init });
  const text = await answer.text();
  const body = text.startsWith('{') ? JSON.parse(text) : undefined;
  return { status: answer.status, headers: Object.fromEntries(answer.headers), text, body };
}
