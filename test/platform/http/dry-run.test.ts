// `?dryRun=true` on every write: judged and answered as if it were done, and nothing of it is there afterwards.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, TestApp } from '../../support/app.ts';
import { createTestApp } from '../../support/app.ts';
import { makeArticle, makePublished } from '../../support/factories.ts';
import { type Call, comparable, everyWrite, listWrites, send } from './every-write.ts';
import { expectProblem, fingerprintDatabase } from './refusals.ts';

let app: TestApp;
let listener: pg.Client;
const heard: string[] = [];
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  listener = new pg.Client({ connectionString: app.databaseUrl });
  await listener.connect();
  listener.on('notification', ({ payload }) => heard.push(payload ?? ''));
  await listener.query('listen masthead_event');
});
afterAll(async () => {
  await listener.end();
  await app.close();
});

const rehearse = (call: Call) => send(app, { ...call, path: `${call.path}?dryRun=true` });

/** What was told to other processes so far; a round trip brings what is on its way. */
async function notifications(): Promise<number> {
  await listener.query('select 1');
  return heard.length;
}

async function heldLocks(): Promise<number> {
  const text = `select count(*)::int as count from pg_locks where locktype = 'advisory'
    and database = (select oid from pg_database where datname = current_database())`;
  return (await listener.query(text)).rows[0].count;
}

// What exists once: the first answer tells it, a rehearsal does not.
const shownOnce: Record<string, readonly string[]> = {
  createApiKey: ['key', 'prefix'],
  createPreviewLink: ['token', 'url'],
};

function shown(operationId: string, { text }: Answer): unknown {
  const body = comparable(text) as Record<string, unknown> | null;
  for (const name of shownOnce[operationId] ?? []) delete body?.[name];
  // A batch holds the headers of its operations.
  const results = (body?.results ?? []) as Record<string, unknown>[];
  for (const result of results) Object.assign(result, { etag: null, location: null });
  return body;
}

it('is proved on every write there is, and each takes it', async () => {
  const declared = await listWrites();
  expect(declared.map(({ operationId }) => operationId).toSorted()).toEqual(Object.keys(everyWrite).toSorted());
  for (const { operationId, write, query } of declared) {
    expect(write, operationId).toBeDefined();
    expect(Object.keys((query as unknown as { shape: object }).shape), operationId).toContain('dryRun');
  }
});

describe.each(Object.keys(everyWrite))('%s', (operationId) => {
  it('rehearsed stores nothing, tells nobody, holds nothing, and answers what the call itself answers next', async () => {
    const call = await everyWrite[operationId]!(app);
    const before = await fingerprintDatabase(app);
    const told = await notifications();
    const rehearsed = await rehearse(call);
    expect(rehearsed.status, rehearsed.text).toBeLessThan(300);
    expect(await fingerprintDatabase(app)).toEqual(before);
    expect(await notifications()).toBe(told);
    expect(await heldLocks()).toBe(0);
    expect(rehearsed.headers.etag).toBeUndefined();
    expect(rehearsed.headers.location).toBeUndefined();
    expect(rehearsed.headers['cache-control']).toBe('private, no-store');
    const real = await send(app, call);
    expect(real.status).toBe(rehearsed.status);
    expect(real.headers['content-type']).toBe(rehearsed.headers['content-type']);
    expect(shown(operationId, rehearsed)).toEqual(shown(operationId, real));
    expect(await fingerprintDatabase(app)).not.toEqual(before);
    expect(await notifications()).toBeGreaterThan(told);
  });

  it('rehearsed under an Idempotency-Key leaves the key free for the call itself', async () => {
    const call = { ...(await everyWrite[operationId]!(app)), headers: { 'Idempotency-Key': `dry-${operationId}` } };
    const before = await fingerprintDatabase(app);
    for (let times = 0; times < 2; times += 1) {
      const rehearsed = await rehearse(call);
      expect(rehearsed.status).toBeLessThan(300);
      expect(rehearsed.headers['idempotency-replayed']).toBeUndefined();
    }
    expect(await fingerprintDatabase(app)).toEqual(before);
    const real = await send(app, call);
    expect(real.headers['idempotency-replayed']).toBeUndefined();
    expect(await fingerprintDatabase(app)).not.toEqual(before);
    // Once the key holds an answer, a rehearsal is still one.
    const after = await fingerprintDatabase(app);
    expect((await rehearse(call)).headers['idempotency-replayed']).toBeUndefined();
    expect(await fingerprintDatabase(app)).toEqual(after);
  });

  it('takes no other dryRun', async () => {
    const call = await everyWrite[operationId]!(app);
    const answer = await send(app, { ...call, path: `${call.path}?dryRun=1` });
    expectProblem(answer, { status: 400, code: 'request.invalid', pointer: '?dryRun' });
  });
});

it.each(['', 'TRUE', 'yes', 'true,true', 'true&dryRun=true'])(
  'dryRun=%s is refused, and is no real call',
  async (value) => {
    const call = await everyWrite.createTag!(app);
    const before = await fingerprintDatabase(app);
    const answer = await send(app, { ...call, path: `${call.path}?dryRun=${value}` });
    expectProblem(answer, { status: 400, code: 'request.invalid', pointer: '?dryRun' });
    expect(await fingerprintDatabase(app)).toEqual(before);
  },
);

describe('a refusal', () => {
  const refusals: [string, number, () => Promise<Call>][] = [
    ['without a key', 401, async () => ({ method: 'POST', path: '/v1/articles', body: { title: '一' } })],
    ['with a wrong key', 401, async () => ({ method: 'POST', path: '/v1/tags', as: 'mh_x', body: { name: '一' } })],
    ['of the role', 403, async () => ({ method: 'POST', path: '/v1/articles', as: 'viewer', body: { title: '一' } })],
    ['of what others wrote', 403, async () => ({ ...(await everyWrite.updateArticle!(app)), as: 'writer' })],
    [
      'of what is not there',
      404,
      async () => ({ ...(await everyWrite.publishArticle!(app)), path: '/v1/articles/x/publish' }),
    ],
    ['of a shape', 400, async () => ({ method: 'POST', path: '/v1/sections', as: 'editor', body: { nam: '一' } })],
    ['without If-Match', 428, async () => ({ ...(await everyWrite.retractArticle!(app)), ifMatch: undefined })],
    ['of a stale If-Match', 412, async () => ({ ...(await everyWrite.correctArticle!(app)), ifMatch: '"r1"' })],
    [
      'of a name that is taken',
      409,
      async () => {
        const call = await everyWrite.createTag!(app);
        await send(app, call);
        return call;
      },
    ],
    [
      'of a slug that is taken',
      409,
      async () => {
        const { slug } = await makeArticle(app);
        return { method: 'POST', path: '/v1/articles', as: 'editor', body: { title: '一', slug } };
      },
    ],
    ['of a state', 409, async () => ({ ...(await everyWrite.unscheduleArticle!(app)), ...(await unscheduled()) })],
    [
      'of a batch',
      422,
      async () => ({
        method: 'POST',
        path: '/v1/batch',
        as: 'editor',
        body: { operations: [{ method: 'POST', path: '/v1/articles/x/publish', ifMatch: '*' }] },
      }),
    ],
    [
      'of a wrong Idempotency-Key',
      400,
      async () => ({
        ...(await everyWrite.createSource!(app)),
        headers: { 'Idempotency-Key': 'a b' },
      }),
    ],
  ];
  async function unscheduled() {
    const made = await makePublished(app);
    return { path: `/v1/articles/${made.id}/unschedule`, ifMatch: made.etag };
  }

  it.each(refusals)('%s is the very same, %i', async (_name, status, make) => {
    const call = await make();
    const before = await fingerprintDatabase(app);
    const rehearsed = await rehearse(call);
    expect(await fingerprintDatabase(app)).toEqual(before);
    const real = await send(app, call);
    expect(rehearsed.status).toBe(status);
    const withoutId = ({ body, status: code, headers }: Answer) => ({
      code,
      type: headers['content-type'],
      cache: headers['cache-control'],
      body: JSON.parse(JSON.stringify(body, (name, value) => (name === 'requestId' ? '' : value))),
    });
    expect(withoutId(rehearsed)).toEqual(withoutId(real));
  });
});

describe('rehearsals among real writes', () => {
  it('of one free slug all answer with it, and the first real one gets it', async () => {
    const body = { title: '一稿', slug: 'yi-gao-duo-tou' };
    const call = { method: 'POST', path: '/v1/articles', as: 'editor', body };
    const rehearsed = await Promise.all(Array.from({ length: 10 }, () => rehearse(call)));
    expect(rehearsed.map(({ status, body: view }) => [status, view.slug])).toEqual(Array(10).fill([201, body.slug]));
    const ids = new Set(rehearsed.map(({ body: view }) => view.id));
    expect(ids.size).toBe(10);
    for (const id of ids)
      expect((await app.get(`/v1/articles/${id}?perspective=draft`, { as: 'admin' })).status).toBe(404);
    expect((await send(app, call)).body.slug).toBe(body.slug);
  });

  it('a rehearsed revocation leaves the key as it was, of itself too', async () => {
    const key = await app.createKey({ name: 'self', role: 'admin' });
    const { id } = (await app.get('/v1/me', { as: key })).body.key;
    const answer = await app.delete(`/v1/api-keys/${id}?dryRun=true`, { as: key });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect((await app.get('/v1/me', { as: key })).status).toBe(200);
  });

  it('a rehearsed key and a rehearsed preview link are told to nobody', async () => {
    const key = await rehearse(await everyWrite.createApiKey!(app));
    expect(key.body.key).toBe(null);
    const link = await rehearse(await everyWrite.createPreviewLink!(app));
    expect(link.body).toMatchObject({ token: null, url: null });
  });
});
