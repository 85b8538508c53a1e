// Connections that do nothing, or that take nothing, cost next to nothing and hold nobody. The server is a process of its
// own where its memory is measured.
import { execSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createTestApp, patient, type TestApp } from '../../support/app.ts';
import { makePublished } from '../../support/factories.ts';
import { serve } from '../../support/masthead.ts';
import { listen, sendRaw } from './listening.ts';

// Each takes a file descriptor in this process and one in the server; the rest of both needs some, too.
const descriptors = Number(execSync('ulimit -n', { shell: '/bin/sh' }).toString().replace('unlimited', '1000000'));
const idleCount = Math.min(10_000, Math.floor(descriptors * 0.8));
// Measured: 5 kB.
const bytesPerConnectionMax = 20 * 1024;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const ask = (port: number, path: string) =>
  sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);

function connect(port: number, greeting?: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('error', reject);
    if (greeting === undefined) socket.once('connect', () => resolve(socket));
    else {
      socket.once('connect', () => socket.write(greeting));
      socket.once('data', () => resolve(socket));
    }
  });
}

/** So many at a time that the queue of the listening socket never overflows. */
async function connectMany(count: number, port: number, greeting?: string): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(200, count - sockets.length) }, () => connect(port, greeting));
    sockets.push(...(await Promise.all(batch)));
  }
  return sockets;
}

const residentBytes = (pid: number) =>
  1024 * Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

it(`${idleCount} idle connections cost little memory each, and others are served meanwhile`, {
  timeout: 120_000,
}, async () => {
  // Longer than the test takes, so that those which say nothing stay.
  const env = { ...patient, DATABASE_URL: app.databaseUrl, REQUEST_TIMEOUT_MS: '300000' };
  const server = await serve(env);
  const keptAlive = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';
  (await connectMany(100, server.port, keptAlive)).forEach((socket) => void socket.destroy());
  const before = residentBytes(server.pid);
  const half = Math.floor(idleCount / 2);
  const sockets = [...(await connectMany(half, server.port)), ...(await connectMany(half, server.port, keptAlive))];
  onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
  for (let n = 0; n < 50; n += 1) {
    expect((await ask(server.port, n % 2 === 0 ? '/v1/articles' : '/health/ready')).status).toBe(200);
  }
  expect((residentBytes(server.pid) - before) / sockets.length).toBeLessThan(bytesPerConnectionMax);
  expect(sockets.filter((socket) => socket.closed)).toEqual([]);
});

it('clients that never take large answers hold nobody, share the bytes, and are let go', async () => {
  const server = await listen(app, { REQUEST_TIMEOUT_MS: '300' });
  onTestFinished(() => server.close());
  const story = await makePublished(app, { body: { text: `${'青岛政协委员提案。'.repeat(20)}\n\n`.repeat(1500) } });
  const path = `/v1/articles/${story.slug}`;
  const answer = await ask(server.port, path);
  expect(answer.status).toBe(200);
  const sizeBytes = Buffer.byteLength(answer.text);
  // More on each connection than the buffers of the system take in (10 MB).
  const answers = Math.ceil((20 * 1024 ** 2) / sizeBytes);
  const before = process.memoryUsage().arrayBuffers;
  const sockets = await connectMany(10, server.port);
  onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
  for (const socket of sockets) {
    socket.pause();
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(answers));
  }
  expect((await ask(server.port, '/v1/articles')).status).toBe(200);
  expect((await ask(server.port, path)).text).toHaveLength(answer.text.length);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan((sockets.length * answers * sizeBytes) / 10);
  await expect.poll(() => server.connections(), { timeout: 20_000 }).toBe(0);
});
