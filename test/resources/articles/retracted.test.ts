// A retracted article: its public address answers 410 with the notice, everything else is silent about it, also about the
// past; and whoever reads drafts sees what was.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../../src/app.ts';
import type { Sql } from '../../../src/platform/db/db.ts';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeSection, publish } from '../../support/factories.ts';
import { idsOf } from './newsroom.ts';
import { giveBack, notice, reason, takeBack } from './taking-back.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const hour = 3_600_000;
const now = () => app.clock.now().toISOString();
const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
const read = (name: string, search = '', as?: string) =>
  app.get(`/v1/articles/${name}?${search}`, { as, headers: { 'X-Request-Id': 'x' } });
// Whether it was kept is not the reader's to know.
const shown = ({ status, text, headers: { date: _date, age: _age, 'cache-status': _status, ...headers } }: Answer) => ({
  status,
  text,
  headers,
});

/** Published under two slugs, one after the other, in a section of its own; then taken back. */
async function makeTakenBack() {
  const section = await makeSection(app);
  const article = await makePublished(app, { title: '失实', section: section.id, body: { text: '原文' } });
  const first = now();
  app.clock.advance(hour);
  await app.patch(`/v1/articles/${article.id}`, { slug: `gai-${article.slug}` }, { ifMatch: '*' });
  await app.post(`/v1/articles/${article.id}/publish`, undefined, { ifMatch: '*' });
  const second = now();
  app.clock.advance(hour);
  await takeBack(app, article.id);
  const at = now();
  app.clock.advance(hour);
  return { id: article.id, section, former: article.slug, slug: `gai-${article.slug}`, first, second, at };
}

describe('the public address of a retracted article', () => {
  it('answers 410 with the notice, by id, by its slug and by every former one', async () => {
    const { id, slug, former, at } = await makeTakenBack();
    for (const name of [id, id.toUpperCase(), slug, former]) {
      const answer = await read(name);
      expect(answer.status).toBe(410);
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(answer.body).toEqual({
        articleId: id,
        retractedAt: at,
        notice,
        type: 'urn:masthead:problem:article.gone',
        title: 'The article was retracted',
        status: 410,
        detail: expect.any(String),
        code: 'article.gone',
        requestId: 'x',
        errors: [],
      });
      expect(answer.text).not.toContain(reason);
      expect((await app.call('HEAD', `/v1/articles/${name}`)).status).toBe(410);
      // A key changes nothing as long as drafts are not asked for.
      expect(shown(await read(name, '', 'admin'))).toEqual(shown(answer));
    }
  });

  it('may be kept for a moment, and is named in the purge of its article; it has nothing to compare', async () => {
    const { id } = await makeTakenBack();
    const { headers } = await read(id);
    expect(headers['cache-control']).toBe(
      'public, max-age=30, s-maxage=30, stale-while-revalidate=60, stale-if-error=600',
    );
    expect(headers['surrogate-key']).toBe(`article:${id}`);
    for (const header of ['etag', 'last-modified', 'location', 'vary']) expect(headers).not.toHaveProperty(header);
  });

  it('answers 404 for a slug that only its drafts have used', async () => {
    const { id } = await makeTakenBack();
    await app.patch(`/v1/articles/${id}`, { slug: 'nur-entwurf' }, { ifMatch: '*' });
    expect(shown(await read('nur-entwurf'))).toEqual(shown(await read('no-such')));
  });

  it('still answers 410 when the article is moved to the trash, and the article itself once it is reinstated', async () => {
    const { id, slug } = await makeTakenBack();
    await giveBack(app, id);
    expect((await read(slug)).body).toMatchObject({ id, title: '失实' });
    app.clock.advance(hour);
    await takeBack(app, id);
    await app.delete(`/v1/articles/${id}`, { ifMatch: '*' });
    expect((await read(slug)).status).toBe(410);
  });

  it('is told from one that expired or was unpublished, which answers 404', async () => {
    const [expired, withdrawn] = [await makePublished(app, {}, { until: fromNow(1) }), await makePublished(app)];
    app.clock.advance(1);
    await app.post(`/v1/articles/${withdrawn.id}/unpublish`, undefined, { ifMatch: '*' });
    for (const { id } of [expired, withdrawn]) expect((await read(id)).status).toBe(404);
    await takeBack(app, expired.id);
    expect((await read(expired.id)).status).toBe(410);
  });
});

describe('a read of the public', () => {
  it('is one statement while the article is there; only a miss asks for a retraction', async () => {
    const [live, taken] = [await makePublished(app), await makeTakenBack()];
    const names: (string | undefined)[] = [];
    const sql: Sql = {
      rows: (text, values, name) => {
        names.push(name);
        return app.deps.db.sql.rows(text, values, name);
      },
    };
    const db = { ...app.deps.db, sql, reads: { ...app.deps.db.reads, at: async () => sql } };
    const server = await buildApp({ ...app.deps, db });
    const statements = async (name: string) => {
      names.length = 0;
      await server.inject(`/v1/articles/${name}`);
      return [...names];
    };
    expect(await statements(live.id)).toEqual(['article_published_by_id']);
    expect(await statements(live.slug)).toEqual(['article_published_by_slug']);
    expect(await statements(taken.id)).toEqual(['article_published_by_id', 'article_gone_by_id']);
    expect(await statements('no-such')).toEqual(['article_published_by_slug', 'article_gone_by_slug']);
    await server.close();
  });
});

describe('everything else', () => {
  it('is silent about it: lists, counts and related articles, now and in the past', async () => {
    const section = await makeSection(app);
    const article = await makePublished(app, { section: section.id, title: '失实报道', tags: ['撤'] });
    const other = await makePublished(app, { section: section.id, related: [article.id] });
    const tag = article.body.tags[0].slug;
    const asOf = now();
    app.clock.advance(hour);
    const lists = [`section=${section.id}`, `tag=${tag}`, `ids=${article.id}`, 'publishedBefore=2100-01-01&sort=title'];
    const ids = async (search: string, as?: string) => {
      const { body } = await app.get(`/v1/articles?count=exact&limit=100&${search}`, { as });
      expect(body.page.total).toBe(body.data.length);
      return idsOf(body.data);
    };
    for (const list of lists) expect(await ids(`${list}&asOf=${asOf}`)).toContain(article.id);
    await takeBack(app, article.id);
    app.clock.advance(hour);
    for (const list of lists) {
      for (const search of [list, `${list}&asOf=${asOf}`]) expect(await ids(search)).not.toContain(article.id);
      expect(await ids(list, 'admin')).not.toContain(article.id);
    }
    for (const search of ['', `asOf=${asOf}`]) {
      const answer = await read(other.id, search);
      expect(answer.body.related).toEqual([]);
      expect(answer.text).not.toContain('失实报道');
    }
  });
});

describe('the past of a retracted article', () => {
  it('is gone for the public wherever the public saw it, and absent where it was absent then', async () => {
    const { id, slug, former, first, second, at } = await makeTakenBack();
    const before = new Date(Date.parse(first) - 1).toISOString();
    for (const asOf of [first, second, at, now()]) {
      expect(await read(id, `asOf=${asOf}`)).toMatchObject({ status: 410, body: { notice, retractedAt: at } });
    }
    expect((await read(former, `asOf=${first}`)).status).toBe(410);
    expect((await read(slug, `asOf=${second}`)).status).toBe(410);
    // The public did not know this slug yet, or anything.
    const absent = shown(await read('no-such', `asOf=${first}`));
    expect(shown(await read(slug, `asOf=${first}`))).toEqual(absent);
    for (const name of [id, former, slug]) expect(shown(await read(name, `asOf=${before}`))).toEqual(absent);
  });

  it('is absent where it was, also between two of its publications', async () => {
    const { id, etag } = await makePublished(app);
    app.clock.advance(hour);
    const withdrawn = await app.post(`/v1/articles/${id}/unpublish`, undefined, { ifMatch: etag });
    const between = now();
    app.clock.advance(hour);
    await publish(app, { id, etag: withdrawn.headers.etag! });
    app.clock.advance(hour);
    await takeBack(app, id);
    for (const as of [undefined, 'admin']) expect((await read(id, `asOf=${between}`, as)).status).toBe(404);
  });

  it('is what it was for a key that reads drafts, and its answers are nobody else’s', async () => {
    const { id, former, section, first, second, at } = await makeTakenBack();
    for (const as of ['viewer', 'writer', 'editor', 'admin']) {
      const answer = await read(id, `asOf=${first}&body=text`, as);
      expect(answer).toMatchObject({
        status: 200,
        body: { id, slug: former, body: { text: expect.stringContaining('原文') } },
        headers: { 'cache-control': 'private, no-store' },
      });
      for (const header of ['etag', 'last-modified', 'surrogate-key'])
        expect(answer.headers).not.toHaveProperty(header);
      expect(answer.body).not.toHaveProperty('state');
      const list = await app.get(`/v1/articles?section=${section.id}&asOf=${first}&count=exact`, { as });
      expect({ ids: idsOf(list.body.data), total: list.body.page.total }).toEqual({ ids: [id], total: 1 });
      expect(list.headers['cache-control']).toBe('private, no-store');
    }
    const moved = await read(former, `asOf=${second}`, 'viewer');
    expect(moved).toMatchObject({ status: 301, headers: { 'cache-control': 'private, no-store' } });
    expect(moved.headers).not.toHaveProperty('surrogate-key');
    // Then, too, the public read the notice.
    const gone = await read(id, `asOf=${at}`, 'viewer');
    expect(gone).toMatchObject({ status: 410, headers: { 'cache-control': 'private, no-store' } });
  });

  it('is shown within the sections of a limited key only, in lists, counts and related articles too', async () => {
    const [mine, other] = [await makeSection(app), await makeSection(app)];
    const below = await makeSection(app, { parent: mine.id });
    const [inside, outside] = [
      await makePublished(app, { section: below.id, tags: ['界'] }),
      await makePublished(app, { section: other.id, tags: ['界'] }),
    ];
    const nowhere = await makePublished(app, { tags: ['界'] });
    const linking = await makePublished(app, { related: [inside.id, outside.id, nowhere.id] });
    const asOf = now();
    app.clock.advance(hour);
    for (const { id } of [inside, outside, nowhere]) await takeBack(app, id);
    app.clock.advance(hour);
    const key = await app.createKey({ name: 'limited', role: 'editor', sections: [mine.id] });
    expect((await read(inside.id, `asOf=${asOf}`, key)).status).toBe(200);
    for (const { id } of [outside, nowhere]) expect((await read(id, `asOf=${asOf}`, key)).status).toBe(410);
    const tag = inside.body.tags[0].slug;
    const { body } = await app.get(`/v1/articles?tag=${tag}&asOf=${asOf}&count=exact`, { as: key });
    expect({ ids: idsOf(body.data), total: body.page.total }).toEqual({ ids: [inside.id], total: 1 });
    expect(idsOf((await read(linking.id, `asOf=${asOf}`, key)).body.related)).toEqual([inside.id]);
    const all = idsOf((await read(linking.id, `asOf=${asOf}`, 'viewer')).body.related);
    expect(all).toEqual([inside.id, outside.id, nowhere.id]);
  });

  it('is told as it was once it is undone: there, gone, there again, to the millisecond', async () => {
    const { id, first, at } = await makeTakenBack();
    await giveBack(app, id);
    const back = now();
    app.clock.advance(hour);
    const justBefore = (instant: string) => new Date(Date.parse(instant) - 1).toISOString();
    const statuses = async (as?: string) => {
      const found = [];
      for (const asOf of [justBefore(first), first, justBefore(at), at, justBefore(back), back, now()])
        found.push((await read(id, `asOf=${asOf}`, as)).status);
      return found;
    };
    expect(await statuses()).toEqual([404, 200, 200, 410, 410, 200, 200]);
    expect(await statuses('viewer')).toEqual([404, 200, 200, 410, 410, 200, 200]);
    await takeBack(app, id);
    app.clock.advance(hour);
    expect(await statuses()).toEqual([404, 410, 410, 410, 410, 410, 410]);
    expect(await statuses('viewer')).toEqual([404, 200, 200, 410, 410, 200, 410]);
  });
});

describe('the working copy', () => {
  it('of a retracted article is there for editors, and says why it was taken back', async () => {
    const { id, slug, at } = await makeTakenBack();
    const draft = await read(slug, 'perspective=draft', 'viewer');
    expect(draft).toMatchObject({
      status: 200,
      body: { id, isPublic: false, expiresAt: null, retraction: { at, notice, reason } },
    });
    const list = await app.get(`/v1/articles?perspective=draft&ids=${id}`, { as: 'viewer' });
    expect(list.body.data[0].retraction).toEqual(draft.body.retraction);
    await giveBack(app, id);
    app.clock.advance(1);
    expect((await read(id, 'perspective=draft', 'viewer')).body).toMatchObject({ isPublic: true, retraction: null });
    expect((await read(id)).body).not.toHaveProperty('retraction');
    expect((await read(id, 'fields=retraction,expiresAt')).body).toEqual({ id });
  });

  it('tells the planned end of what is public, and no end where a scheduled version takes over', async () => {
    const expiresAt = async (id: string) => (await read(id, 'perspective=draft', 'viewer')).body.expiresAt;
    const end = fromNow(10 * hour);
    const article = await makePublished(app, {}, { until: end });
    expect(await expiresAt(article.id)).toBe(end);
    const draft = await app.patch(`/v1/articles/${article.id}`, { summary: '新' }, { ifMatch: '*' });
    const at = fromNow(hour);
    const scheduled = await publish(app, { id: article.id, etag: draft.headers.etag! }, { at, until: end });
    expect(scheduled.body).toMatchObject({ expiresAt: null, scheduled: { at, until: end } });
    app.clock.set(at);
    expect(await expiresAt(article.id)).toBe(end);
    app.clock.set(end);
    expect(await expiresAt(article.id)).toBeNull();
    expect(await expiresAt((await makeArticle(app)).id)).toBeNull();
    expect(await expiresAt((await makePublished(app)).id)).toBeNull();
  });
});
