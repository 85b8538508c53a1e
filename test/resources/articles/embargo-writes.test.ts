// An embargo as it is written: nothing becomes public before it ends, whichever comes first, the embargo or the
// publication. The application refuses it, and so does the database alone.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, publish } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

const hour = 3_600_000;
const instantIn = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
const embargo = (article: { id: string }, embargoUntil: string | null, as = 'editor') =>
  app.patch(`/v1/articles/${article.id}`, { embargoUntil }, { as, ifMatch: '*' });
const order = (article: { id: string }, body?: object) =>
  app.post(`/v1/articles/${article.id}/publish`, body, { ifMatch: '*' });
const draftOf = async ({ id }: { id: string }) =>
  (await app.get(`/v1/articles/${id}?perspective=draft`, { as: 'editor' })).body;
const types = async () => (await app.newEvents()).map(({ type }) => type);

describe('an embargo', () => {
  it('is set and lifted without a new version, and told of with its instant', async () => {
    const article = await makeArticle(app);
    await app.newEvents();
    const until = instantIn(hour);
    const set = await embargo(article, until);
    expect(set).toMatchObject({ status: 200, headers: { etag: '"r2"' } });
    expect(set.body).toMatchObject({ embargoUntil: until, version: 1, revision: 2, state: 'draft' });
    expect((await embargo(article, null)).body).toMatchObject({ embargoUntil: null, version: 1, revision: 3 });
    expect(await app.newEvents()).toMatchObject([
      {
        type: 'article.embargo_set',
        subjectId: article.id,
        payload: { revision: 2, fields: ['embargoUntil'], embargoUntil: until },
      },
      { type: 'article.embargo_set', payload: { revision: 3, fields: ['embargoUntil'], embargoUntil: null } },
    ]);
  });

  it('is set with the article', async () => {
    const until = instantIn(hour);
    const article = await makeArticle(app, { embargoUntil: until });
    expect(article.body).toMatchObject({ embargoUntil: until, version: 1, revision: 1 });
    expect(await types()).toEqual(['article.created', 'article.embargo_set']);
  });

  it('goes with a change of content as exactly one version and one revision', async () => {
    const article = await makeArticle(app);
    await app.newEvents();
    const patch = { title: '改题', embargoUntil: instantIn(hour) };
    const { body } = await app.patch(`/v1/articles/${article.id}`, patch, { ifMatch: '*' });
    expect(body).toMatchObject({ title: '改题', embargoUntil: patch.embargoUntil, version: 2, revision: 2 });
    expect(await app.newEvents()).toMatchObject([
      { type: 'article.revised', payload: { revision: 2, version: 2, fields: ['title', 'embargoUntil'] } },
      { type: 'article.embargo_set', payload: { revision: 2 } },
    ]);
    const versions = await app.get(`/v1/articles/${article.id}/versions`, { as: 'editor' });
    expect(versions.body.data).toHaveLength(2);
  });

  it('stays where a patch or a replacement does not name it; the same instant is no change', async () => {
    const until = instantIn(hour);
    const article = await makeArticle(app, { embargoUntil: until, externalId: 'jin-1' });
    await app.newEvents();
    expect((await embargo(article, until)).body.revision).toBe(1);
    expect(await types()).toEqual([]);
    const patched = await app.patch(`/v1/articles/${article.id}`, { title: '改题' }, { ifMatch: '*' });
    const put = await app.put('/v1/articles/by-external-id/jin-1', { title: '换题' });
    for (const { body } of [patched, put]) expect(body.embargoUntil).toBe(until);
  });

  it.each([
    ['with an offset', '2026-06-01T08:00:00+08:00', '2026-06-01T00:00:00.000Z'],
    ['without one, in the zone of the newsroom', '2026-06-01T08:00', '2026-06-01T00:00:00.000Z'],
    ['as a date, from its start in that zone', '2026-06-02', '2026-06-01T16:00:00.000Z'],
    ['in the year 9999', '9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
    ['that has passed already', '2020-05-27T06:48:49Z', '2020-05-27T06:48:49.000Z'],
  ])('takes an instant %s', async (_form, written, read) => {
    expect((await embargo(await makeArticle(app), written)).body.embargoUntil).toBe(read);
  });

  it.each(['tomorrow', '2026-02-30', '2026-06-01T08:00+99:00', '10000-01-01T00:00:00Z', '', 0, { gt: '2026' }, []])(
    'refuses %j: 400 that points at it',
    async (written) => {
      const article = await makeArticle(app);
      await app.newEvents();
      for (const answer of [
        await app.patch(`/v1/articles/${article.id}`, { embargoUntil: written }, { ifMatch: '*' }),
        await app.post('/v1/articles', { title: 'x', embargoUntil: written }),
      ]) {
        expect(answer.status).toBe(400);
        expect(answer.body.errors[0].pointer).toMatch(/^\/embargoUntil/);
      }
      expect(await types()).toEqual([]);
    },
  );
});

describe('publishing', () => {
  it('before the embargo ends is a 409 that tells when; from that very millisecond on it works', async () => {
    const until = instantIn(hour);
    const article = await makeArticle(app, { embargoUntil: until });
    await app.newEvents();
    app.clock.advance(hour - 1);
    const early = await order(article);
    expect(early.body).toMatchObject({
      status: 409,
      code: 'article.embargoed',
      embargoUntil: until,
      errors: [{ pointer: '/at', code: 'embargoed' }],
    });
    expect(await types()).toEqual([]);
    expect((await app.get(`/v1/articles/${article.id}`)).status).toBe(404);
    app.clock.advance(1);
    expect((await order(article)).body.isPublic).toBe(true);
    expect((await app.get(`/v1/articles/${article.id}`)).body.publishedAt).toBe(until);
  });

  it('at an instant that has passed counts from now, and does not slip under an embargo', async () => {
    const article = await makeArticle(app, { embargoUntil: instantIn(hour) });
    for (const at of ['2020-01-01T00:00:00Z', instantIn(-1)]) {
      expect((await order(article, { at })).body.code).toBe('article.embargoed');
    }
  });

  it('is scheduled for the end of the embargo or later, not before', async () => {
    const article = await makeArticle(app, { embargoUntil: instantIn(hour) });
    await app.newEvents();
    expect((await order(article, { at: instantIn(hour - 1) })).body.code).toBe('article.embargoed');
    expect(await types()).toEqual([]);
    expect((await order(article, { at: instantIn(hour) })).body.scheduled.at).toBe(instantIn(hour));
    const earlier = { at: instantIn(hour - 1), replaceScheduled: true };
    expect((await order(article, earlier)).body.code).toBe('article.embargoed');
    expect((await draftOf(article)).scheduled.at).toBe(instantIn(hour));
    app.clock.advance(hour - 1);
    expect((await app.get(`/v1/articles/${article.id}`)).status).toBe(404);
    app.clock.advance(1);
    expect((await app.get(`/v1/articles/${article.id}`)).status).toBe(200);
  });

  it('an embargo that is lifted is none', async () => {
    const article = await makeArticle(app, { embargoUntil: instantIn(hour) });
    await embargo(article, null);
    expect((await order(article)).status).toBe(200);
  });
});

describe('an embargo that comes too late', () => {
  const refusedWith = async (article: { id: string }, until: string) => {
    const before = await draftOf(article);
    await app.newEvents();
    const patch = { embargoUntil: until, title: '一起改' };
    const { body } = await app.patch(`/v1/articles/${article.id}`, patch, { ifMatch: '*' });
    expect(body).toMatchObject({
      status: 409,
      code: 'article.embargoed',
      errors: [{ pointer: '/embargoUntil', code: 'embargoed' }],
    });
    expect(await types()).toEqual([]);
    expect(await draftOf(article)).toEqual(before);
    return body.detail;
  };

  it('on a public article is a 409, and nothing of the patch is stored', async () => {
    const article = await makePublished(app);
    expect(await refusedWith(article, instantIn(1))).toContain('Unpublish');
    const ending = await makePublished(app, {}, { until: instantIn(hour) });
    await refusedWith(ending, instantIn(2 * hour));
  });

  it('on an article that is scheduled earlier is a 409; up to that instant it is set', async () => {
    const article = await publish(app, await makeArticle(app), { at: instantIn(hour) });
    expect(await refusedWith(article, instantIn(hour + 1))).toContain(instantIn(hour));
    expect((await embargo(article, instantIn(hour))).body.embargoUntil).toBe(instantIn(hour));
    await refusedWith(article, instantIn(hour + 1));
  });

  it('is set once the article is unpublished, or the schedule called off', async () => {
    const live = await makePublished(app);
    app.clock.advance(1000);
    await app.post(`/v1/articles/${live.id}/unpublish`, undefined, { ifMatch: '*' });
    const scheduled = await publish(app, await makeArticle(app), { at: instantIn(hour) });
    await app.post(`/v1/articles/${scheduled.id}/unschedule`, undefined, { ifMatch: '*' });
    for (const article of [live, scheduled]) expect((await embargo(article, instantIn(2 * hour))).status).toBe(200);
  });

  it('for the past may be written on anything: it hides nothing', async () => {
    const article = await makePublished(app);
    expect((await embargo(article, instantIn(0))).status).toBe(200);
    expect((await app.get(`/v1/articles/${article.id}`)).status).toBe(200);
  });

  it('and a publication at the same time: one of the two is refused, never both taken', async () => {
    for (let round = 0; round < 6; round += 1) {
      const article = await makeArticle(app);
      const [set, shown] = await Promise.all([embargo(article, instantIn(hour)), order(article)]);
      expect([
        [200, 409],
        [409, 200],
      ]).toContainEqual([set.status, shown.status]);
    }
  });
});

describe('who writes an embargo', () => {
  it('a writer sets and prolongs that of an own article, and goes on working under it', async () => {
    const article = await makeArticle(app, { embargoUntil: instantIn(hour) }, 'writer');
    expect((await embargo(article, instantIn(2 * hour), 'writer')).body.embargoUntil).toBe(instantIn(2 * hour));
    const patch = await app.patch(`/v1/articles/${article.id}`, { title: '改题' }, { as: 'writer', ifMatch: '*' });
    expect(patch.status).toBe(200);
  });

  it.each([
    ['lifting', null],
    ['shortening', hour - 1],
    ['ending at once', 0],
  ])('%s it needs the right to publish: a writer gets 403, an editor may', async (_what, ms) => {
    const article = await makeArticle(app, { embargoUntil: instantIn(hour) }, 'writer');
    const until = ms === null ? null : instantIn(ms);
    const before = await draftOf(article);
    await app.newEvents();
    const patch = { embargoUntil: until, title: '一起改' };
    const refused = await app.patch(`/v1/articles/${article.id}`, patch, { as: 'writer', ifMatch: '*' });
    expect(refused.body).toMatchObject({ status: 403, code: 'auth.forbidden' });
    expect(await types()).toEqual([]);
    expect(await draftOf(article)).toEqual(before);
    expect((await embargo(article, until)).body.embargoUntil).toBe(until);
  });

  it('one that is over is cleared by anybody who may edit', async () => {
    const article = await makeArticle(app, { embargoUntil: instantIn(hour) }, 'writer');
    app.clock.advance(hour);
    expect((await embargo(article, null, 'writer')).body.embargoUntil).toBeNull();
  });

  it('a writer does not set one on what others made: 403 where it reads the draft, 404 where it does not', async () => {
    const open = await makeArticle(app);
    expect((await embargo(open, instantIn(hour), 'writer')).status).toBe(403);
    await embargo(open, instantIn(hour));
    expect((await embargo(open, instantIn(2 * hour), 'writer')).status).toBe(404);
  });
});

describe('the database alone', () => {
  const insert = (articleId: string, from: string) =>
    app.deps.db.sql.rows(
      `insert into publication (id, article_id, version, visible_from, title, published_at, created_at, created_by_service)
       values (gen_random_uuid(), $1::uuid, 1, $2::timestamptz, '越过', $2::timestamptz, $2::timestamptz, 'sql')`,
      [articleId, from],
    );

  it('takes no publication that begins before the embargo ends, and one at that instant', async () => {
    const article = await makeArticle(app, { embargoUntil: instantIn(hour) });
    for (const ms of [0, hour - 1]) {
      await expect(insert(article.id, instantIn(ms))).rejects.toMatchObject({
        code: '23001',
        constraint: 'publication_embargo_check',
      });
    }
    await insert(article.id, instantIn(hour));
    expect((await app.get(`/v1/articles/${article.id}`)).status).toBe(404);
    app.clock.advance(hour);
    expect((await app.get(`/v1/articles/${article.id}`)).status).toBe(200);
  });
});
