// Who reads an article's past: whoever may read its working copy, as far as the key's sections reach. For everybody else
// there is nothing there, in the very words of an article that does not exist.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeSection } from '../../support/factories.ts';

let app: TestApp;
let ports: string;
let sports: string;
let reporter: string;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  ports = (await makeSection(app, { name: '港口', slug: 'gang-kou' })).id;
  sports = (await makeSection(app, { name: '体育', slug: 'ti-yu' })).id;
  reporter = await app.createKey({ name: '港口台', role: 'viewer', sections: [ports] });
});
afterAll(() => app.close());

const views = ['versions', 'versions/1', 'versions/1/diff/1', 'history'];

/** Without what names the request. */
async function read(path: string, as: string | undefined) {
  const { status, body, headers } = await app.get(path, { as });
  const { requestId: _id, ...rest } = body;
  return { status, body: rest, caching: headers['cache-control'] };
}

const absent = () => read('/v1/articles/01900000-0000-7000-8000-000000000000/versions', 'admin');

describe.each(views)('%s', (view) => {
  it('needs a key', async () => {
    const article = await makePublished(app);
    expect((await read(`/v1/articles/${article.id}/${view}`, undefined)).status).toBe(401);
  });

  it('is there for every role, by id and by slug', async () => {
    const article = await makeArticle(app);
    for (const as of ['viewer', 'writer', 'editor', 'admin']) {
      for (const name of [article.id, article.slug]) {
        expect((await read(`/v1/articles/${name}/${view}`, as)).status).toBe(200);
      }
    }
  });

  it('of an article outside the sections of the key is as absent as one that never was, published or not', async () => {
    const expected = await absent();
    expect(expected.status).toBe(404);
    for (const make of [makeArticle, makePublished]) {
      const article = await make(app, { section: sports });
      for (const name of [article.id, article.slug]) {
        expect(await read(`/v1/articles/${name}/${view}`, reporter)).toEqual(expected);
      }
    }
  });

  it('of an article under an embargo is absent for whoever may not read it', async () => {
    const article = await makeArticle(app);
    const until = new Date(app.clock.now().getTime() + 60_000).toISOString();
    await app.deps.db.sql.rows('update article set embargo_until = $2::timestamptz where id = $1::uuid', [
      article.id,
      until,
    ]);
    const expected = await absent();
    expect(await read(`/v1/articles/${article.id}/${view}`, 'viewer')).toEqual(expected);
    expect(await read(`/v1/articles/${article.slug}/${view}`, 'writer')).toEqual(expected);
    expect((await read(`/v1/articles/${article.id}/${view}`, 'editor')).status).toBe(200);
  });

  it('of an article in the trash is absent', async () => {
    const article = await makeArticle(app);
    await app.delete(`/v1/articles/${article.id}`, { ifMatch: article.etag });
    expect(await read(`/v1/articles/${article.id}/${view}`, 'admin')).toEqual(await absent());
  });
});

/** An article that was made in one section and moved to the other. */
async function makeMoved(): Promise<{ id: string }> {
  const secret = {
    title: '机密标题',
    slug: `ji-mi-${app.clock.now().getTime()}`,
    section: sports,
    body: { text: '机密正文' },
  };
  const article = await makeArticle(app, { ...secret, note: '机密说明' });
  const change = { title: '公开标题', slug: `${secret.slug}-2`, section: ports, body: { text: '正文' } };
  const moved = await app.patch(`/v1/articles/${article.id}`, change, { ifMatch: article.etag });
  await app.patch(`/v1/articles/${article.id}`, { summary: '导语' }, { ifMatch: moved.headers.etag });
  app.clock.advance(1000);
  return { id: article.id };
}

describe('an article that came from outside the sections of the key', () => {
  it('has those of its versions that were filed within them', async () => {
    const { id } = await makeMoved();
    const numbersFor = async (as: string) =>
      (await app.get(`/v1/articles/${id}/versions`, { as })).body.data.map(({ number }: { number: number }) => number);
    expect([await numbersFor(reporter), await numbersFor('viewer')]).toEqual([
      [3, 2],
      [3, 2, 1],
    ]);
  });

  it('has no earlier version to read, or to compare with', async () => {
    const { id } = await makeMoved();
    const expected = await absent();
    for (const view of ['versions/1', 'versions/1/diff/2', 'versions/2/diff/1', 'versions/1/diff/1']) {
      expect(await read(`/v1/articles/${id}/${view}`, reporter)).toEqual(expected);
    }
    expect((await read(`/v1/articles/${id}/versions/2/diff/3`, reporter)).status).toBe(200);
  });

  it('keeps a full page where versions between are left out', async () => {
    const { id } = await makeMoved();
    const { body } = await app.get(`/v1/articles/${id}/versions?limit=1`, { as: reporter });
    const next = await app.get(`/v1/articles/${id}/versions?limit=1&cursor=${body.page.nextCursor}`, { as: reporter });
    expect([body.data[0].number, next.body.data[0].number, next.body.page.nextCursor]).toEqual([3, 2, null]);
  });

  it('has a history in which nothing of its earlier content stands', async () => {
    const { id } = await makeMoved();
    const { status, text } = await app.get(`/v1/articles/${id}/history`, { as: reporter });
    expect(status).toBe(200);
    for (const secret of ['机密', 'ji-mi', sports]) expect(text).not.toContain(secret);
  });
});

describe('what a version refers to', () => {
  it('a related draft outside the sections of the key is in no version and no difference', async () => {
    const hidden = await makeArticle(app, { title: '机密相关', section: sports });
    const seen = await makeArticle(app, { title: '可见相关', section: ports });
    const article = await makeArticle(app, { section: ports });
    const added = await app.patch(`/v1/articles/${article.id}`, { related: [hidden.id] }, { ifMatch: article.etag });
    await app.patch(`/v1/articles/${article.id}`, { related: [hidden.id, seen.id] }, { ifMatch: added.headers.etag });
    const open = (view: string, as: string) => app.get(`/v1/articles/${article.id}/versions/${view}`, { as });
    for (const view of ['2', '3', '1/diff/2', '1/diff/3', '3/diff/2']) {
      const { text } = await open(view, reporter);
      expect(text).not.toContain(hidden.id);
      expect(text).not.toContain('机密');
    }
    expect((await open('1/diff/2', reporter)).body.fields).toEqual([]);
    expect((await open('1/diff/2', 'viewer')).body.fields).toMatchObject([
      { field: 'related', after: [{ id: hidden.id }] },
    ]);
    expect((await open('2/diff/3', reporter)).body.fields).toMatchObject([
      { field: 'related', before: [], after: [{ id: seen.id }] },
    ]);
  });
});
