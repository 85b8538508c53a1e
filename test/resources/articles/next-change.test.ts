// When the clock alone changes what the public reads: what a process that keeps answers must know, and no client is told.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findAbsence } from '../../../src/resources/articles/queries/gone.ts';
import { listPublished } from '../../../src/resources/articles/queries/list-published.ts';
import { findPublished } from '../../../src/resources/articles/queries/published.ts';
import { articleListQuery, readFilters } from '../../../src/resources/articles/queries/query.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, publish } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());
// What one test has scheduled is over in the next.
beforeEach(() => app.clock.advance(1_000_000));

const sql = () => app.deps.db.sql;
const context = () => ({ now: app.clock.now(), publicUrl: 'https://news.test' });
const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
const nextOf = async (idOrSlug: string) =>
  (await findPublished(sql(), idOrSlug, context(), false))?.nextChangeAt?.toISOString() ?? null;
const nextStart = async (idOrSlug: string) =>
  (await findAbsence(sql(), idOrSlug, app.clock.now())).nextChangeAt?.toISOString() ?? null;

async function nextOfList() {
  const query = articleListQuery.parse({});
  const filters = readFilters(query, 'Asia/Shanghai');
  const order = { filters, sort: query.sort, after: null, limit: 20, withBody: false };
  return (await listPublished(sql(), order, context())).nextChangeAt?.toISOString() ?? null;
}

const unpublish = (id: string) => app.post(`/v1/articles/${id}/unpublish`, undefined, { ifMatch: '*' });

describe('of an article it is', () => {
  it('nothing, where nothing is planned', async () => {
    const related = await makePublished(app);
    const article = await makePublished(app, { related: [related.id] });
    expect(await nextOf(article.id)).toBeNull();
  });

  it('its own end', async () => {
    const until = fromNow(60_000);
    expect(await nextOf((await makePublished(app, {}, { until })).id)).toBe(until);
  });

  it('the start of its next version', async () => {
    const article = await makePublished(app);
    const draft = await app.patch(`/v1/articles/${article.id}`, { summary: '新' }, { ifMatch: article.etag });
    const at = fromNow(20_000);
    await publish(app, { id: article.id, etag: draft.headers.etag! }, { at });
    expect(await nextOf(article.slug)).toBe(at);
  });

  it('the first start or end of what is related, seen or not', async () => {
    const [ending, coming, back] = [
      await makePublished(app, {}, { until: fromNow(90_000) }),
      await makeArticle(app),
      await makePublished(app),
    ];
    const article = await makePublished(app, { related: [ending.id, coming.id, back.id] });
    expect(await nextOf(article.id)).toBe(fromNow(90_000));
    await publish(app, coming, { at: fromNow(80_000) });
    expect(await nextOf(article.id)).toBe(fromNow(80_000));
    app.clock.advance(1000);
    const gone = await unpublish(back.id);
    await publish(app, { id: back.id, etag: gone.headers.etag! }, { at: fromNow(70_000) });
    expect(await nextOf(article.id)).toBe(fromNow(70_000));
    app.clock.advance(70_000);
    expect(await nextOf(article.id)).toBe(fromNow(9000));
  });

  it('told to no client', async () => {
    const coming = await makeArticle(app);
    const article = await makePublished(app, { related: [coming.id] });
    app.clock.advance(10_000);
    const before = await app.get(`/v1/articles/${article.id}`);
    await publish(app, coming, { at: fromNow(20_000) });
    const after = await app.get(`/v1/articles/${article.id}`);
    const { date: _a, 'x-request-id': _b, 'cache-status': _c, age: _d, ...told } = before.headers;
    expect(after.headers).toMatchObject(told);
    expect(after.text).toBe(before.text);
  });
});

describe('of what is not there it is', () => {
  it('its start, by id and by slug', async () => {
    const article = await makeArticle(app);
    expect([await nextStart(article.id), await nextStart(article.slug)]).toEqual([null, null]);
    const at = fromNow(30_000);
    await publish(app, article, { at });
    expect([await nextStart(article.id), await nextStart(article.slug)]).toEqual([at, at]);
    expect(await nextStart('nobody-has-this')).toBeNull();
  });
});

describe('of a list it is', () => {
  it('the first start or end of any article', async () => {
    expect(await nextOfList()).toBeNull();
    await makePublished(app, {}, { until: fromNow(90_000) });
    expect(await nextOfList()).toBe(fromNow(90_000));
    await publish(app, await makeArticle(app), { at: fromNow(40_000) });
    expect(await nextOfList()).toBe(fromNow(40_000));
    app.clock.advance(40_000);
    expect(await nextOfList()).toBe(fromNow(50_000));
    app.clock.advance(50_000);
    expect(await nextOfList()).toBeNull();
  });
});
