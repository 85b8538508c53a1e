// One Idempotency-Key in several requests at once, to one process or to two: the act is done once, and nobody is told
// anything else than what came of it. Two apps with a pool each are two processes to the database.
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Db, openDb } from '../../../src/platform/db/db.ts';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeTag } from '../../support/factories.ts';
import { type Call, send, unique } from './every-write.ts';
import { type Listening, listen } from './listening.ts';
import { eventLock, rowLock, slugLock, whileHolding } from './locks.ts';
import { expectProblem } from './refusals.ts';

let app: TestApp;
let otherDb: Db;
let other: Listening;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  const log = pino({ level: 'silent' });
  otherDb = openDb({ url: app.databaseUrl, poolSize: 10, statementTimeoutMs: 60_000, slowQueryMs: 60_000, log });
  other = await listen(app, {}, { db: otherDb });
});
afterAll(async () => {
  await other.close();
  await otherDb.close();
  await app.close();
});

const under = (key: string, call: Call): Call => ({ ...call, headers: { 'Idempotency-Key': key } });
const countArticles = (title: string) => app.deps.db.prisma.article.count({ where: { title } });

/** The same call to the other process. */
async function sendOther({ method, path, body, headers, ifMatch }: Call): Promise<Answer> {
  const answer = await fetch(`http://127.0.0.1:${other.port}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${app.keys.editor}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(ifMatch === undefined ? {} : { 'If-Match': ifMatch }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    text,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function expectInProgress(answer: Answer): void {
  expectProblem(answer, { status: 409, code: 'idempotency.in_progress' });
  expect(answer.headers['retry-after']).toBe('1');
}

it.each([
  ['the same process', send],
  ['another process', (_app: TestApp, call: Call) => sendOther(call)],
])(
  'while the first is still running, %s answers 409 with Retry-After; afterwards the first answer',
  async (_name, repeat) => {
    const title = unique('在途');
    const slug = unique('zai-tu').replace(' ', '-');
    const call = under(slug, { method: 'POST', path: '/v1/articles', as: 'editor', body: { title, slug } });
    const first = await whileHolding(app, slugLock, [slug], async ({ untilWaiting, release }) => {
      const running = send(app, call);
      await untilWaiting();
      expectInProgress(await repeat(app, call));
      // What it asks is not looked at before the first is over.
      expectInProgress(await repeat(app, { ...call, body: { title: '别的' } }));
      expect(await app.deps.db.prisma.idempotentAnswer.count({ where: { key: slug } })).toBe(0);
      await release();
      return running;
    });
    expect(first.status).toBe(201);
    const again = await repeat(app, call);
    expect([again.status, again.text, again.headers['idempotency-replayed']]).toEqual([201, first.text, 'true']);
    expect(again.headers.location).toBe(first.headers.location);
    expect(await countArticles(title)).toBe(1);
  },
);

it('while the first is running, another key, another path and another API key are not held up', async () => {
  const made = await makeArticle(app);
  const path = `/v1/articles/${made.id}/comments`;
  await whileHolding(app, rowLock('article'), [made.id], async ({ untilWaiting, release }) => {
    const patch = {
      method: 'PATCH',
      path: `/v1/articles/${made.id}`,
      as: 'editor',
      ifMatch: '*',
      body: { urgency: 1 },
    };
    const running = send(app, under('held', patch));
    await untilWaiting();
    const create = { method: 'POST', path: '/v1/articles', as: 'editor', body: { title: '另' } };
    for (const call of [under('held', create), under('free', create), under('held', { ...create, as: 'admin' })]) {
      expect((await send(app, call)).status).toBe(201);
    }
    await release();
    expect((await running).status).toBe(200);
  });
  expect((await send(app, under('held', { method: 'POST', path, as: 'editor', body: { text: '好' } }))).status).toBe(
    201,
  );
});

it('twenty at once over two processes make one article, and each gets its answer or is told to wait', async () => {
  const title = unique('二十');
  const call = under('twenty', { method: 'POST', path: '/v1/articles', as: 'editor', body: { title, tags: ['二十'] } });
  await app.newEvents();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? send(app, call) : sendOther(call))),
  );
  const done = answers.filter(({ status }) => status === 201);
  expect(done.length).toBeGreaterThan(0);
  expect(new Set(done.map(({ text }) => text)).size).toBe(1);
  expect(done.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
  for (const answer of answers.filter(({ status }) => status !== 201)) expectInProgress(answer);
  expect(await countArticles(title)).toBe(1);
  expect((await app.newEvents()).map(({ type }) => type)).toEqual(['tag.drafted', 'article.created']);
});

it('through Prisma too: one tag, one event', async () => {
  const name = unique('同名');
  const call = under('tag', { method: 'POST', path: '/v1/tags', as: 'editor', body: { name } });
  await app.newEvents();
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? send(app, call) : sendOther(call))),
  );
  const done = answers.filter(({ status }) => status === 201);
  expect(new Set(done.map(({ text }) => text)).size).toBe(1);
  for (const answer of answers.filter(({ status }) => status !== 201)) expectInProgress(answer);
  expect((await app.newEvents()).map(({ type }) => type)).toEqual(['tag.created']);
});

it('a refused first request answers the ones that waited as it was answered', async () => {
  const { body: tag } = await makeTag(app);
  const call = under('refused', { method: 'POST', path: '/v1/tags', as: 'editor', body: { name: tag.name } });
  const first = await whileHolding(
    app,
    `select pg_advisory_xact_lock(hashtext('turn'), hashtext('tag_slug'))`,
    [],
    async (holder) => {
      const running = send(app, call);
      await holder.untilWaiting();
      expectInProgress(await sendOther(call));
      await holder.release();
      return running;
    },
  );
  expectProblem(first, { status: 409, code: 'tag.name_taken' });
  const again = await sendOther(call);
  expect([again.status, again.text, again.headers['idempotency-replayed']]).toEqual([409, first.text, 'true']);
});

it('a deadlock undoes the claim with the rest; the next try answers', async () => {
  // The request holds its own key's claim and the article, and waits for the log; the test holds the log and asks for the
  // article: Postgres ends the one that waited first, and the request tries again.
  const made = await makeArticle(app);
  const call = under('deadlock', {
    method: 'PATCH',
    path: `/v1/articles/${made.id}`,
    as: 'editor',
    ifMatch: made.etag,
    body: { urgency: 3 },
  });
  const answer = await whileHolding(app, eventLock, [], async ({ query, untilWaiting, release }) => {
    await query(`set local deadlock_timeout = '1min'`);
    const running = send(app, call);
    await untilWaiting();
    await query('select id from article where id = $1 for update', [made.id]);
    await release();
    return running;
  });
  expect([answer.status, answer.headers.etag, answer.headers['idempotency-replayed']]).toEqual([
    200,
    '"r2"',
    undefined,
  ]);
  const again = await send(app, call);
  expect([again.text, again.headers['idempotency-replayed']]).toEqual([answer.text, 'true']);
});
