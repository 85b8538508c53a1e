// The log: one line for each request with its id, and never a key, a secret or a query.
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDb } from '../../../src/platform/db/db.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished } from '../../support/factories.ts';
import { type Listening, listen, sendRaw } from './listening.ts';

let app: TestApp;
let server: Listening;
let article: { id: string; etag: string };
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  await makePublished(app, { title: '青岛再开放', slug: 'one' });
  article = await makeArticle(app, { title: '未公开' });
});
afterAll(() => app.close());
beforeEach(async () => {
  server = await listen(app, { LOG_LEVEL: 'trace' });
  return () => server.close();
});

function send(line: string, headers: Record<string, string> = {}, body = '') {
  const all = {
    Host: 'x',
    Connection: 'close',
    ...(body && { 'Content-Length': String(Buffer.byteLength(body)) }),
    ...headers,
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return sendRaw(server.port, [`${line} HTTP/1.1`, ...head, '', body].join('\r\n'));
}
const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
const requests = () => server.lines.filter((line) => line.msg === 'request');
const info = 30;

describe('one line at info for each request:', () => {
  it.each([
    ['a read', 'GET /v1/articles/one', 200, 'getArticle'],
    ['a list', 'GET /v1/articles?limit=1', 200, 'listArticles'],
    ['not found', 'GET /v1/articles/none', 404, 'getArticle'],
    ['an unknown address', 'GET /v1/none', 404, undefined],
    ['a refused method', 'DELETE /v1/articles', 405, undefined],
    ['a bad parameter', 'GET /v1/articles?limit=0', 400, 'listArticles'],
    ['an address that cannot be decoded', 'GET /v1/articles/%zz', 400, undefined],
    ['no key', 'GET /v1/me', 401, 'getMe'],
    ['OPTIONS', 'OPTIONS /v1/articles', 204, undefined],
    ['HEAD', 'HEAD /v1/articles', 200, 'listArticles'],
  ])('%s', async (_name, line, status, operation) => {
    await send(line, { 'X-Request-Id': 'mine-1' });
    await expect.poll(requests).toHaveLength(1);
    const [method, target] = line.split(' ');
    expect(requests()[0]).toMatchObject({
      level: info,
      requestId: 'mine-1',
      method,
      path: target!.split('?')[0],
      status,
    });
    expect(requests()[0]!.operation).toBe(operation);
  });

  it('with its duration, and the public prefix of the key', async () => {
    await send('GET /v1/me', bearer(app.keys.editor));
    await expect.poll(requests).toHaveLength(1);
    expect(requests()[0]).toMatchObject({ key: app.keys.editor.split('_')[1], durationMs: expect.any(Number) });
  });

  it('and none at all where the level is higher', async () => {
    const quiet = await listen(app, { LOG_LEVEL: 'warn' });
    await sendRaw(quiet.port, 'GET /v1/articles HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await quiet.close();
    expect(quiet.text()).toBe('');
  });
});

describe('no line at any level holds', () => {
  it('a key, right or wrong, wherever it was put', async () => {
    const right = app.keys.admin;
    const wrong = `mh_${'a'.repeat(8)}_${'b'.repeat(38)}`;
    for (const key of [right, wrong]) {
      await send('GET /v1/me', bearer(key));
      await send('GET /v1/me', { Authorization: `Basic ${key}` });
      await send(`GET /v1/articles?key=${key}`);
      await send(`GET /v1/articles?cursor=${key}`);
      await send('GET /v1/articles', { 'X-Api-Key': key, Cookie: `key=${key}` });
      await send(
        'POST /v1/articles',
        { ...bearer(right), 'Content-Type': 'application/json' },
        `{"title": 7, "x": "${key}"}`,
      );
    }
    await expect.poll(() => requests().length).toBe(12);
    for (const key of [right, wrong]) expect(server.text()).not.toContain(key.slice(12));
  });

  it('a key that was just made', async () => {
    const body = JSON.stringify({ name: 'new', role: 'viewer' });
    const made = await send(
      'POST /v1/api-keys',
      { ...bearer(app.keys.admin), 'Content-Type': 'application/json' },
      body,
    );
    expect(made.status).toBe(201);
    await expect.poll(requests).toHaveLength(1);
    expect(server.text()).not.toContain(made.body.key.slice(12));
  });

  it('a query, or the words of a body or draft', async () => {
    await send('GET /v1/articles?section=geheim-1&tag=geheim-2&limit=0');
    await send(`GET /v1/articles/${article.id}?perspective=draft`, bearer(app.keys.viewer));
    const headers = { ...bearer(app.keys.editor), 'Content-Type': 'application/json', 'If-Match': article.etag };
    await send(`PATCH /v1/articles/${article.id}`, headers, '{"title": "geheim-3", "summary": 7}');
    await send(`PATCH /v1/articles/${article.id}`, headers, '{"title": "geheim-4", "section": "none"}');
    await send(`PATCH /v1/articles/${article.id}`, headers, '{"title": "geheim-5", ');
    await send(`PATCH /v1/articles/${article.id}`, headers, '{"title": geheim-6}');
    await send('GET /v1/articles?geheim-7=1');
    await expect.poll(() => requests().length).toBe(7);
    expect(server.text()).not.toMatch(/geheim|未公开/);
  });

  it('a line break or escape of the request, which could forge another line', async () => {
    await send('GET /v1/articles/%0a%7B%22level%22:30%7D', { 'X-Request-Id': 'a\tb' });
    await expect.poll(requests).toHaveLength(1);
    expect(server.text().trimEnd().split('\n')).toHaveLength(server.lines.length);
    expect(requests()[0]!.requestId).not.toContain('\t');
  });
});

it('a failure of ours is logged once with its cause, under the request id of the answer', async () => {
  const cause = new Error('the cause');
  const sql = { rows: () => Promise.reject(cause) };
  const failing = { ...app.deps.db, sql, reads: { ...app.deps.db.reads, at: async () => sql } };
  const broken = await listen(app, { LOG_LEVEL: 'info' }, { db: failing });
  const answer = await sendRaw(
    broken.port,
    'GET /v1/articles/one?fields=id HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  );
  await broken.close();
  expect(answer.status).toBe(500);
  expect(answer.body).toMatchObject({ code: 'server.error', errors: [] });
  expect(answer.text).not.toContain('the cause');
  const errors = broken.lines.filter((line) => line.level === 50);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatchObject({ requestId: answer.body.requestId, err: { message: 'the cause' } });
});

it('a statement slower than SLOW_QUERY_MS is a warning with its text and without its values', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });
  const { databaseUrl: url } = app;
  const db = openDb({ url, poolSize: 2, statementTimeoutMs: 5000, slowQueryMs: 50, log });
  await db.sql.rows('select pg_sleep(0.06), $1::text as secret', ['geheim']);
  await db.transaction((tx) => tx.rows('select pg_sleep(0.06), $1::text as secret', ['geheim']));
  await db.prismaTransaction((tx) => tx.rows('select pg_sleep(0.06)::text, $1::text as secret', ['geheim']));
  await db.sql.rows('select 1 as one', []);
  await db.close();
  const slow = lines.map((line) => JSON.parse(line)).filter((line) => line.msg === 'slow query');
  expect(slow).toHaveLength(3);
  for (const line of slow) expect(line).toMatchObject({ level: 40, durationMs: expect.any(Number) });
  expect(slow[0].statement).toBe('select pg_sleep(0.06), $1::text as secret');
  expect(lines.join('')).not.toContain('geheim');
});
