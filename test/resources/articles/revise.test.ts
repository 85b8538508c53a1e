import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makeSection, makeSource } from '../../support/factories.ts';

let app: TestApp;
const names = { section: '', other: '', source: '', editor: '', related: '' };
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  names.section = (await makeSection(app, { name: '产经' })).slug;
  names.other = (await makeSection(app, { name: '体育' })).slug;
  names.source = (await makeSource(app, { name: '文化视界' })).slug;
  names.editor = (await makeEditor(app, { name: '刘莹莹' })).slug;
  names.related = (await makeArticle(app, { title: '相关' })).slug;
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

const full = () => ({
  title: '题目',
  kicker: '肩题',
  subtitle: '副题',
  summary: '导语',
  body: { text: '正文一' },
  section: names.section,
  source: names.source,
  sourceUrl: 'https://example.com/1',
  credits: [{ role: 'reporter', name: '甲' }],
  tags: ['标签一'],
  cover: { url: 'https://example.com/a.jpg', alt: '海' },
  related: [names.related],
  seo: { title: '搜索', keywords: ['一'] },
  genre: 'news',
  urgency: 3,
  metadata: { desk: '一' },
  externalId: `x-${Math.random()}`,
});

const change = (made: { id: string; etag: string }, patch: object) =>
  app.patch(`/v1/articles/${made.id}`, patch, { ifMatch: made.etag });

/** What a write of the field looks like to a reader. */
const seen: Record<string, (view: never) => unknown> = {
  section: (section: { slug: string } | null) => section?.slug ?? null,
  source: (source: { slug: string } | null) => source?.slug ?? null,
  tags: (tags: { name: string }[]) => tags.map((tag) => tag.name),
  related: (related: { slug: string }[]) => related.map((article) => article.slug),
  credits: (credits: { role: string; name: string }[]) => credits.map(({ role, name }) => ({ role, name })),
  body: (body: { blocks: { children: { text: string }[] }[] }) => ({
    text: body.blocks.map((block) => block.children.map((span) => span.text).join('')).join('\n'),
  }),
};
const look = (view: Record<string, unknown>, field: string) =>
  (seen[field] ?? ((value) => value))(view[field] as never);

const fields: [field: string, value: unknown, cleared: unknown][] = [
  ['kicker', '新肩题', null],
  ['subtitle', '新副题', null],
  ['summary', '新导语', null],
  ['body', { text: '正文二' }, { text: '' }],
  ['section', 'ti-yu', null],
  ['source', 'wen-hua-shi-jie', null],
  ['sourceUrl', 'https://example.com/2', null],
  ['credits', [{ role: 'author', name: '乙' }], []],
  ['tags', ['标签二', '标签三'], []],
  ['cover', { url: 'https://example.com/b.jpg' }, null],
  ['related', [], []],
  ['seo', { title: '新搜索' }, null],
  ['genre', 'feature', null],
  ['urgency', 9, null],
  ['metadata', { desk: '二' }, {}],
  ['externalId', 'y-1', null],
];

describe('a merge patch', () => {
  it.each(fields)('%s: a value sets it, and every other field stays', async (field, value) => {
    const start = field === 'source' ? { ...full(), source: null } : full();
    const made = await makeArticle(app, start);
    const answer = await change(made, { [field]: value });
    expect(answer.status).toBe(200);
    const merged = ['cover', 'seo', 'metadata'].includes(field)
      ? { ...((start as Record<string, unknown>)[field] as object), ...(value as object) }
      : value;
    expect(look(answer.body, field)).toEqual(merged);
    const others = Object.keys(full()).filter((name) => name !== field);
    expect(Object.fromEntries(others.map((name) => [name, look(answer.body, name)]))).toEqual(
      Object.fromEntries(others.map((name) => [name, look(made.body, name)])),
    );
    expect(answer.body).toMatchObject({ version: 2, revision: 2 });
    const event = (await app.newEvents()).find(({ type }) => type === 'article.revised');
    expect(event!.payload).toMatchObject({ revision: 2, version: 2, fields: [field] });
  });

  it.each(fields)('%s: null clears it, and every other field stays', async (field, _value, cleared) => {
    const made = await makeArticle(app, full());
    const answer = await change(made, { [field]: null });
    expect(answer.status).toBe(200);
    expect(look(answer.body, field)).toEqual(cleared);
    const others = Object.keys(full()).filter((name) => name !== field);
    expect(Object.fromEntries(others.map((name) => [name, look(answer.body, name)]))).toEqual(
      Object.fromEntries(others.map((name) => [name, look(made.body, name)])),
    );
    expect(answer.body).toMatchObject({ version: 2, revision: 2 });
  });

  it.each(['title', 'slug', 'locale', 'note'])(
    '%s cannot be cleared: null is a 400 that points at it',
    async (field) => {
      const made = await makeArticle(app);
      const answer = await change(made, { [field]: null });
      expect(answer.status).toBe(400);
      expect(answer.body.errors[0].pointer).toBe(`/${field}`);
    },
  );

  it('the slug stays when the title changes', async () => {
    const made = await makeArticle(app, { title: '旧题' });
    const answer = await change(made, { title: '新题' });
    expect(answer.body).toMatchObject({ title: '新题', slug: 'jiu-ti' });
  });

  it('seo and cover merge member by member: a value sets, null clears, absent stays', async () => {
    const made = await makeArticle(app, full());
    const answer = await change(made, {
      seo: { title: null, description: '新' },
      cover: { alt: null, caption: '说明' },
    });
    expect(answer.body.seo).toEqual({ keywords: ['一'], description: '新' });
    expect(answer.body.cover).toEqual({ url: 'https://example.com/a.jpg', caption: '说明' });
  });

  it('seo that loses its last member is null; a cover that would lose its url is refused', async () => {
    const made = await makeArticle(app, { ...full(), seo: { title: '只有' } });
    const cleared = await change(made, { seo: { title: null } });
    expect(cleared.body.seo).toBe(null);
    const made2 = await makeArticle(app);
    const refused = await change(made2, { cover: { alt: '没有地址' } });
    expect(refused.body).toMatchObject({ status: 400, errors: [{ pointer: '/cover/url' }] });
  });

  it('metadata merges to any depth; lists in it are replaced', async () => {
    const made = await makeArticle(app, { metadata: { a: { b: 1, c: { d: [1, 2], e: 'x' } }, z: true } });
    const answer = await change(made, { metadata: { a: { b: null, c: { d: [3] } }, new: { deep: {} } } });
    expect(answer.body.metadata).toEqual({ a: { c: { d: [3], e: 'x' } }, z: true, new: { deep: {} } });
  });

  it('metadata that would grow beyond its limit is refused, and stays', async () => {
    const made = await makeArticle(app, { metadata: { a: 'x'.repeat(20_000) } });
    const answer = await change(made, { metadata: { b: 'y'.repeat(20_000) } });
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: '/metadata' }] });
    expect(await app.newEvents()).toHaveLength(1);
  });

  it('credits, tags and related are replaced as a whole, in the order given', async () => {
    const made = await makeArticle(app, { ...full(), tags: ['子', '丑'], credits: [] });
    const other = await makeArticle(app);
    const answer = await change(made, {
      tags: ['寅', '子'],
      credits: [
        { role: 'editor', editor: names.editor },
        { role: 'author', name: '丙' },
      ],
      related: [other.id, names.related],
    });
    expect(look(answer.body, 'tags')).toEqual(['寅', '子']);
    expect(look(answer.body, 'credits')).toEqual([
      { role: 'editor', name: '刘莹莹' },
      { role: 'author', name: '丙' },
    ]);
    expect(look(answer.body, 'related')).toEqual([other.slug, names.related]);
  });

  it('is taken by slug as well as by id, and as application/json', async () => {
    const made = await makeArticle(app);
    const answer = await app.patch(
      `/v1/articles/${made.slug}`,
      { genre: 'x' },
      { ifMatch: made.etag, type: 'application/json' },
    );
    expect(answer.body).toMatchObject({ id: made.id, genre: 'x' });
    expect(answer.headers.etag).toBe('"r2"');
  });
});

describe('a patch that changes nothing', () => {
  it('writes nothing: no version, no event, the same ETag, the same updatedAt', async () => {
    const made = await makeArticle(app, full());
    await app.newEvents();
    app.clock.advance(60_000);
    const same = { ...full(), externalId: made.body.externalId, note: '一样' };
    for (const patch of [{}, { note: '只有说明' }, same, { seo: {} }, { metadata: {} }, { cover: { width: null } }]) {
      const answer = await change(made, patch);
      expect(answer.status).toBe(200);
      expect(answer.headers.etag).toBe(made.etag);
      expect(answer.body).toEqual(made.body);
    }
    expect(await app.newEvents()).toEqual([]);
    const versions = await app.deps.db.prisma.articleVersion.count({ where: { articleId: made.id } });
    expect(versions).toBe(1);
  });

  it('a note is kept with the version it explains', async () => {
    const made = await makeArticle(app, { note: '初稿' });
    await change(made, { title: '改了', note: '改标题' });
    const versions = await app.deps.db.prisma.articleVersion.findMany({
      where: { articleId: made.id },
      orderBy: { number: 'asc' },
      select: { number: true, note: true },
    });
    expect(versions).toEqual([
      { number: 1, note: '初稿' },
      { number: 2, note: '改标题' },
    ]);
  });
});

describe('If-Match', () => {
  it('is asked for: without it 428', async () => {
    const made = await makeArticle(app);
    const answer = await app.patch(`/v1/articles/${made.id}`, { title: 'x' });
    expect(answer.body).toMatchObject({ status: 428, code: 'request.precondition_required' });
  });

  it('a stale one is a 412 with the fields that changed since, who changed them, and the current ETag', async () => {
    const made = await makeArticle(app);
    const second = await change(made, { title: '二', kicker: '肩' });
    const third = await change({ id: made.id, etag: second.headers.etag! }, { urgency: 2 });
    await app.post(`/v1/articles/${made.id}/publish`, undefined, { ifMatch: third.headers.etag });
    await app.newEvents();
    const answer = await change(made, { summary: '迟到' });
    expect(answer.body).toMatchObject({
      status: 412,
      code: 'request.precondition_failed',
      currentETag: '"r4"',
      errors: [
        { pointer: '/title', code: 'changed' },
        { pointer: '/kicker', code: 'changed' },
        { pointer: '/urgency', code: 'changed' },
        { pointer: '/publication', code: 'changed' },
      ],
      changes: [
        { fields: ['title', 'kicker'], by: { type: 'service', id: 'editor' }, at: '2026-05-27T06:01:00.000Z' },
        { fields: ['urgency'] },
        { fields: ['publication'] },
      ],
    });
    const later = await change({ id: made.id, etag: second.headers.etag! }, { summary: '迟到' });
    expect(later.body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual(['/urgency', '/publication']);
    expect(later.headers.etag).toBeUndefined();
    expect(await app.newEvents()).toEqual([]);
  });

  it.each([
    ['the wildcard', '*', 200],
    ['one of several', '"r9", "r1"', 200],
    ['a weak tag', 'W/"r1"', 412],
    ['the tag of another revision', '"r2"', 412],
    ['the tag of a public answer', '"jqPnJmAzzVYDlh8GmtJ1aw"', 412],
    ['without quotes', 'r1', 400],
    ['an open quote', '"r1', 400],
    ['empty', '', 400],
    ['a comma', ',', 400],
    ['words between', '"r1" or "r2"', 400],
  ])('%s', async (_name, ifMatch, status) => {
    const made = await makeArticle(app);
    const answer = await app.patch(`/v1/articles/${made.id}`, { title: '改' }, { ifMatch });
    expect(answer.status).toBe(status);
    if (status === 400) {
      expect(answer.body).toMatchObject({ code: 'request.invalid_header', errors: [{ pointer: '!If-Match' }] });
    }
  });

  it('of 20 writers with one ETag exactly one wins, the others learn what changed', async () => {
    const made = await makeArticle(app);
    await app.newEvents();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => change(made, { summary: `导语 ${i}` })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const lost = answers.filter(({ status }) => status === 412);
    expect(lost).toHaveLength(19);
    for (const { body } of lost) expect(body.errors).toMatchObject([{ pointer: '/summary' }]);
    expect(await app.newEvents()).toHaveLength(1);
  });
});

it('what is not there is a 404, and a patch with a wrong value is a 400 that writes nothing', async () => {
  const absent = await app.patch('/v1/articles/no-such-article', { title: 'x' }, { ifMatch: '*' });
  expect(absent.body).toMatchObject({ status: 404, code: 'resource.not_found' });
  const made = await makeArticle(app);
  await app.newEvents();
  const wrong = await change(made, { title: ['x'], urgency: 12, unknown: 1 });
  expect(wrong.status).toBe(400);
  expect(wrong.body.errors.map((fault: { pointer: string }) => fault.pointer).toSorted()).toEqual([
    '/title',
    '/unknown',
    '/urgency',
  ]);
  expect(await app.newEvents()).toEqual([]);
});

it('articles that name each other as related are changed at the same time without waiting in a circle', async () => {
  const one = await makeArticle(app);
  const two = await makeArticle(app);
  for (let round = 0; round < 10; round += 1) {
    const answers = await Promise.all(
      [one, two, one, two].map((made, i) =>
        app.patch(
          `/v1/articles/${made.id}`,
          { related: [made === one ? two.id : one.id], summary: `第 ${round} 轮 ${i}` },
          { ifMatch: '*' },
        ),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  }
});
