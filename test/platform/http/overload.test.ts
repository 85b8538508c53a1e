// At more than the database can do: what cannot be done is refused at once and leaves nothing behind, everything else
// goes on, and memory has an end. The test holds a lock, so that it is the test that says when the database is busy.
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAdmission } from '../../../src/platform/http/admission.ts';
import { type Pressure, watchPressure } from '../../../src/platform/http/pressure.ts';
import { type Answer, createTestApp, noPressure, type TestApp } from '../../support/app.ts';
import { makePublished } from '../../support/factories.ts';
import { converse, type Listening, listen, readAnswer, sendRaw } from './listening.ts';
import { eventLock, whileHolding } from './locks.ts';
import { expectProblem, fingerprintDatabase } from './refusals.ts';

// Of ten connections five are for SQL, and four of those for one kind of request.
const slots = 4;
const overloaded = { status: 503, code: 'server.overloaded' };
const publicationLock = 'lock table publication in access exclusive mode';
// Other test files have databases of their own in the same cluster, whose locks are not meant.
const selectWaiting = `
  select count(*)::int as count from pg_locks where not granted
    and database = (select oid from pg_database where datname = current_database())`;

let app: TestApp;
let hurried: Listening;
let patient: Listening;
beforeAll(async () => {
  // Nothing ends by itself while the test holds the lock.
  app = await createTestApp(import.meta.url, { DATABASE_STATEMENT_TIMEOUT_MS: '300000' });
  hurried = await listen(app, { OVERLOAD_WAIT_MS: '20' });
  patient = await listen(app);
});
afterAll(async () => {
  await hurried.close();
  await patient.close();
  await app.close();
});

type Sent = { as?: string; body?: object; headers?: Record<string, string> };

function print(method: string, path: string, { as, body, headers = {} }: Sent = {}): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const lines = Object.entries({
    Host: 'x',
    Connection: 'close',
    ...(as && { Authorization: `Bearer ${as}` }),
    ...(body && { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) }),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  return `${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n${text}`;
}

const send = (server: Listening, ...request: Parameters<typeof print>): Promise<Answer> =>
  sendRaw(server.port, print(...request));
/** A read of which the cache knows nothing. */
const readAnew = (server: Listening) => send(server, 'GET', `/v1/articles/mei-you-${randomUUID()}`);
const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
const createDraft = (server: Listening, more: Sent = {}) =>
  send(server, 'POST', '/v1/articles', { as: app.keys.editor, body: { title: '忙' }, ...more });

function expectShed(answer: Answer): void {
  expectProblem(answer, overloaded);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
}

describe('while reads of the public hold the database', () => {
  it('further ones are refused, and everything else is answered; afterwards all are', async () => {
    const story = await makePublished(app);
    const hit = `/v1/articles/${story.slug}`;
    expect((await send(hurried, 'GET', hit)).status).toBe(200);
    await whileHolding(app, publicationLock, [], async ({ query, untilWaiting, release }) => {
      const running = times(slots, () => readAnew(hurried));
      await untilWaiting(slots);
      for (const answer of await Promise.all(times(20, () => readAnew(hurried)))) expectShed(answer);
      // The lock is still held, so what follows was answered without the table.
      expect((await query(selectWaiting)).rows).toEqual([{ count: slots }]);
      const answers = {
        live: await send(hurried, 'GET', '/health/live'),
        ready: await send(hurried, 'GET', '/health/ready'),
        hit: await send(hurried, 'GET', hit),
        document: await send(hurried, 'HEAD', '/openapi.json'),
        options: await send(hurried, 'OPTIONS', '/v1/articles'),
        wrongMethod: await send(hurried, 'PUT', '/v1/articles'),
        withKey: await send(hurried, 'GET', '/v1/me', { as: app.keys.editor }),
        write: await send(hurried, 'POST', '/v1/tags', { as: app.keys.editor, body: { name: '忙中' } }),
      };
      expect(Object.fromEntries(Object.entries(answers).map(([name, { status }]) => [name, status]))).toEqual({
        live: 200,
        ready: 200,
        hit: 200,
        document: 200,
        options: 204,
        wrongMethod: 405,
        withKey: 200,
        write: 201,
      });
      await release();
      for (const answer of await Promise.all(running)) expect(answer.status).toBe(404);
    });
    expect((await readAnew(hurried)).status).toBe(404);
  });

  it('no more run at once than their share, and those that may wait are all answered in their turn', async () => {
    await whileHolding(app, publicationLock, [], async ({ query, untilWaiting, release }) => {
      const all = times(50, () => readAnew(patient));
      await untilWaiting(slots);
      expect((await query(selectWaiting)).rows).toEqual([{ count: slots }]);
      await release();
      for (const answer of await Promise.all(all)) expect(answer.status).toBe(404);
    });
  });

  it('many who ask for the same wait for one reading, and take one place', async () => {
    await whileHolding(app, publicationLock, [], async ({ untilWaiting, release }) => {
      const path = `/v1/articles/mei-you-${randomUUID()}`;
      const same = times(50, () => send(patient, 'GET', path));
      await untilWaiting(1);
      const other = readAnew(patient);
      await untilWaiting(2);
      await release();
      for (const answer of await Promise.all([...same, other])) expect(answer.status).toBe(404);
    });
  });

  it('clients that go away free no place before the database has ended their reading', async () => {
    await whileHolding(app, publicationLock, [], async ({ untilWaiting, release }) => {
      const sockets: { destroy(): void }[] = [];
      const gone = times(slots, () =>
        converse(hurried.port, (socket) => {
          sockets.push(socket);
          socket.write(print('GET', `/v1/articles/mei-you-${randomUUID()}`));
        }),
      );
      await untilWaiting(slots);
      for (const socket of sockets) socket.destroy();
      await Promise.all(gone);
      await expect.poll(() => hurried.connections()).toBe(0);
      expectShed(await readAnew(hurried));
      await release();
    });
    await expect.poll(async () => (await readAnew(hurried)).status).toBe(404);
  });
});

it('clients that do not take large answers of their own hold no place', async () => {
  const { id } = await makePublished(app, { body: { text: `${'青岛政协委员提案。'.repeat(20)}\n\n`.repeat(1500) } });
  const path = `/v1/articles/${id}?perspective=draft`;
  const request = print('GET', path, { as: app.keys.editor, headers: { Connection: 'keep-alive' } });
  const sockets: Socket[] = [];
  // More for each than the buffers of the system take in, and more of them than places.
  const slow = times(2 * slots, () =>
    converse(patient.port, (socket) => {
      sockets.push(socket.pause());
      socket.write(request.repeat(20));
    }),
  );
  // Until no more of it goes out.
  let sent = -1;
  const isStuck = () => {
    const before = sent;
    sent = patient.lines.length;
    return sent === before;
  };
  await expect.poll(isStuck, { interval: 500, timeout: 20_000 }).toBe(true);
  for (const answer of await Promise.all(times(20, () => send(patient, 'GET', path, { as: app.keys.editor })))) {
    expect(answer.status).toBe(200);
  }
  for (const socket of sockets) socket.destroy();
  await Promise.all(slow);
});

describe('while writes hold the database', () => {
  it('further ones are refused and store nothing, reads go on, and the same request is carried out later', async () => {
    const later = { headers: { 'Idempotency-Key': randomUUID() } };
    await whileHolding(app, eventLock, [], async ({ untilWaiting, release }) => {
      const running = times(slots, () => createDraft(hurried));
      await untilWaiting(slots);
      const before = await fingerprintDatabase(app);
      for (const answer of await Promise.all(times(10, () => createDraft(hurried)))) expectShed(answer);
      expectShed(await createDraft(hurried, later));
      expect(await fingerprintDatabase(app)).toEqual(before);
      expect((await readAnew(hurried)).status).toBe(404);
      const drafts = await send(hurried, 'GET', '/v1/articles?perspective=draft', { as: app.keys.editor });
      expect(drafts.status).toBe(200);
      expect((await send(hurried, 'GET', '/health/ready')).status).toBe(200);
      await release();
      for (const answer of await Promise.all(running)) expect(answer.status).toBe(201);
    });
    const answer = await createDraft(hurried, later);
    expect(answer.status).toBe(201);
    expect(answer.headers['idempotency-replayed']).toBeUndefined();
  });

  it('one whose client is gone before its turn is not carried out', async () => {
    const title = `走了 ${randomUUID()}`;
    await whileHolding(app, eventLock, [], async ({ untilWaiting, release }) => {
      const running = times(slots, () => createDraft(patient));
      await untilWaiting(slots);
      let leave = () => {};
      const gone = converse(patient.port, (socket) => {
        leave = () => void socket.destroy();
        socket.write(print('POST', '/v1/articles', { as: app.keys.editor, body: { title } }));
      });
      // In the queue behind it, so that its own turn is over when this one is answered.
      await expect.poll(() => patient.connections()).toBe(slots + 1);
      const next = createDraft(patient);
      await expect.poll(() => patient.connections()).toBe(slots + 2);
      leave();
      await gone;
      await expect.poll(() => patient.connections()).toBe(slots + 1);
      await release();
      for (const answer of await Promise.all([...running, next])) expect(answer.status).toBe(201);
    });
    const found = await app.deps.db.sql.rows('select 1 as found from article_version where title = $1', [title]);
    expect(found).toEqual([]);
  });

  it('the room for bodies has an end, is judged before they are read, and is given back', async () => {
    const sizeBytes = 2 * 1024 ** 2;
    // 64 MiB hold 32 of them; nothing but the heads is sent.
    const head = print('POST', '/v1/articles', {
      as: app.keys.editor,
      headers: { 'Content-Type': 'application/json', 'Content-Length': String(sizeBytes) },
    });
    const leave: (() => void)[] = [];
    const answers = times(33, () =>
      converse(patient.port, (socket) => {
        leave.push(() => void socket.destroy());
        socket.write(head);
      }),
    );
    expectShed(readAnswer(await Promise.race(answers)));
    for (const each of leave) each();
    await Promise.all(answers);
    await expect.poll(() => patient.connections()).toBe(0);
    expect((await createDraft(patient, { body: { title: '大', summary: '大'.repeat(300) } })).status).toBe(201);
  });
});

it('keys that are guessed at hold up nobody who has one', async () => {
  const admission = createAdmission({ ...app.deps, pressure: noPressure });
  const server = await listen(app, {}, { admission });
  try {
    const guesses = times(300, (n) => send(server, 'GET', '/v1/articles', { as: `geraten-${n}` }));
    expect((await send(server, 'GET', '/v1/me', { as: app.keys.viewer })).status).toBe(200);
    for (const answer of await Promise.all(guesses)) expect(answer.status).toBe(401);
  } finally {
    await server.close();
  }
});

describe('a process in trouble', () => {
  it.each(['event_loop', 'memory'] as const)('of its %s answers what it holds and refuses the rest', async (short) => {
    let found: ReturnType<Pressure['read']> = null;
    const pressure: Pressure = { read: () => found, stop: () => undefined };
    const admission = createAdmission({ ...app.deps, pressure });
    const server = await listen(app, {}, { admission });
    const story = await makePublished(app);
    const hit = `/v1/articles/${story.slug}`;
    try {
      expect((await send(server, 'GET', hit)).status).toBe(200);
      found = short;
      const before = await fingerprintDatabase(app);
      expectShed(await readAnew(server));
      expectShed(await send(server, 'GET', '/v1/articles?perspective=draft', { as: app.keys.editor }));
      expectShed(await createDraft(server));
      expect(await fingerprintDatabase(app)).toEqual(before);
      expect((await send(server, 'GET', hit)).status).toBe(200);
      expect((await send(server, 'GET', '/health/ready')).status).toBe(200);
      found = null;
      expect((await readAnew(server)).status).toBe(404);
    } finally {
      await server.close();
    }
  });

  it('notices that its event loop is late, and that it is not any more', async () => {
    const pressure = watchPressure({ overloadDelayMs: 20, overloadRssMib: 0 });
    try {
      const turn = (ms: number) =>
        new Promise<void>((resolve) => {
          setImmediate(() => {
            const until = performance.now() + ms;
            while (performance.now() < until);
            resolve();
          });
        });
      while (pressure.read() === null) await turn(100);
      expect(pressure.read()).toBe('event_loop');
      while (pressure.read() !== null) await turn(0);
    } finally {
      pressure.stop();
    }
  });

  it('notices that it has more memory than it may', async () => {
    const pressure = watchPressure({ overloadDelayMs: 0, overloadRssMib: 1 });
    await expect.poll(() => pressure.read(), { timeout: 10_000 }).toBe('memory');
    pressure.stop();
  });
});
