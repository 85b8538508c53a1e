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
const now = () => app.clock.now().toISOString();
const types = async () => (await app.newEvents()).map((event) => event.type);
const publicTitle = async (id: string) => {
  const { status, body } = await app.get(`/v1/articles/${id}`);
  return status === 200 ? body.title : status === 404 ? null : status;
};
type Made = { id: string; etag: string };
const order = (made: Made, body?: object) => app.post(`/v1/articles/${made.id}/publish`, body, { ifMatch: made.etag });
const revise = async (made: Made, patch: object): Promise<Made> => {
  const answer = await app.patch(`/v1/articles/${made.id}`, patch, { ifMatch: made.etag });
  return { id: made.id, etag: answer.headers.etag! };
};

describe('publishing now', () => {
  it.each([
    ['without a body', undefined],
    ['with an empty order', {}],
    ['with nulls', { at: null, until: null }],
  ])('%s: public at once, under the clock’s instant', async (_name, body) => {
    const made = await makeArticle(app, { title: '现在' });
    expect(await publicTitle(made.id)).toBe(null);
    await app.newEvents();
    const answer = await order(made, body);
    expect(answer.status).toBe(200);
    expect(answer.headers.etag).toBe('"r2"');
    expect(answer.body).toMatchObject({
      isPublic: true,
      scheduled: null,
      hasUnpublishedChanges: false,
      publishedAt: now(),
      firstPublishedAt: now(),
      version: 1,
    });
    expect(await publicTitle(made.id)).toBe('现在');
    expect(await app.newEvents()).toMatchObject([
      {
        type: 'article.published',
        subjectId: made.id,
        payload: { version: 1, slug: made.slug, visibleFrom: now(), visibleUntil: null, revision: 2 },
      },
    ]);
  });

  it('`at` in the past is now: nothing claims to have been public before it was', async () => {
    const made = await makeArticle(app);
    const answer = await order(made, { at: '2001-01-01T00:00:00Z' });
    expect(answer.body).toMatchObject({ isPublic: true, publishedAt: now(), firstPublishedAt: now() });
    expect(await types()).toContain('article.published');
  });

  it('with `until` it disappears at that very millisecond', async () => {
    const made = await makeArticle(app, { title: '限时' });
    await order(made, { until: after(minute) });
    app.clock.advance(minute - 1);
    expect(await publicTitle(made.id)).toBe('限时');
    app.clock.advance(1);
    expect(await publicTitle(made.id)).toBe(null);
  });

  it('what is live already changes nothing: no publication, no event, the same ETag and updatedAt', async () => {
    const made = await makePublished(app);
    await app.newEvents();
    const before = await app.get(`/v1/articles/${made.id}`);
    app.clock.advance(minute);
    const again = await order(made);
    expect(again.status).toBe(200);
    expect(again.headers.etag).toBe(made.etag);
    expect(await types()).toEqual([]);
    expect((await app.get(`/v1/articles/${made.id}`)).text).toBe(before.text);
  });

  it('what is live already with another end changes only the end', async () => {
    const made = await makePublished(app);
    const { updatedAt } = (await app.get(`/v1/articles/${made.id}`)).body;
    await app.newEvents();
    app.clock.advance(minute);
    const ended = await order(made, { until: after(minute) });
    expect(await types()).toEqual(['article.expiry_set']);
    expect((await app.get(`/v1/articles/${made.id}`)).body).toMatchObject({ updatedAt, version: 1 });
    const opened = await order({ id: made.id, etag: ended.headers.etag! });
    expect(await types()).toEqual(['article.expiry_set']);
    expect(opened.body).toMatchObject({ isPublic: true });
    app.clock.advance(10 * minute);
    expect(await publicTitle(made.id)).not.toBe(null);
  });

  it('a newer version takes over at once and records article.updated', async () => {
    const made = await makePublished(app, { title: '旧版' });
    app.clock.advance(minute);
    const second = await revise(made, { title: '新版' });
    expect(await publicTitle(made.id)).toBe('旧版');
    await app.newEvents();
    await order(second);
    expect(await publicTitle(made.id)).toBe('新版');
    expect(await app.newEvents()).toMatchObject([{ type: 'article.updated', payload: { version: 2 } }]);
  });
});

describe('the dates of a story', () => {
  it('publishedAt and firstPublishedAt stay at the first publication; updatedAt is the current one', async () => {
    const made = await makePublished(app);
    const first = now();
    app.clock.advance(minute);
    const second = await publish(app, await revise(made, { title: '更新' }));
    const updated = now();
    const shown = { publishedAt: first, firstPublishedAt: first, updatedAt: updated };
    expect((await app.get(`/v1/articles/${made.id}`)).body).toMatchObject(shown);
    app.clock.advance(minute);
    const off = await app.post(`/v1/articles/${made.id}/unpublish`, undefined, { ifMatch: second.etag });
    app.clock.advance(minute);
    await order({ id: made.id, etag: off.headers.etag! });
    expect((await app.get(`/v1/articles/${made.id}`)).body).toMatchObject({ ...shown, updatedAt: now() });
  });

  it('of a story that was only scheduled and called off are those of the later, real publication', async () => {
    const made = await makeArticle(app);
    const scheduled = await publish(app, made, { at: after(minute) });
    const off = await app.post(`/v1/articles/${made.id}/unpublish`, undefined, { ifMatch: scheduled.etag });
    expect(off.body).toMatchObject({ publishedAt: null, firstPublishedAt: null, scheduled: null });
    app.clock.advance(5 * minute);
    const live = await order({ id: made.id, etag: off.headers.etag! });
    expect(live.body).toMatchObject({ publishedAt: now(), firstPublishedAt: now() });
  });

  it('a first publication that starts by the clock fixes them as well', async () => {
    const made = await makeArticle(app);
    const at = after(minute);
    const scheduled = await publish(app, made, { at });
    app.clock.advance(2 * minute);
    expect((await app.get(`/v1/articles/${made.id}`)).body).toMatchObject({
      publishedAt: at,
      firstPublishedAt: at,
      updatedAt: at,
    });
    const second = await publish(app, await revise(scheduled, { title: '二' }));
    expect(second.body).toMatchObject({ publishedAt: at, firstPublishedAt: at });
  });
});

describe('instants of an order', () => {
  it.each([
    ['local time of the newsroom', '2027-05-27T14:48:49', '2027-05-27T06:48:49.000Z'],
    ['local time with a blank', '2027-05-27 14:48', '2027-05-27T06:48:00.000Z'],
    ['a date alone', '2027-05-27', '2027-05-26T16:00:00.000Z'],
    ['an offset', '2027-05-27T14:48:49.123-05:00', '2027-05-27T19:48:49.123Z'],
    ['digits beyond a millisecond', '2027-05-27T06:48:49.123999Z', '2027-05-27T06:48:49.123Z'],
    ['the last instant there is', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['29 February of a leap year', '2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ])('%s is understood', async (_name, at, instant) => {
    const answer = await order(await makeArticle(app), { at });
    expect(answer.body.scheduled).toEqual({ version: 1, at: instant, until: null });
  });

  it.each([
    '2027-02-29T00:00:00Z',
    '2027-02-30',
    '2027-13-01T00:00:00Z',
    '2027-04-31T12:00:00',
    '2027-05-27T24:00:01Z',
    '2027-05-27T23:60:00Z',
    '2027-05-27T23:59:60Z',
    '2027-05-27T00:00:00+24:00',
    '9999-12-31T23:59:59-05:00',
    '0000-01-01T00:00:00Z',
    '10000-01-01T00:00:00Z',
    'tomorrow',
    '1590562129',
    '',
    ' ',
  ])('%j does not exist: 400 that points at it, nothing is written', async (text) => {
    const made = await makeArticle(app);
    await app.newEvents();
    for (const field of ['at', 'until']) {
      const answer = await order(made, { [field]: text });
      expect(answer.body).toMatchObject({ status: 400, code: 'request.invalid', errors: [{ pointer: `/${field}` }] });
    }
    expect(await types()).toEqual([]);
  });

  it.each([
    ['a number', { at: 1_590_562_129 }, '/at'],
    ['an object', { at: { gt: 0 } }, '/at'],
    ['an unknown field', { when: 'now' }, '/when'],
    ['a text for a yes or no', { replaceScheduled: 'true' }, '/replaceScheduled'],
  ])('%s in an order is refused', async (_name, body, pointer) => {
    const answer = await order(await makeArticle(app), body);
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer }] });
  });

  it.each([
    ['before the start', 2 * minute, minute],
    ['at the start', minute, minute],
    ['in the past', null, -minute],
    ['now', null, 0],
  ])('`until` %s is refused, nothing is written', async (_name, at, until) => {
    const made = await makeArticle(app);
    await app.newEvents();
    const answer = await order(made, { at: at === null ? null : after(at), until: after(until) });
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: '/until' }] });
    expect(await types()).toEqual([]);
    expect(await publicTitle(made.id)).toBe(null);
  });
});

describe('publishing asks for If-Match and for an article', () => {
  it.each([
    ['nothing', undefined, 428],
    ['a stale one', '"r1"', 412],
    ['a weak one', 'W/"r2"', 412],
    ['a broken one', 'r2', 400],
    ['the wildcard', '*', 200],
  ])('%s', async (_name, ifMatch, status) => {
    const made = await revise(await makeArticle(app), { title: '第二版' });
    await app.newEvents();
    const answer = await app.post(
      `/v1/articles/${made.id}/publish`,
      undefined,
      ifMatch === undefined ? {} : { ifMatch },
    );
    expect(answer.status).toBe(status);
    expect(await types()).toEqual(status === 200 ? ['article.published'] : []);
    if (status === 412) expect(answer.body.errors[0].pointer).toBe('/title');
  });

  it('an article that is not there, or in the trash, is a 404', async () => {
    const made = await makeArticle(app);
    await app.delete(`/v1/articles/${made.id}`, { ifMatch: made.etag });
    for (const id of [made.id, made.slug, 'mei-you', '0195f2a0-0000-7000-8000-000000000001']) {
      expect((await app.post(`/v1/articles/${id}/publish`, undefined, { ifMatch: '*' })).status).toBe(404);
    }
  });
});
