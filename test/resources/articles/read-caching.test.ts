// What caches are told about an article: which bytes these are, how long they hold, what changes them, and that what has
// not changed need not be sent again.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import {
  makeArticle,
  makeEditor,
  makePublished,
  makeSection,
  makeSource,
  makeTag,
  publish,
} from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const read = (name: string, headers: Record<string, string> = {}, search = '') =>
  app.get(`/v1/articles/${name}${search}`, { headers });
const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();

describe('a conditional read', () => {
  let id: string;
  let etag: string;
  let lastModified: string;
  beforeEach(async () => {
    id = (await makePublished(app, { body: { text: '正文' } })).id;
    app.clock.advance(10_000);
    const { headers } = await read(id);
    etag = headers.etag!;
    lastModified = headers['last-modified']!;
    expect(etag).toMatch(/^"[\w-]{22}"$/);
  });

  it.each([
    ['the tag', () => etag],
    ['the tag made weak by a proxy', () => `W/${etag}`],
    ['a list with the tag in it', () => `"a", W/"b,c" ,${etag}, "d"`],
    ['*', () => '*'],
  ])('is a 304 without a body when If-None-Match is %s', async (_what, header) => {
    const answer = await read(id, { 'If-None-Match': header() });
    expect(answer).toMatchObject({ status: 304, text: '' });
    expect(answer.headers).toMatchObject({ etag, 'last-modified': lastModified });
    expect(answer.headers['cache-control']).toMatch(/^public, max-age=30/);
    expect(answer.headers['surrogate-key']).toContain(`article:${id}`);
    expect(answer.headers['content-type']).toBeUndefined();
  });

  it.each([
    ['another tag', () => '"other"'],
    ['a list without the tag', () => '"a", "b"'],
    ['the tag without its quotes', () => etag.slice(1, -1)],
    ['a tag of the working copy', () => '"r2"'],
    ['no list of tags at all', () => `${etag} and more`],
  ])('is a 200 when If-None-Match is %s', async (_what, header) => {
    expect((await read(id, { 'If-None-Match': header() })).status).toBe(200);
  });

  it('is a 304 to If-Modified-Since at the date of the last change or later, a 200 before it', async () => {
    const at = (ms: number) => new Date(Date.parse(lastModified) + ms).toUTCString();
    const statusOf = async (since: string) => (await read(id, { 'If-Modified-Since': since })).status;
    expect(await statusOf(lastModified)).toBe(304);
    expect(await statusOf(at(5000))).toBe(304);
    expect(await statusOf(at(-1000))).toBe(200);
    expect(await statusOf('yesterday')).toBe(200);
  });

  it('goes by If-None-Match where both are sent', async () => {
    const both = { 'If-None-Match': '"other"', 'If-Modified-Since': lastModified };
    expect((await read(id, both)).status).toBe(200);
    const stale = { 'If-None-Match': etag, 'If-Modified-Since': new Date(0).toUTCString() };
    expect((await read(id, stale)).status).toBe(304);
  });

  it('has a tag of its own for each form and field set, and 304 for that one only', async () => {
    const shapes = ['', '?body=html', '?body=markdown', '?body=text', '?body=none', '?fields=title'];
    const tags = [];
    for (const search of shapes) tags.push((await read(id, {}, search)).headers.etag!);
    expect(new Set(tags).size).toBe(shapes.length);
    expect((await read(id, { 'If-None-Match': tags[1]! }, '?body=html')).status).toBe(304);
    expect((await read(id, { 'If-None-Match': tags[1]! })).status).toBe(200);
  });
});

describe('Last-Modified', () => {
  it('is not sent within the second of the change, when a further one could follow unseen', async () => {
    app.clock.set(new Date(Math.ceil(app.clock.now().getTime() / 1000) * 1000 + 200));
    const article = await makePublished(app);
    expect((await read(article.id)).headers['last-modified']).toBeUndefined();
    app.clock.advance(799);
    expect((await read(article.id)).headers['last-modified']).toBeUndefined();
    app.clock.advance(1);
    const { 'last-modified': sent } = (await read(article.id)).headers;
    expect(Date.parse(sent!)).toBe(app.clock.now().getTime() - 1000);
  });
});

describe('HEAD', () => {
  it.each(['', '?body=html', '?fields=title'])('answers the headers of GET and no body, for "%s"', async (search) => {
    const article = await makePublished(app, { body: { text: '正文' } });
    app.clock.advance(5000);
    const path = `/v1/articles/${article.id}${search}`;
    const headers = { 'X-Request-Id': 'same' };
    await app.get(path);
    const [get, head] = [await app.get(path, { headers }), await app.call('HEAD', path, { headers })];
    expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: '' });
    const { date: _a, ...expected } = get.headers;
    const { date: _b, ...shown } = head.headers;
    expect(shown).toEqual(expected);
    expect(Number(head.headers['content-length'])).toBe(Buffer.byteLength(get.text));
    const again = await app.call('HEAD', path, { headers: { 'If-None-Match': get.headers.etag! } });
    expect(again.status).toBe(304);
  });

  it('answers 404, 401 and the revision as GET does', async () => {
    const draft = await makeArticle(app);
    expect((await app.call('HEAD', `/v1/articles/${draft.id}`)).status).toBe(404);
    const path = `/v1/articles/${draft.id}?perspective=draft`;
    expect((await app.call('HEAD', path)).status).toBe(401);
    const seen = await app.call('HEAD', path, { as: 'viewer' });
    expect(seen).toMatchObject({
      status: 200,
      text: '',
      headers: { etag: '"r1"', 'cache-control': 'private, no-store' },
    });
  });
});

describe('Cache-Control', () => {
  const cacheControl = async (id: string) => (await read(id)).headers['cache-control'];

  it('has the lifetimes of the policy while no end is near', async () => {
    const article = await makePublished(app);
    const full = 'public, max-age=30, s-maxage=30, stale-while-revalidate=60, stale-if-error=600';
    expect(await cacheControl(article.id)).toBe(full);
    const ending = await makePublished(app, {}, { until: fromNow(86_400_000) });
    expect(await cacheControl(ending.id)).toBe(full);
  });

  it.each([
    [100_000, 'public, max-age=30, s-maxage=30, stale-while-revalidate=60, stale-if-error=70'],
    [45_000, 'public, max-age=30, s-maxage=30, stale-while-revalidate=15, stale-if-error=15'],
    [12_900, 'public, max-age=12, s-maxage=12, stale-while-revalidate=0, stale-if-error=0'],
    [999, 'public, max-age=0, s-maxage=0, stale-while-revalidate=0, stale-if-error=0'],
  ])('never outlives the article: %s ms before its end', async (ms, expected) => {
    const article = await makePublished(app, {}, { until: fromNow(ms) });
    expect(await cacheControl(article.id)).toBe(expected);
    app.clock.advance(ms);
    expect((await read(article.id)).status).toBe(404);
  });

  it('is clipped by a scheduled update as well, since the shown version ends there', async () => {
    const article = await makePublished(app);
    const draft = await app.patch(`/v1/articles/${article.id}`, { summary: '新' }, { ifMatch: article.etag });
    await publish(app, { id: article.id, etag: draft.headers.etag! }, { at: fromNow(20_000) });
    expect(await cacheControl(article.id)).toBe(
      'public, max-age=20, s-maxage=20, stale-while-revalidate=0, stale-if-error=0',
    );
    app.clock.advance(20_000);
    expect((await read(article.id)).body).toMatchObject({ summary: '新', version: 2 });
  });
});

describe('what shapes an article', () => {
  async function makeShaped() {
    const top = await makeSection(app);
    const section = await makeSection(app, { parent: top.id });
    const [source, editor, tag] = [await makeSource(app), await makeEditor(app), await makeTag(app)];
    const related = await makePublished(app);
    const waiting = await makeArticle(app);
    const article = await makePublished(app, {
      section: section.id,
      source: source.id,
      credits: [
        { role: 'author', editor: editor.id },
        { role: 'editor', editor: editor.id },
        { role: 'translator', name: '外人' },
      ],
      tags: [tag.body.name],
      related: [related.id, waiting.id],
    });
    return { top, section, source, editor, tag, related, waiting, article };
  }

  it('is named in Surrogate-Key, each once: ancestors, source, editors, tags, and related articles not yet public', async () => {
    const { top, section, source, editor, tag, related, waiting, article } = await makeShaped();
    const { headers } = await read(article.id);
    const expected = [
      `article:${article.id}`,
      `article:${related.id}`,
      `article:${waiting.id}`,
      `section:${top.id}`,
      `section:${section.id}`,
      `source:${source.id}`,
      `editor:${editor.id}`,
      `tag:${tag.id}`,
    ];
    expect(headers['surrogate-key']!.split(' ').toSorted()).toEqual(expected.toSorted());
    const list = await app.get(`/v1/articles?section=${section.id}`);
    expect(list.headers['surrogate-key']!.split(' ').toSorted()).toEqual(
      ['articles', 'sections', ...expected].toSorted(),
    );
  });

  type Shaped = Awaited<ReturnType<typeof makeShaped>>;
  const rename = (plural: string, id: string) =>
    app.patch(`/v1/${plural}/${id}`, { name: `改 ${id}` }, { ifMatch: '*' });
  it.each<[string, (shaped: Shaped) => Promise<unknown>]>([
    ['its section', ({ section }) => rename('sections', section.id)],
    ['the section above', ({ top }) => rename('sections', top.id)],
    ['its source', ({ source }) => rename('sources', source.id)],
    ['its editor', ({ editor }) => rename('editors', editor.id)],
    ['its tag', ({ tag }) => rename('tags', tag.id)],
    [
      'the place of its section',
      ({ section }) => app.patch(`/v1/sections/${section.id}`, { parent: null }, { ifMatch: '*' }),
    ],
    ['a related article that is published', ({ waiting }) => publish(app, waiting)],
    [
      'a related article that is updated',
      async ({ related }) => {
        const draft = await app.patch(`/v1/articles/${related.id}`, { title: '新题' }, { ifMatch: '*' });
        return publish(app, { id: related.id, etag: draft.headers.etag! });
      },
    ],
    [
      'a related article that is withdrawn',
      ({ related }) => app.post(`/v1/articles/${related.id}/unpublish`, undefined, { ifMatch: '*' }),
    ],
    ['a related article that is trashed', ({ related }) => app.delete(`/v1/articles/${related.id}`, { ifMatch: '*' })],
    [
      'an update of its own',
      async ({ article }) => {
        const draft = await app.patch(`/v1/articles/${article.id}`, { title: '新题' }, { ifMatch: '*' });
        return publish(app, { id: article.id, etag: draft.headers.etag! });
      },
    ],
  ])('changes ETag and Last-Modified when it changes: %s', async (_what, change) => {
    const shaped = await makeShaped();
    app.clock.advance(10_000);
    const before = await read(shaped.article.id);
    app.clock.advance(10_000);
    const changedAt = app.clock.now();
    await change(shaped);
    app.clock.advance(10_000);
    const after = await read(shaped.article.id);
    expect(after.headers.etag).not.toBe(before.headers.etag);
    // A withdrawal in the very millisecond of a start lasts to the next one, so within a second.
    expect(Math.abs(Date.parse(after.headers['last-modified']!) - changedAt.getTime())).toBeLessThan(1000);
    for (const headers of [
      { 'If-None-Match': before.headers.etag! },
      { 'If-Modified-Since': before.headers['last-modified']! },
    ] as Record<string, string>[]) {
      expect((await read(shaped.article.id, headers)).status).toBe(200);
    }
  });

  it.each([
    ['its draft', (article: string) => app.patch(`/v1/articles/${article}`, { title: '稿' }, { ifMatch: '*' })],
    ['another article', () => makePublished(app)],
  ])('does not change for %s', async (_what, change) => {
    const { article } = await makeShaped();
    app.clock.advance(10_000);
    const before = await read(article.id);
    await change(article.id);
    app.clock.advance(10_000);
    const after = await read(article.id);
    expect(after.text).toBe(before.text);
    expect(after.headers).toMatchObject({
      etag: before.headers.etag,
      'last-modified': before.headers['last-modified'],
    });
  });
});

describe('Last-Modified of a list', () => {
  it('does not move when a draft is written, also one that makes a tag', async () => {
    await makePublished(app);
    app.clock.advance(10_000);
    const before = (await app.get('/v1/articles')).headers['last-modified'];
    await makeArticle(app, { title: '草稿', tags: ['还没有的标签'] });
    app.clock.advance(10_000);
    expect((await app.get('/v1/articles')).headers['last-modified']).toBe(before);
  });
});
