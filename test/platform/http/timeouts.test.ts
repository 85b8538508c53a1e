// Clients that are slow, silent or no HTTP clients at all do not hold the server: each connection ends within the limit.
// The limit is small here; the tests wait for the server to act, they do not measure it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { converse, type Listening, listen, readAnswer, sendRaw } from './listening.ts';
import { expectProblem, fingerprintDatabase } from './refusals.ts';

let app: TestApp;
let server: Listening;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  server = await listen(app, { REQUEST_TIMEOUT_MS: '300' });
});
afterAll(async () => {
  await server.close();
  await app.close();
});

const timedOut = { status: 408, code: 'request.timeout' };
const head = (length: number) =>
  `POST /v1/sections HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${app.keys.editor}\r\n` +
  `Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

/** Says the parts one after another, as slowly as a client that wants to hold the connection. */
function drip(port: number, parts: readonly string[], everyMs: number): Promise<string> {
  return converse(port, (socket) => {
    const left = [...parts];
    const timer = setInterval(() => {
      const part = left.shift();
      if (part === undefined || !socket.writable) clearInterval(timer);
      else socket.write(part);
    }, everyMs);
    socket.on('close', () => clearInterval(timer));
  });
}

describe('a request that does not arrive within REQUEST_TIMEOUT_MS is a 408, and its connection ends:', () => {
  it('headers that stop', async () => {
    const said = await converse(server.port, (socket) => socket.write('GET /v1/articles HTTP/1.1\r\nHost: x\r\nX-A'));
    expectProblem(readAnswer(said), timedOut);
  });

  it('headers that drip', async () => {
    const lines = ['GET /v1/articles HTTP/1.1\r\n', ...Array(200).fill('X-Drip: 1\r\n')];
    expectProblem(readAnswer(await drip(server.port, lines, 50)), timedOut);
  });

  it('a body that stops', async () => {
    const before = await fingerprintDatabase(app);
    const said = await converse(server.port, (socket) => socket.write(`${head(1000)}{"name": "半`));
    expectProblem(readAnswer(said), timedOut);
    expect(await fingerprintDatabase(app)).toEqual(before);
  });

  it('a body that drips', async () => {
    const before = await fingerprintDatabase(app);
    const said = await drip(server.port, [head(1000), '{"name": "', ...Array(200).fill('a')], 50);
    expectProblem(readAnswer(said), timedOut);
    expect(await fingerprintDatabase(app)).toEqual(before);
  });

  it('chunks that never end', async () => {
    const start = head(1).replace('Content-Length: 1', 'Transfer-Encoding: chunked');
    const said = await drip(server.port, [start, ...Array(200).fill('1\r\na\r\n')], 50);
    expectProblem(readAnswer(said), timedOut);
  });

  it('a second request on a connection that was served', async () => {
    const said = await converse(server.port, (socket) => {
      socket.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
      socket.once('data', () => socket.write('GET /health/live HTTP/1.1\r\nHo'));
    });
    expect(said).toMatch(/^HTTP\/1\.1 200 /);
    expect(said).toMatch(/HTTP\/1\.1 408 /);
  });
});

describe('a connection ends by itself', () => {
  it('when its client never says a word', async () => {
    expect(await converse(server.port, () => {})).toMatch(/^$|^HTTP\/1\.1 408 /);
  });

  it('when its request is refused before its body has come', async () => {
    const said = await converse(server.port, (socket) => {
      socket.write('POST /v1/articles HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{');
    });
    expect(said).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('when its client closes its half in the middle of a body', async () => {
    const said = await converse(server.port, (socket) => socket.end(`${head(1000)}{"name": "半`));
    expect(said).toMatch(/^$|^HTTP\/1\.1 400 /);
  });
});

describe('what is no HTTP is a 400 problem:', () => {
  it.each([
    ['garbage', Buffer.from([0xde, 0xad, 0xbe, 0xef, 0x0d, 0x0a, 0x0d, 0x0a])],
    ['a greeting', 'hello\r\n\r\n'],
    ['a TLS hello', Buffer.from('16030100f4010000f00303', 'hex')],
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP of a version to come', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['an unknown method', 'DROP /v1/articles HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no path', 'GET HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a blank in the path', 'GET /v1/ articles HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a NUL in the path', 'GET /v1/articles/a\0 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no host', 'GET /v1/articles HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ])('%s', async (_name, bytes) => {
    expectProblem(await sendRaw(server.port, bytes), { status: 400, code: 'request.invalid' });
  });
});

it('while a hundred connections hang, others are served', async () => {
  const hanging = Array.from({ length: 100 }, () => converse(server.port, (socket) => socket.write('GET /v1/art')));
  const answer = await sendRaw(server.port, 'GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect(answer.status).toBe(200);
  for (const said of await Promise.all(hanging)) expect(said).toMatch(/^$|^HTTP\/1\.1 408 /);
});

it('a client that goes away while its request is worked on breaks nothing', async () => {
  await converse(server.port, (socket) => {
    socket.write('GET /v1/articles HTTP/1.1\r\nHost: x\r\n\r\n');
    socket.destroy();
  });
  const answer = await sendRaw(server.port, 'GET /v1/articles HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect(answer.status).toBe(200);
  expect(server.lines.filter((line) => Number(line.level) >= 50)).toEqual([]);
});
