import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, publish } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

const minute = 60_000;
const after = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
const types = async () => (await app.newEvents()).map((event) => event.type);
const isPublic = async (id: string) => (await app.get(`/v1/articles/${id}`)).status === 200;
type Made = { id: string; etag: string };
const unpublish = (made: Made, body?: object) =>
  app.post(`/v1/articles/${made.id}/unpublish`, body, { ifMatch: made.etag });
const trash = (made: Made, as = 'editor') => app.delete(`/v1/articles/${made.id}`, { ifMatch: made.etag, as });

describe('unpublishing', () => {
  it.each([
    ['without a body', undefined],
    ['at null', { at: null }],
    ['at an instant in the past', { at: '2001-01-01T00:00:00Z' }],
  ])('%s: gone at once, the draft and its version stay', async (_name, body) => {
    const made = await makePublished(app);
    app.clock.advance(minute);
    await app.newEvents();
    const answer = await unpublish(made, body);
    expect(answer.body).toMatchObject({
      isPublic: false,
      scheduled: null,
      hasUnpublishedChanges: true,
      version: 1,
      revision: 3,
      warnings: [],
    });
    expect(await isPublic(made.id)).toBe(false);
    expect(await isPublic(made.slug)).toBe(false);
    expect((await app.get('/v1/articles')).text).not.toContain(made.id);
    expect(await app.newEvents()).toMatchObject([
      { type: 'article.unpublished', subjectId: made.id, payload: { visibleUntil: after(0), revision: 3 } },
    ]);
  });

  it('at an instant to come: public until that very millisecond', async () => {
    const made = await makePublished(app);
    await app.newEvents();
    const answer = await unpublish(made, { at: after(minute) });
    expect(answer.body).toMatchObject({ isPublic: true });
    expect(await types()).toEqual(['article.expiry_set']);
    app.clock.advance(minute - 1);
    expect(await isPublic(made.id)).toBe(true);
    app.clock.advance(1);
    expect(await isPublic(made.id)).toBe(false);
  });

  it('a local time is read in the newsroom’s zone', async () => {
    const made = await makePublished(app);
    await unpublish(made, { at: '2030-01-01 08:00' });
    const row = await app.deps.db.prisma.publication.findFirst({ where: { articleId: made.id } });
    expect(row!.visibleUntil?.toISOString()).toBe('2030-01-01T00:00:00.000Z');
  });

  it('calls off what is scheduled and says so in a warning', async () => {
    const made = await makeArticle(app);
    const at = after(minute);
    const scheduled = await publish(app, made, { at });
    await app.newEvents();
    const answer = await unpublish(scheduled);
    expect(answer.body.warnings).toMatchObject([{ code: 'article.unscheduled', pointer: '/scheduled' }]);
    expect(answer.body.warnings[0].message).toContain(at);
    expect(await types()).toEqual(['article.unscheduled']);
    app.clock.advance(2 * minute);
    expect(await isPublic(made.id)).toBe(false);
  });

  it.each([
    ['a draft', (made: Made) => Promise.resolve(made)],
    [
      'what was unpublished already',
      async (made: Made) => {
        const live = await publish(app, made);
        app.clock.advance(minute);
        return { id: made.id, etag: (await unpublish(live)).headers.etag! };
      },
    ],
    [
      'what has expired',
      async (made: Made) => {
        const live = await publish(app, made, { until: after(minute) });
        app.clock.advance(minute);
        return live;
      },
    ],
  ])('%s is a 409, nothing is written', async (_name, bring) => {
    const made = await bring(await makeArticle(app));
    await app.newEvents();
    const answer = await unpublish(made);
    expect(answer.body).toMatchObject({ status: 409, code: 'article.not_published' });
    expect(await types()).toEqual([]);
  });

  it.each([
    ['an instant to come while nothing is public', { at: '2030-01-01T00:00:00Z' }],
    ['an instant that does not exist', { at: '2027-02-30' }],
  ])('%s is refused with a pointer', async (_name, body) => {
    const scheduled = await publish(app, await makeArticle(app), { at: after(minute) });
    await app.newEvents();
    expect((await unpublish(scheduled, body)).body).toMatchObject({ status: 400, errors: [{ pointer: '/at' }] });
    expect(await types()).toEqual([]);
  });

  it.each([
    [undefined, 428],
    ['"r1"', 412],
    ['W/"r2"', 412],
    ['r2', 400],
    ['*', 200],
  ])('unpublishing with If-Match %s answers %i', async (ifMatch, status) => {
    const made = await makePublished(app);
    app.clock.advance(minute);
    const answer = await app.post(`/v1/articles/${made.id}/unpublish`, undefined, ifMatch ? { ifMatch } : {});
    expect(answer.status).toBe(status);
    expect(await isPublic(made.id)).toBe(status !== 200);
  });

  it('in the very millisecond it was published: it is public for one millisecond, as the log says', async () => {
    const made = await makePublished(app);
    expect((await unpublish(made)).status).toBe(200);
    app.clock.advance(1);
    expect(await isPublic(made.id)).toBe(false);
  });

  it('never loses the fact that something was public, also when the clock is read a moment too early', async () => {
    const made = await makePublished(app);
    app.clock.advance(-2);
    expect((await unpublish(made)).status).toBe(200);
    app.clock.advance(minute);
    expect(await isPublic(made.id)).toBe(false);
    expect(await app.deps.db.prisma.publication.count({ where: { articleId: made.id } })).toBe(1);
    const slug = await app.deps.db.prisma.articleSlug.findFirst({ where: { articleId: made.id } });
    expect(slug!.publishedFrom).not.toBe(null);
  });

  it('and publishing again works as often as one likes', async () => {
    let made: Made = await makePublished(app);
    for (let i = 0; i < 3; i += 1) {
      app.clock.advance(minute);
      const off = await unpublish(made);
      app.clock.advance(minute);
      made = await publish(app, { id: made.id, etag: off.headers.etag! });
    }
    expect(await isPublic(made.id)).toBe(true);
  });
});

describe('the trash', () => {
  it('takes the article from the public and from every draft view, and calls off what is scheduled', async () => {
    const made = await makePublished(app, { title: '要删的' });
    app.clock.advance(minute);
    const changed = await app.patch(`/v1/articles/${made.id}`, { title: '要删的二' }, { ifMatch: made.etag });
    const scheduled = await publish(app, { id: made.id, etag: changed.headers.etag! }, { at: after(minute) });
    await app.newEvents();
    const answer = await trash(scheduled);
    expect(answer.status).toBe(204);
    expect(answer.text).toBe('');
    expect(answer.headers['cache-control']).toBe('private, no-store');
    expect(await types()).toEqual(['article.unscheduled', 'article.unpublished', 'article.trashed']);
    for (const name of [made.id, made.slug]) {
      expect(await isPublic(name)).toBe(false);
      expect((await app.get(`/v1/articles/${name}?perspective=draft`, { as: 'admin' })).status).toBe(404);
    }
    expect((await app.get('/v1/articles?perspective=draft&limit=100', { as: 'admin' })).text).not.toContain(made.id);
    app.clock.advance(2 * minute);
    expect(await isPublic(made.id)).toBe(false);
  });

  it('keeps everything: versions, publications and events stay', async () => {
    const made = await makePublished(app);
    await trash(made);
    const { prisma } = app.deps.db;
    expect(await prisma.articleVersion.count({ where: { articleId: made.id } })).toBe(1);
    expect(await prisma.publication.count({ where: { articleId: made.id } })).toBe(1);
    expect(await prisma.event.count({ where: { subjectId: made.id } })).toBe(4);
  });

  it('is final for every further write: a trashed article is a 404', async () => {
    const made = await makeArticle(app);
    await trash(made);
    await app.newEvents();
    const ifMatch = '*';
    const answers = [
      await app.patch(`/v1/articles/${made.id}`, { title: 'x' }, { ifMatch }),
      await app.post(`/v1/articles/${made.id}/publish`, undefined, { ifMatch }),
      await app.post(`/v1/articles/${made.id}/unpublish`, undefined, { ifMatch }),
      await app.delete(`/v1/articles/${made.id}`, { ifMatch }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(await types()).toEqual([]);
  });

  it.each([
    [undefined, 428],
    ['"r9"', 412],
    ['r1', 400],
    ['"r1"', 204],
  ])('trashing with If-Match %s answers %i', async (ifMatch, status) => {
    const made = await makeArticle(app);
    expect((await app.delete(`/v1/articles/${made.id}`, ifMatch ? { ifMatch } : {})).status).toBe(status);
    expect(await types()).toEqual(status === 204 ? ['article.created', 'article.trashed'] : ['article.created']);
  });

  it('of 10 who trash the same article one succeeds', async () => {
    const made = await makeArticle(app);
    const answers = await Promise.all(Array.from({ length: 10 }, () => trash({ id: made.id, etag: '*' })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, ...Array(9).fill(404)]);
  });
});
