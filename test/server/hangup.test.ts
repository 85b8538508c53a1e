// SIGHUP: that of a terminal which was closed, and that of somebody who wants new workers, or one who has none to restart.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { command, isAlive, isPortFree, isUp, serve } from '../support/masthead.ts';
import { key } from './crew.ts';
import { findFreePort, isInstalled } from './edge.ts';
import { openRequest } from './half-request.ts';

const patience = { timeout: 60_000 };
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(import.meta.url);
});
afterAll(() => database.drop());

// A grace beyond the patience of a test: a stop that waits for it fails.
const env = () => ({ DATABASE_URL: database.url, MASTHEAD_BOOTSTRAP_KEY: key, SHUTDOWN_GRACE_MS: '300000' });

it('a single process stops in order: what runs may end, and the code is 0', patience, async () => {
  const server = await serve(env());
  const request = openRequest(server, key);
  await request.running;
  server.kill('SIGHUP');
  await server.says(/"signal":"SIGHUP","msg":"stopping"/);
  // Once more says nothing new.
  server.kill('SIGHUP');
  request.finish();
  expect(await request.answer).toMatch(/HTTP\/1\.1 201 /);
  expect(await server.ended).toEqual({ code: 0, signal: null });
});

it('a Ctrl-C that comes twice, from the terminal and from npm, is one', patience, async () => {
  const server = await serve(env());
  const request = openRequest(server, key);
  await request.running;
  server.kill('SIGINT');
  server.kill('SIGTERM');
  await server.says(/"msg":"stopping"/);
  request.finish();
  expect(await request.answer).toMatch(/HTTP\/1\.1 201 /);
  expect(await server.ended).toEqual({ code: 0, signal: null });
});

describe.runIf(isInstalled('script', '--version'))('a terminal that is closed', () => {
  it.each([
    ['a single process', '1', 'out'],
    ['workers', '2', 'out'],
    ['a server that wrote to the terminal', '1', 'terminal'],
    ['workers that wrote to the terminal', '2', 'terminal'],
  ])('stops %s in order, with code 0', patience, async (_whom, workers, log) => {
    const server = await serveOnTerminal(workers, log === 'out');
    const request = openRequest(server, key);
    await request.running;
    server.closeTerminal();
    await expect.poll(() => isPortFree(server.port), { timeout: 30_000, interval: 20 }).toBe(true);
    request.finish();
    expect(await request.answer).toMatch(/HTTP\/1\.1 201 /);
    await expect.poll(server.readCode, { timeout: 30_000, interval: 20 }).toBe('0\n');
    if (log === 'out') expect(server.readLog()).toMatch(/"signal":"SIGHUP","msg":"stopping".*"msg":"stopped"/s);
    expect(isAlive(server.pid)).toBe(false);
  });
});

/** `script` gives a shell a terminal. That shell ends with it, as a user's does; the one below it notes how the server did. */
async function serveOnTerminal(workers: string, isLogRedirected: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'masthead-hangup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  const read = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '');
  const port = await findFreePort();
  const to = isLogRedirected ? '> out 2>&1' : '';
  const run = `trap '' HUP\nsh -c 'echo $$ > pid; exec ${[...command, 'serve'].join(' ')} ${to}'\necho $? > code\n`;
  writeFileSync(join(folder, 'run'), run);
  const { PATH = '', HOME = '' } = process.env;
  const terminal = spawn('script', ['-q', '-c', 'sh run; exit', '/dev/null'], {
    cwd: folder,
    env: { PATH, HOME, SHELL: '/bin/sh', ...env(), PORT: String(port), MASTHEAD_WORKERS: workers },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const closeTerminal = () => void terminal.kill('SIGKILL');
  onTestFinished(() => {
    closeTerminal();
    if (isAlive(findPid())) process.kill(findPid(), 'SIGKILL');
  });
  const findPid = () => Number(read('pid'));
  await expect.poll(() => isUp(findPid()), { timeout: 30_000, interval: 20 }).toBe(true);
  return { port, pid: findPid(), closeTerminal, readCode: () => read('code'), readLog: () => read('out') };
}
