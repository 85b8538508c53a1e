// Idempotency-Key: the same request again gets the first answer, and nothing is done twice.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetExpiredAnswers } from '../../../src/platform/http/idempotency.ts';
import { startWorker } from '../../../src/worker.ts';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished } from '../../support/factories.ts';
import { type Call, everyWrite, send, unique } from './every-write.ts';
import { expectProblem, fingerprintDatabase } from './refusals.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

const hour = 3_600_000;
const under = (key: string, call: Call): Call => ({ ...call, headers: { ...call.headers, 'Idempotency-Key': key } });
const create = (title: string): Call => ({ method: 'POST', path: '/v1/articles', as: 'editor', body: { title } });
const countArticles = (title: string) => app.deps.db.prisma.article.count({ where: { title } });

/** What of an answer a retry must find again. */
const essence = ({ status, text, headers }: Answer) => ({
  status,
  text,
  type: headers['content-type'],
  etag: headers.etag,
  location: headers.location,
  cache: headers['cache-control'],
});

async function expectReplay(call: Call, first: Answer): Promise<void> {
  const before = await fingerprintDatabase(app);
  await app.newEvents();
  const again = await send(app, call);
  expect(essence(again)).toEqual(essence(first));
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect(await fingerprintDatabase(app)).toEqual(before);
  expect(await app.newEvents()).toEqual([]);
}

describe.each(Object.keys(everyWrite).filter((id) => !['createApiKey', 'createPreviewLink'].includes(id)))(
  '%s sent again',
  (operationId) => {
    it('answers the same bytes, status, ETag and Location, does nothing, and says that it is a replay', async () => {
      const call = under(unique('key').replace(' ', '-'), await everyWrite[operationId]!(app));
      const first = await send(app, call);
      expect(first.status, first.text).toBeLessThan(300);
      expect(first.headers['idempotency-replayed']).toBeUndefined();
      expect(first.headers['cache-control']).toBe('private, no-store');
      await expectReplay(call, first);
      app.clock.advance(1000);
      await expectReplay(call, first);
    });
  },
);

describe('an answer that holds a secret', () => {
  it.each([
    ['createApiKey', ['key']],
    ['createPreviewLink', ['token', 'url']],
  ])('%s: a retry gets it without the secret, which no table holds', async (operationId, names) => {
    const call = under(`secret-${operationId}`, await everyWrite[operationId]!(app));
    const first = await send(app, call);
    expect(first.status).toBe(201);
    const secrets = names.map((name) => first.body[name] as string);
    for (const secret of secrets) expect(secret).toMatch(/.{30}/);
    const again = await send(app, call);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toEqual({ ...first.body, ...Object.fromEntries(names.map((name) => [name, null])) });
    expect(again.headers.location).toBe(first.headers.location);
    const stored = await dumpDatabase();
    expect(stored).toContain(first.body.id);
    for (const secret of secrets) expect(stored).not.toContain(secret.slice(-30));
  });

  async function dumpDatabase(): Promise<string> {
    const { sql } = app.deps.db;
    const tables = await sql.rows<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public'`,
      [],
    );
    const rows = await Promise.all(
      tables.map(({ name }) => sql.rows<{ t: string }>(`select t::text from "${name}" t`, [])),
    );
    return rows
      .flat()
      .map(({ t }) => t)
      .join('\n');
  }
});

describe('the same key', () => {
  it.each<[string, (call: Call) => Call]>([
    ['another body', (call) => ({ ...call, body: { title: '另一稿' } })],
    ['one field more', (call) => ({ ...call, body: { ...(call.body as object), urgency: 1 } })],
    ['a field in null', (call) => ({ ...call, body: { ...(call.body as object), kicker: null } })],
    ['an If-Match', (call) => ({ ...call, ifMatch: '"r1"' })],
  ])('with %s is refused, and the first answer stays', async (_name, change) => {
    const call = under(unique('other').replace(' ', '-'), create(unique('同键')));
    const first = await send(app, call);
    const before = await fingerprintDatabase(app);
    const answer = await send(app, change(call));
    expectProblem(answer, { status: 422, code: 'idempotency.key_reused', pointer: '!Idempotency-Key' });
    expect(await fingerprintDatabase(app)).toEqual(before);
    await expectReplay(call, first);
  });

  it('with another query, or another text that is imported, is refused', async () => {
    const call = under('query', await everyWrite.importPageText!(app));
    const first = await send(app, call);
    const published = await send(app, { ...call, path: `${call.path}?publish=true` });
    expectProblem(published, { status: 422, code: 'idempotency.key_reused' });
    const other = await send(app, { ...call, body: `${call.body}又一段。\n` });
    expectProblem(other, { status: 422, code: 'idempotency.key_reused' });
    await expectReplay({ ...call, path: `${call.path}?publish=false` }, first);
  });

  it('with another If-Match is refused, whether that would match or not', async () => {
    const call = under('if-match', await everyWrite.publishArticle!(app));
    const first = await send(app, call);
    for (const ifMatch of ['"r2"', '*']) {
      expectProblem(await send(app, { ...call, ifMatch }), { status: 422, code: 'idempotency.key_reused' });
    }
    await expectReplay(call, first);
  });

  it('with the fields in another order, other white space or a charset is the same request', async () => {
    const title = unique('排列');
    const call = under('order', { ...create(title), body: `{"title":"${title}","metadata":{"a":1,"b":[1,2]}}` });
    const first = await send(app, call);
    expect(first.status).toBe(201);
    const body = `{ "metadata": {"b": [1, 2.0], "a": 1e0},\n "title": "${title}" }`;
    await expectReplay({ ...call, body, type: 'application/json; charset=utf-8' }, first);
  });

  it('on another path, under another method, or of another API key is another request', async () => {
    const one = await makeArticle(app);
    const two = await makeArticle(app);
    const other = await app.createKey({ name: 'editor 2', role: 'editor' });
    const calls: Call[] = [
      { method: 'PATCH', path: `/v1/articles/${one.id}`, as: 'editor', ifMatch: '*', body: { urgency: 1 } },
      { method: 'PATCH', path: `/v1/articles/${two.id}`, as: 'editor', ifMatch: '*', body: { urgency: 2 } },
      { method: 'PATCH', path: `/v1/articles/${one.id}`, as: other, ifMatch: '*', body: { urgency: 3 } },
      { method: 'DELETE', path: `/v1/articles/${one.id}`, as: 'editor', ifMatch: '*' },
      { method: 'POST', path: '/v1/tags', as: 'editor', body: { name: unique('独立') } },
      { method: 'POST', path: '/v1/sources', as: 'editor', body: { name: unique('独立') } },
    ];
    const answers: Answer[] = [];
    for (const call of calls) answers.push(await send(app, under('shared', call)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 204, 201, 201]);
    expect(answers.map(({ headers }) => headers['idempotency-replayed'])).toEqual(Array(6).fill(undefined));
    for (const [i, call] of calls.entries()) await expectReplay(under('shared', call), answers[i]!);
  });

  it('of a key that was revoked is a 401, no answer of before', async () => {
    const key = await app.createKey({ name: 'gone', role: 'admin' });
    const { id } = (await app.get('/v1/me', { as: key })).body.key;
    const call = under('revoked', { ...create(unique('撤')), as: key });
    expect((await send(app, call)).status).toBe(201);
    await app.delete(`/v1/api-keys/${id}`, { as: 'admin' });
    expectProblem(await send(app, call), { status: 401, code: 'auth.invalid' });
  });
});

describe('the header', () => {
  it.each([
    ['nothing', ''],
    ['empty quotes', '""'],
    ['a blank inside', 'a b'],
    ['201 characters', 'k'.repeat(201)],
    ['letters beyond ASCII', 'é'],
    ['two keys', 'a, b'],
    ['a tab', 'a\tb'],
  ])('with %s is a 400 that names it, and nothing is done', async (_name, key) => {
    const call = under(key, create(unique('坏头')));
    const before = await fingerprintDatabase(app);
    const answer = await send(app, call);
    expectProblem(answer, { status: 400, code: 'request.invalid_header', pointer: '!Idempotency-Key' });
    expect(await fingerprintDatabase(app)).toEqual(before);
  });

  it.each([
    ['a UUID', '7f0c3d1e-1b1a-4c55-8d43-0f1d3c1c9a11'],
    ['one character', '0'],
    ['200 characters', 'k'.repeat(200)],
    ['signs', '~!@#$%^&*()_+{}|:<>?`-=[];,./\\'],
    ['an operator of SQL', "'or'1'='1';--"],
  ])('may be %s, with or without quotes', async (_name, key) => {
    const call = create(unique('好头'));
    const first = await send(app, under(key, call));
    expect(first.status).toBe(201);
    await expectReplay(under(`"${key}"`, call), first);
  });

  it('may come with a path of the longest names there are', async () => {
    const path = `/v1/sources/by-external-id/${encodeURIComponent('新'.repeat(200))}`;
    const call = under('k'.repeat(200), { method: 'PUT', path, as: 'editor', body: { name: '长' } });
    const first = await send(app, call);
    expect(first.status).toBe(201);
    await expectReplay(call, first);
  });

  it('does nothing to a read', async () => {
    const before = await fingerprintDatabase(app);
    const headers = { 'Idempotency-Key': 'read' };
    for (let times = 0; times < 2; times += 1) {
      const answer = await app.get('/v1/articles', { headers });
      expect([answer.status, answer.headers['idempotency-replayed']]).toEqual([200, undefined]);
    }
    expect(await fingerprintDatabase(app)).toEqual(before);
  });
});

describe('a kept answer', () => {
  it('is given for 24 hours, to the millisecond; after that the key is new', async () => {
    const title = unique('一日');
    const call = under('day', create(title));
    const first = await send(app, call);
    app.clock.advance(24 * hour - 1);
    await expectReplay(call, first);
    app.clock.advance(1);
    const second = await send(app, call);
    expect(second.headers['idempotency-replayed']).toBeUndefined();
    expect(second.body.id).not.toBe(first.body.id);
    expect(await countArticles(title)).toBe(2);
    await expectReplay(call, second);
  });

  it('may be of another request once it has expired', async () => {
    const call = under('expired', create(unique('一日')));
    await send(app, call);
    app.clock.advance(24 * hour);
    const other = { ...call, body: { title: unique('另日') } };
    const answer = await send(app, other);
    expect(answer.status).toBe(201);
    await expectReplay(other, answer);
  });

  it('is given for as long as MASTHEAD_IDEMPOTENCY_HOURS says', async () => {
    const short = await createTestApp(import.meta.url, { MASTHEAD_IDEMPOTENCY_HOURS: '1' });
    try {
      const options = { headers: { 'Idempotency-Key': 'short' } };
      const first = await short.post('/v1/tags', { name: '时' }, options);
      short.clock.advance(hour - 1);
      expect((await short.post('/v1/tags', { name: '时' }, options)).text).toBe(first.text);
      short.clock.advance(1);
      expect((await short.post('/v1/tags', { name: '时' }, options)).body.code).toBe('tag.name_taken');
    } finally {
      await short.close();
    }
  });

  it('is what was answered, however the thing has changed since', async () => {
    const made = await makePublished(app);
    const call = under('later', {
      method: 'PATCH',
      path: `/v1/articles/${made.id}`,
      as: 'editor',
      ifMatch: made.etag,
      body: { summary: '一' },
    });
    const first = await send(app, call);
    await app.delete(`/v1/articles/${made.id}`, { ifMatch: '*' });
    await expectReplay(call, first);
  });

  it('is forgotten when it has expired, many at once, and no sooner', async () => {
    const { sql, prisma } = app.deps.db;
    const call = under('kept', create(unique('留')));
    const first = await send(app, call);
    app.clock.advance(-25 * hour);
    await send(app, under('expires', create(unique('弃'))));
    app.clock.advance(25 * hour);
    await sql.rows(
      `insert into idempotent_answer select (e).key_id, (e).method, (e).path, 'many ' || n, (e).fingerprint, (e).status,
         (e).headers, (e).body, (e).created_at, (e).expires_at
       from (select e from idempotent_answer e where e.key = 'expires') as one, generate_series(1, 2500) n`,
      [],
    );
    const expired = { expiresAt: { lte: app.clock.now() } };
    expect(await prisma.idempotentAnswer.count({ where: expired })).toBeGreaterThan(2500);
    const fresh = await prisma.idempotentAnswer.count({ where: { NOT: expired } });
    await forgetExpiredAnswers(sql, app.clock.now());
    expect(await prisma.idempotentAnswer.count()).toBe(fresh);
    await expectReplay(call, first);
  });

  it('that has expired is forgotten by the worker', async () => {
    await send(app, under('worker', create(unique('工'))));
    app.clock.advance(24 * hour);
    const worker = startWorker(app.deps);
    try {
      await expect.poll(() => app.deps.db.prisma.idempotentAnswer.count(), { timeout: 20_000 }).toBe(0);
    } finally {
      await worker.stop();
    }
  });
});
