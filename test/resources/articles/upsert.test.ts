import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeSection, publish } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

const path = (externalId: string) => `/v1/articles/by-external-id/${encodeURIComponent(externalId)}`;
const types = async () => (await app.newEvents()).map((event) => event.type);

describe('PUT by external id', () => {
  it('the first write creates: 201, Location, the external id of the address', async () => {
    const answer = await app.put(path('wire/2026 #1'), { title: '第一次' });
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({
      location: `https://news.test/v1/articles/${answer.body.id}`,
      etag: '"r1"',
    });
    expect(answer.body).toMatchObject({ externalId: 'wire/2026 #1', title: '第一次', version: 1 });
    expect(await types()).toEqual(['article.created']);
  });

  it('the second replaces the whole: 200, absent fields are cleared, id and slug stay', async () => {
    const section = await makeSection(app);
    const first = await app.put(path('whole'), {
      title: '旧题',
      kicker: '肩题',
      section: section.slug,
      tags: ['甲'],
      credits: [{ role: 'author', name: '乙' }],
      seo: { title: '搜索', keywords: ['一'] },
      cover: { url: 'https://example.com/a.jpg', alt: '海' },
      metadata: { a: 1, b: 2 },
      body: { text: '正文' },
      locale: 'en-GB',
      urgency: 1,
    });
    await app.newEvents();
    const answer = await app.put(path('whole'), {
      title: '新题',
      seo: { description: '新' },
      cover: { url: 'https://example.com/b.jpg' },
      metadata: { c: 3 },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.location).toBeUndefined();
    expect(answer.headers.etag).toBe('"r2"');
    expect(answer.body).toMatchObject({
      id: first.body.id,
      slug: 'jiu-ti',
      externalId: 'whole',
      title: '新题',
      kicker: null,
      section: null,
      tags: [],
      credits: [],
      body: { blocks: [] },
      locale: 'zh-CN',
      urgency: null,
      version: 2,
    });
    expect(answer.body.seo).toEqual({ description: '新' });
    expect(answer.body.cover).toEqual({ url: 'https://example.com/b.jpg' });
    expect(answer.body.metadata).toEqual({ c: 3 });
    const events = await app.newEvents();
    expect(events.map(({ type }) => type)).toEqual(['article.revised']);
    expect(events[0]!.payload.fields).toEqual(
      expect.arrayContaining(['title', 'kicker', 'section', 'tags', 'credits', 'seo', 'cover', 'metadata', 'body']),
    );
    expect(events[0]!.payload.fields).not.toContain('slug');
  });

  it('the same again writes nothing: no version, no event, the same ETag', async () => {
    const input = { title: '同样', body: { markdown: '# 一\n\n二' }, tags: ['甲'], metadata: { a: [1, { b: null }] } };
    const first = await app.put(path('same'), input);
    await app.newEvents();
    app.clock.advance(60_000);
    const second = await app.put(path('same'), input);
    expect(second.status).toBe(200);
    expect(second.headers.etag).toBe(first.headers.etag);
    expect(second.body).toEqual(first.body);
    expect(await types()).toEqual([]);
  });

  it('a replaced working copy does not touch what the public sees', async () => {
    const first = await app.put(path('live'), { title: '公开的' });
    await publish(app, { id: first.body.id, etag: first.headers.etag! });
    await app.put(path('live'), { title: '草稿的' });
    expect((await app.get(`/v1/articles/${first.body.id}`)).body).toMatchObject({ title: '公开的', version: 1 });
  });

  it('an explicit slug in the body is taken over', async () => {
    await app.put(path('slug'), { title: '甲' });
    const answer = await app.put(path('slug'), { title: '甲', slug: 'yi-ge-xin-de' });
    expect(answer.body.slug).toBe('yi-ge-xin-de');
  });

  it('an external id in the body that is another than the address is refused', async () => {
    const answer = await app.put(path('address'), { title: '甲', externalId: 'body' });
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: '/externalId' }] });
    const agreed = await app.put(path('address'), { title: '甲', externalId: 'address' });
    expect(agreed.status).toBe(201);
  });

  it('reaches an article that got its external id by POST or PATCH', async () => {
    const made = await makeArticle(app);
    await app.patch(`/v1/articles/${made.id}`, { externalId: 'later' }, { ifMatch: made.etag });
    const answer = await app.put(path('later'), { title: '经由地址' });
    expect(answer.body).toMatchObject({ id: made.id, title: '经由地址' });
  });
});

describe('If-Match on PUT is optional', () => {
  it('a fitting one replaces, a stale one is a 412 with the fields that changed, a broken one is a 400', async () => {
    const first = await app.put(path('match'), { title: '一' });
    const second = await app.put(path('match'), { title: '二' }, { ifMatch: first.headers.etag });
    expect(second.status).toBe(200);
    await app.newEvents();
    const stale = await app.put(path('match'), { title: '三' }, { ifMatch: first.headers.etag });
    expect(stale.body).toMatchObject({ status: 412, errors: [{ pointer: '/title', code: 'changed' }] });
    const broken = await app.put(path('match'), { title: '三' }, { ifMatch: 'r2' });
    expect(broken.body).toMatchObject({ status: 400, code: 'request.invalid_header' });
    expect(await types()).toEqual([]);
  });

  it.each(['*', '"r1"'])('If-Match %s on an external id that nobody has creates nothing', async (ifMatch) => {
    const answer = await app.put(path('absent'), { title: '不该有' }, { ifMatch });
    expect(answer.status).toBe(404);
    expect(await types()).toEqual([]);
    expect(await app.deps.db.prisma.article.count({ where: { externalId: 'absent' } })).toBe(0);
  });
});

describe('at the same time', () => {
  it('20 first writes of one external id make one article: one 201, the others 200', async () => {
    // Some rounds, because the first may find too few connections open to meet each other.
    for (let round = 0; round < 4; round += 1) {
      await app.newEvents();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => app.put(path(`race-${round}`), { title: `竞争 ${i}` })),
      );
      const statuses = answers.map(({ status }) => status);
      expect(statuses.toSorted()).toEqual([...Array(19).fill(200), 201]);
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
      const recorded = await types();
      expect(recorded.filter((type) => type === 'article.created')).toHaveLength(1);
      expect(recorded.filter((type) => type === 'article.revised')).toHaveLength(19);
    }
  });

  it('first writes of many external ids with one title all succeed, each with a slug of its own', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => app.put(path(`many-${i}`), { title: '同一个题目' })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(201));
    expect(new Set(answers.map(({ body }) => body.slug)).size).toBe(12);
  });
});

describe('who may', () => {
  it('a writer creates and replaces own articles, not those of others', async () => {
    const own = await app.put(path('own'), { title: '自己的' }, { as: 'writer' });
    expect(own.status).toBe(201);
    expect((await app.put(path('own'), { title: '又' }, { as: 'writer' })).status).toBe(200);
    await app.put(path('theirs'), { title: '别人的' });
    await app.newEvents();
    const other = await app.put(path('theirs'), { title: '夺走' }, { as: 'writer' });
    expect(other.body).toMatchObject({ status: 403, code: 'auth.forbidden' });
    expect(await types()).toEqual([]);
  });

  it('an external id whose article is in the trash stays taken', async () => {
    const first = await app.put(path('trashed'), { title: '旧的' });
    await app.delete(`/v1/articles/${first.body.id}`, { ifMatch: first.headers.etag });
    await app.newEvents();
    const answer = await app.put(path('trashed'), { title: '新的' });
    expect(answer.body).toMatchObject({ status: 409, code: 'article.external_id_taken' });
    expect(answer.text).not.toContain(first.body.id);
    expect(await types()).toEqual([]);
  });
});
