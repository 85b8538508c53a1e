// Review: a version is submitted, returned or approved; approval holds for that version. Where an installation requires
// it, nothing is published without.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished } from '../../support/factories.ts';

let app: TestApp;
/** An installation that requires review. */
let strict: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  strict = await createTestApp(`${import.meta.url}-strict`, { MASTHEAD_REVIEW_REQUIRED: 'true' });
});
afterAll(async () => {
  await app.close();
  await strict.close();
});
beforeEach(async () => {
  await app.newEvents();
  await strict.newEvents();
});

type Made = { id: string; etag: string };
const inOneHour = () => new Date(app.clock.now().getTime() + 3_600_000).toISOString();

async function act(on: TestApp, article: Made, action: string, body?: object, as = 'editor'): Promise<Answer> {
  return on.post(`/v1/articles/${article.id}/${action}`, body, { as, ifMatch: '*' });
}
async function must(answer: Promise<Answer>): Promise<Answer> {
  const found = await answer;
  if (found.status >= 300) throw new Error(`${found.status} ${found.text}`);
  return found;
}
async function approve(on: TestApp, article: Made): Promise<void> {
  await must(act(on, article, 'submit'));
  await must(act(on, article, 'approve'));
}
const draftOf = async (id: string, on = app) =>
  (await on.get(`/v1/articles/${id}?perspective=draft`, { as: 'viewer' })).body;
const countVersions = async (id: string) =>
  (await app.get(`/v1/articles/${id}/versions?limit=100`, { as: 'viewer' })).body.data.length;

describe('review', () => {
  it('goes from draft to review, back with a comment, and on to approval; each answers with the working copy', async () => {
    const article = await makeArticle(app, {}, 'writer');
    let etag = article.etag;
    const steps = [
      ['submit', { comment: '请审。' }, 'writer', 'in_review'],
      ['return', { comment: '数字请核实。' }, 'editor', 'draft'],
      ['submit', undefined, 'writer', 'in_review'],
      ['approve', undefined, 'editor', 'approved'],
    ] as const;
    for (const [i, [action, body, as, state]] of steps.entries()) {
      const answer = await app.post(`/v1/articles/${article.id}/${action}`, body, { as, ifMatch: etag });
      expect(answer).toMatchObject({ status: 200, body: { state, version: 1, revision: i + 2, warnings: [] } });
      expect(answer.headers.etag).toBe(`"r${i + 2}"`);
      etag = answer.headers.etag!;
    }
    expect(await countVersions(article.id)).toBe(1);
  });

  it('tells of each step: the state, the version it is about, and which comment came with it', async () => {
    const article = await makeArticle(app);
    await app.newEvents();
    await must(act(app, article, 'submit', { comment: '请审。' }));
    await must(act(app, article, 'approve'));
    expect((await app.newEvents()).map(({ type, subjectId, payload }) => ({ type, subjectId, payload }))).toEqual([
      {
        type: 'article.submitted',
        subjectId: article.id,
        payload: { revision: 2, fields: ['state'], version: 1, state: 'in_review', commentId: expect.any(String) },
      },
      {
        type: 'article.approved',
        subjectId: article.id,
        payload: { revision: 3, fields: ['state'], version: 1, state: 'approved', commentId: null },
      },
    ]);
  });

  it('changes nothing of what the public reads, nor of when it was updated', async () => {
    const article = await makePublished(app, { title: '公开' });
    app.clock.advance(1000);
    const before = await app.get(`/v1/articles/${article.id}`);
    await approve(app, article);
    expect((await app.get(`/v1/articles/${article.id}`)).text).toBe(before.text);
  });

  it('is judged by If-Match like every change: missing 428, stale 412 without effect', async () => {
    const article = await makeArticle(app);
    await app.patch(`/v1/articles/${article.id}`, { genre: 'x' }, { ifMatch: article.etag });
    await app.newEvents();
    const path = `/v1/articles/${article.id}/submit`;
    expect((await app.post(path, undefined)).status).toBe(428);
    expect((await app.post(path, undefined, { ifMatch: article.etag })).status).toBe(412);
    expect(await app.newEvents()).toEqual([]);
    expect((await draftOf(article.id)).state).toBe('draft');
  });

  it.each([
    ['return without a comment', 'return', {}],
    ['return with a blank comment', 'return', { comment: ' ' }],
    ['return without a body', 'return', undefined],
    ['submit with a field that is not there', 'submit', { note: 'x' }],
    ['approve with a comment that is too long', 'approve', { comment: '长'.repeat(5001) }],
  ])('refuses to %s: 400', async (_name, action, body) => {
    const article = await makeArticle(app);
    await must(act(app, article, 'submit'));
    await app.newEvents();
    expect((await act(app, article, action, body)).status).toBe(400);
    expect(await app.newEvents()).toEqual([]);
  });

  it.each(['in_review', 'approved'])('an edit of what is %s makes it a draft again, in one change', async (state) => {
    const article = await makeArticle(app);
    await must(act(app, article, 'submit'));
    if (state === 'approved') await must(act(app, article, 'approve'));
    const before = await draftOf(article.id);
    await app.newEvents();
    const answer = await app.patch(`/v1/articles/${article.id}`, { title: '改了' }, { ifMatch: '*' });
    expect(answer.body).toMatchObject({ state: 'draft', version: 2, revision: before.revision + 1 });
    expect((await app.newEvents()).map(({ type }) => type)).toEqual(['article.revised']);
  });

  it.each([
    ['that changes nothing', { title: '原题' }],
    ['of the assignee alone', { assignee: null }],
    ['of the embargo alone', { embargoUntil: '2026-06-01T00:00:00Z' }],
  ])('a patch %s leaves an approval as it is', async (_name, patch) => {
    const article = await makeArticle(app, { title: '原题' });
    await approve(app, article);
    expect((await app.patch(`/v1/articles/${article.id}`, patch, { ifMatch: '*' })).body).toMatchObject({
      state: 'approved',
      version: 1,
    });
  });

  it('a replacement by external id makes what is approved a draft again', async () => {
    const article = await makeArticle(app, { title: '原题', externalId: 'shen-1' });
    await approve(app, article);
    const answer = await app.put('/v1/articles/by-external-id/shen-1', { title: '换题' });
    expect(answer.body).toMatchObject({ state: 'draft', version: 2 });
  });

  it('publishing what is approved keeps the approval; it is still that version', async () => {
    const article = await makeArticle(app);
    await approve(app, article);
    expect((await must(act(app, article, 'publish'))).body).toMatchObject({ state: 'approved', isPublic: true });
  });

  it('of one version by two editors at once is one approval', async () => {
    const article = await makeArticle(app);
    await must(act(app, article, 'submit'));
    const { etag } = (await app.get(`/v1/articles/${article.id}?perspective=draft`, { as: 'editor' })).headers;
    await app.newEvents();
    const answers = await Promise.all(
      ['approve', 'approve', 'return'].map((action) =>
        app.post(`/v1/articles/${article.id}/${action}`, { comment: 'x' }, { ifMatch: etag! }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412]);
    expect(await app.newEvents()).toHaveLength(1);
  });
});

describe('an installation that requires review', () => {
  const orders: [name: string, order: () => object | undefined][] = [
    ['publishing', () => undefined],
    ['scheduling', () => ({ at: inOneHour() })],
  ];

  it.each(orders)('refuses %s a version that nobody approved, and stores nothing', async (_name, order) => {
    const article = await makeArticle(strict);
    for (const step of [undefined, 'submit']) {
      if (step !== undefined) await must(act(strict, article, step));
      await strict.newEvents();
      const answer = await act(strict, article, 'publish', order());
      expect(answer.body).toMatchObject({ status: 409, code: 'article.review_required' });
      expect(answer.body.detail).toContain('Version 1');
      expect(await strict.newEvents()).toEqual([]);
    }
    expect((await strict.get(`/v1/articles/${article.id}`)).status).toBe(404);
    expect((await draftOf(article.id, strict)).scheduled).toBeNull();
  });

  it.each(orders)('lets %s an approved version through', async (_name, order) => {
    const article = await makeArticle(strict);
    await approve(strict, article);
    expect((await act(strict, article, 'publish', order())).status).toBe(200);
  });

  it('asks again after an edit: approval was for the version before', async () => {
    const article = await makeArticle(strict);
    await approve(strict, article);
    await must(act(strict, article, 'publish'));
    await must(strict.patch(`/v1/articles/${article.id}`, { title: '事后改动' }, { ifMatch: '*' }));
    expect((await act(strict, article, 'publish')).body.code).toBe('article.review_required');
    await approve(strict, article);
    strict.clock.advance(1000);
    expect((await act(strict, article, 'publish')).body).toMatchObject({ isPublic: true, version: 2 });
  });

  it('asks for admins too, and in a dry run', async () => {
    const article = await makeArticle(strict);
    expect((await act(strict, article, 'publish', undefined, 'admin')).body.code).toBe('article.review_required');
    const answer = await strict.post(`/v1/articles/${article.id}/publish?dryRun=true`, undefined, { ifMatch: '*' });
    expect(answer.body.code).toBe('article.review_required');
  });

  it('publishes no imported page on the way; as a draft it comes in', async () => {
    const page = '首页 > 产经 > 正文\n\n青岛再开放\n\n来源: 文化视界 2020-05-27 14:48:49\n  正文一段。\n';
    const answer = await strict.post('/v1/imports/page-text?publish=true', page, { type: 'text/plain' });
    expect(answer.body).toMatchObject({ status: 409, code: 'article.review_required' });
    expect(await strict.newEvents()).toEqual([]);
    expect((await strict.post('/v1/imports/page-text', page, { type: 'text/plain' })).status).toBe(201);
  });

  it('lets a correction through: whoever may publish answers for it', async () => {
    const article = await makeArticle(strict);
    await approve(strict, article);
    await must(act(strict, article, 'publish'));
    strict.clock.advance(1000);
    const order = { note: '更正。', changes: { summary: '更正后' } };
    expect((await act(strict, article, 'correct', order)).status).toBe(200);
    expect((await strict.get(`/v1/articles/${article.id}`)).body.summary).toBe('更正后');
  });
});

it('an installation that says nothing requires no review', async () => {
  expect(app.deps.config.reviewRequired).toBe(false);
  const article = await makeArticle(app);
  expect((await must(act(app, article, 'publish'))).body).toMatchObject({ state: 'draft', isPublic: true });
});
