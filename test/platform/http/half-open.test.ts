// A peer that is gone without a word: its host lost power, or the way to it is cut. No packet comes any more, so only
// the server's own clock can tell. A network namespace is such a host; where none can be made, there is nothing to test.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { listen } from './listening.ts';

// Of this process alone: several runs may be at it. 198.18.0.0/15 is for tests between networks (RFC 2544).
const id = process.pid % 16_384;
const [host, peer] = [1, 2].map((last) => `198.18.${id >> 6}.${((id & 63) << 2) + last}`) as [string, string];
const namespace = `masthead-${process.pid}`;
const [near, far] = [`mhn${process.pid}`, `mhf${process.pid}`];

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'ignore' });
const inside = (...args: string[]) => ip('-n', namespace, ...args);

function makeHost(): boolean {
  try {
    ip('netns', 'add', namespace);
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', namespace);
    ip('addr', 'add', `${host}/30`, 'dev', near);
    ip('link', 'set', near, 'up');
    inside('addr', 'add', `${peer}/30`, 'dev', far);
    inside('link', 'set', far, 'up');
    return true;
  } catch {
    return false;
  }
}

function removeHost(): void {
  for (const args of [
    ['link', 'del', near],
    ['netns', 'del', namespace],
  ]) {
    try {
      ip(...args);
    } catch {
      // Was not made.
    }
  }
}

const hasHost = makeHost();
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(async () => {
  removeHost();
  await app.close();
});

/** Opens a connection for each text, says it, and then stays. */
const client = (port: number, texts: readonly string[]) => `
  const texts = ${JSON.stringify(texts)};
  let left = texts.length;
  for (const text of texts) {
    const socket = require('node:net').connect(${port}, '${host}', () => socket.write(text, said)).on('error', () => {});
    if (text.startsWith('GET /health/live')) socket.once('data', said);
  }
  function said() { if (--left === -1) console.log('said'); }`;

it.skipIf(!hasHost)('connections whose peer is gone without a word are let go, whatever was said on them', async () => {
  const server = await listen(app, { HOST: host, REQUEST_TIMEOUT_MS: '300' });
  onTestFinished(() => server.close());
  const texts = [
    '',
    'GET /v1/articles HTTP/1.1\r\nHost: x\r\nX-A',
    `POST /v1/sections HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${app.keys.editor}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"name": "半',
    // Answered once; the second request never comes to its end.
    'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET /health/live HTTP/1.1\r\nHo',
  ];
  const program = spawn('ip', ['netns', 'exec', namespace, process.execPath, '-e', client(server.port, texts)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void program.kill('SIGKILL'));
  await once(program.stdout, 'data');
  inside('link', 'set', far, 'down');
  program.kill('SIGKILL');
  await expect.poll(() => server.connections(), { timeout: 20_000 }).toBe(0);
});
