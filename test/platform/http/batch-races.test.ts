// Batches among other writers: all or nothing also for who looks on, and two that wait for each other both get through.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeTag } from '../../support/factories.ts';
import { unique } from './every-write.ts';
import { rowLock, slugLock, whileHolding } from './locks.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url, { DATABASE_STATEMENT_TIMEOUT_MS: '20000' });
});
afterAll(() => app.close());

type Operation = { name?: string; method: string; path: string; ifMatch?: unknown; body?: unknown };
const batch = (operations: Operation[]): Promise<Answer> => app.post('/v1/batch', { operations });
const create = (body: object): Operation => ({ method: 'POST', path: '/v1/articles', body });
const patch = (id: string, noun = 'articles', body: object = { summary: unique('改') }): Operation => ({
  method: 'PATCH',
  path: `/v1/${noun}/${id}`,
  ifMatch: '*',
  body,
});
const revisionOf = async (id: string): Promise<number> =>
  (await app.get(`/v1/articles/${id}?perspective=draft`, { as: 'editor' })).body.revision;

it('what a batch has done so far is seen by nobody; then all of it at once', async () => {
  const slug = unique('ban-lu').replace(' ', '-');
  const title = unique('半路');
  const count = () => app.deps.db.prisma.article.count({ where: { title } });
  await app.newEvents();
  await whileHolding(app, slugLock, [slug], async ({ untilWaiting, release }) => {
    const running = batch([create({ title }), create({ title }), create({ title, slug })]);
    await untilWaiting();
    expect(await count()).toBe(0);
    expect(await app.newEvents()).toEqual([]);
    // Nor is anybody held up: the log is not taken before the end.
    expect((await app.post('/v1/articles', { title: unique('旁') })).status).toBe(201);
    await release();
    expect((await running).status).toBe(200);
  });
  expect(await count()).toBe(3);
  expect((await app.newEvents()).map(({ type }) => type)).toEqual(Array(4).fill('article.created'));
});

it.each([
  ['in SQL alone', false],
  ['with Prisma', true],
])('two batches that wait for each other both get through, %s', async (_name, isMixed) => {
  const [a, b, c] = await Promise.all([makeArticle(app), makeArticle(app), makeArticle(app)]);
  const tags = isMixed ? await Promise.all([makeTag(app), makeTag(app)]) : [];
  const before = (i: number) => tags.slice(i, i + 1).map(({ id }) => patch(id, 'tags', { name: unique('签') }));
  await app.newEvents();
  const answers = await whileHolding(app, rowLock('article'), [c.id], async ({ untilWaiting, release }) => {
    // Each holds one article and waits for `c`; then each wants what the other holds.
    const running = [
      batch([...before(0), patch(a.id), patch(c.id), patch(b.id)]),
      batch([...before(1), patch(b.id), patch(c.id), patch(a.id)]),
    ];
    await untilWaiting(2);
    await release();
    return Promise.all(running);
  });
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(await Promise.all([a, b, c].map(({ id }) => revisionOf(id)))).toEqual([3, 3, 3]);
  expect(await app.newEvents()).toHaveLength(6 + tags.length);
});

it('batches among single writers: each is carried out whole or told to try again, never a fault of ours', async () => {
  const articles = await Promise.all(Array.from({ length: 4 }, () => makeArticle(app)));
  const ids = articles.map(({ id }) => id);
  await app.newEvents();
  const answers = await Promise.all([
    ...Array.from({ length: 8 }, (_, i) =>
      batch((i % 2 === 0 ? ids : ids.toReversed()).map((id) => patch(id))).then(({ status }) => ({
        status,
        writes: 4,
      })),
    ),
    ...Array.from({ length: 20 }, (_, i) => {
      const { method, path, body } = patch(ids[i % 4]!);
      return app.call(method, path, { as: 'editor', ifMatch: '*', body }).then(({ status }) => ({ status, writes: 1 }));
    }),
  ]);
  expect(answers.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
  const written = answers.filter(({ status }) => status === 200).reduce((sum, { writes }) => sum + writes, 0);
  const revisions = await Promise.all(ids.map(revisionOf));
  expect(revisions.reduce((sum, revision) => sum + revision - 1, 0)).toBe(written);
  const events = await app.newEvents();
  expect(events).toHaveLength(written);
  for (const id of ids) {
    const told = events.filter(({ subjectId }) => subjectId === id).map(({ payload }) => payload.revision);
    expect(told).toEqual(told.map((_, i) => i + 2));
  }
});

it('two batches that make the same tags, sections and slugs at once: both get what they asked for', async () => {
  const name = unique('同时');
  const operations = (): Operation[] => [
    { name: 'section', method: 'POST', path: '/v1/sections', body: { name } },
    create({ title: name, section: { $ref: 'section' }, tags: [name, `${name} 二`] }),
  ];
  const answers = await Promise.all(Array.from({ length: 6 }, () => batch(operations())));
  expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
  const slugs = answers.map(({ body }) => body.results[1].body.slug);
  expect(new Set(slugs).size).toBe(6);
  expect(await app.deps.db.prisma.tag.count({ where: { name: { startsWith: name } } })).toBe(2);
});
