import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makeSection, makeSource, makeTag } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

const types = async () => (await app.newEvents()).map((event) => event.type);

describe('creating an article', () => {
  it('a title is enough: 201, Location, ETag "r1", never stored, a draft of version 1', async () => {
    const answer = await app.post('/v1/articles', { title: '青岛再开放' });
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({
      location: `https://news.test/v1/articles/${answer.body.id}`,
      etag: '"r1"',
      'cache-control': 'private, no-store',
    });
    expect(answer.body).toMatchObject({
      title: '青岛再开放',
      slug: 'qing-dao-zai-kai-fang',
      locale: 'zh-CN',
      body: { blocks: [] },
      wordCount: 0,
      section: null,
      source: null,
      credits: [],
      tags: [],
      related: [],
      corrections: [],
      metadata: {},
      state: 'draft',
      version: 1,
      revision: 1,
      isPublic: false,
      scheduled: null,
      hasUnpublishedChanges: true,
      publishedAt: null,
      firstPublishedAt: null,
      createdAt: '2026-05-27T06:00:00.000Z',
      updatedAt: '2026-05-27T06:00:00.000Z',
      createdBy: { type: 'service', id: 'editor', name: 'editor' },
      warnings: [],
    });
  });

  it('every field that is written is read back, in draft and in public', async () => {
    const section = await makeSection(app, { name: '产经' });
    const source = await makeSource(app, { name: '文化视界', url: 'https://example.com/' });
    const editor = await makeEditor(app, { name: '刘莹莹' });
    const related = await makeArticle(app, { title: '相关稿件' });
    const input = {
      title: '聚焦两会|青岛',
      slug: 'ju-jiao',
      externalId: 'cms-1',
      locale: 'zh-CN',
      kicker: '聚焦两会',
      subtitle: '顶格协调',
      summary: '导语',
      body: { markdown: '第一段\n\n第二段 two words' },
      section: section.slug,
      source: source.id,
      sourceUrl: 'https://example.com/1',
      credits: [
        { role: 'responsible_editor', editor: editor.slug },
        { role: 'reporter', name: '本报记者' },
      ],
      tags: ['青岛', '两会'],
      cover: {
        url: 'https://example.com/a.jpg',
        alt: '海',
        caption: '说明',
        credit: '新华社',
        width: 800,
        height: 600,
      },
      related: [related.slug],
      seo: {
        title: '青岛',
        description: '描述',
        canonicalUrl: 'https://example.com/c',
        keywords: ['青岛'],
        noindex: false,
      },
      genre: 'news',
      urgency: 3,
      metadata: { desk: '产经部', nested: { list: [1, 2.5, null, 'x'] } },
    };
    const made = await makeArticle(app, input);
    const names = { section: { slug: 'chan-jing', breadcrumb: [{ slug: 'chan-jing', name: '产经' }] } };
    const shown = {
      ...input,
      ...names,
      body: { markdown: '第一段\n\n第二段 two words\n' },
      source: { id: source.id, slug: source.slug, name: '文化视界', url: 'https://example.com/' },
      credits: [
        { role: 'responsible_editor', name: '刘莹莹', editor: { id: editor.id, slug: editor.slug, name: '刘莹莹' } },
        { role: 'reporter', name: '本报记者', editor: null },
      ],
      tags: [
        { slug: 'qing-dao', name: '青岛' },
        { slug: 'liang-hui', name: '两会' },
      ],
      wordCount: 8,
      related: [{ id: related.id, slug: related.slug, title: '相关稿件', publishedAt: null }],
    };
    const draft = await app.get(`/v1/articles/${made.id}?perspective=draft&body=markdown`, { as: 'viewer' });
    expect(draft.body).toMatchObject({ ...shown, body: expect.anything() });
    expect(draft.body.body.markdown.trim()).toBe(input.body.markdown);
    await app.post(`/v1/articles/${made.id}/publish`, undefined, { ifMatch: made.etag });
    const read = await app.get(`/v1/articles/${made.id}?body=markdown`);
    const { externalId: _internal, ...publicly } = shown;
    // The related draft is not public, so the public does not hear of it.
    expect(read.body).toMatchObject({ ...publicly, body: expect.anything(), related: [] });
    expect(read.body).not.toHaveProperty('externalId');
  });

  it('records article.created with the hash of version 1, by the one who wrote', async () => {
    const made = await makeArticle(app, { title: '事件' });
    const events = await app.newEvents();
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ type: 'article.created', subjectId: made.id, actorId: 'editor' });
    expect(events[0]!.payload).toEqual({
      revision: 1,
      version: 1,
      title: '事件',
      slug: made.slug,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('what sanitising removed from the body is reported in the answer', async () => {
    const { body } = await makeArticle(app, {
      body: { html: '<p onclick="x()">字</p><script>alert(1)</script><script></script>' },
    });
    expect(body.warnings.map((warning: { code: string }) => warning.code)).toContain('body.removed');
    expect(body.warnings.map((warning: { message: string }) => warning.message).join()).toMatch(/script.*\(2 times\)/);
    expect(JSON.stringify(body.body)).not.toContain('alert');
  });

  it('the same tag or related article named twice counts once, the first place wins', async () => {
    const related = await makeArticle(app);
    await makeTag(app, { name: '重复', slug: 'chong-fu' });
    const { body } = await makeArticle(app, {
      tags: ['重复', '另一', '重复', 'chong-fu'],
      related: [related.id, related.slug],
    });
    expect(body.tags.map((tag: { name: string }) => tag.name)).toEqual(['重复', '另一']);
    expect(body.related).toHaveLength(1);
  });

  it('an external id that another article has is a 409 that does not name it', async () => {
    const holder = await makeArticle(app, { externalId: 'taken' });
    await app.newEvents();
    const answer = await app.post('/v1/articles', { title: '后来', externalId: 'taken' });
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      code: 'article.external_id_taken',
      errors: [{ pointer: '/externalId', code: 'external_id_taken' }],
    });
    expect(answer.text).not.toContain(holder.id);
    expect(answer.text).not.toContain(holder.slug);
    expect(await types()).toEqual([]);
  });
});

describe('what cannot be an article is refused, nothing is written', () => {
  const wrong: [name: string, body: unknown, status: number, code: string, pointer?: string][] = [
    ['no title', {}, 400, 'request.invalid', '/title'],
    ['an empty title', { title: '' }, 400, 'request.invalid', '/title'],
    ['a null title', { title: null }, 400, 'request.invalid', '/title'],
    ['a title of 501', { title: '长'.repeat(501) }, 400, 'request.invalid', '/title'],
    ['an object as title', { title: { contains: 'x' } }, 400, 'request.invalid', '/title'],
    ['an unknown field', { title: 'x', colour: 'red' }, 400, 'request.invalid', '/colour'],
    ['an unknown field in seo', { title: 'x', seo: { robots: 'no' } }, 400, 'request.invalid', '/seo/robots'],
    ['an object as section', { title: 'x', section: { not: null } }, 400, 'request.invalid', '/section'],
    ['a body in two forms', { title: 'x', body: { text: 'a', html: 'b' } }, 400, 'request.invalid', '/body'],
    ['a body in no form', { title: 'x', body: {} }, 400, 'request.invalid', '/body'],
    ['a body as text', { title: 'x', body: 'text' }, 400, 'request.invalid', '/body'],
    ['a cover without url', { title: 'x', cover: { alt: 'y' } }, 400, 'request.invalid', '/cover/url'],
    ['a script as cover', { title: 'x', cover: { url: 'javascript:1' } }, 400, 'request.invalid', '/cover/url'],
    ['a credit of nobody', { title: 'x', credits: [{ role: 'author' }] }, 400, 'request.invalid', '/credits/0'],
    [
      'a credit of two',
      { title: 'x', credits: [{ role: 'author', name: 'a', editor: 'b' }] },
      400,
      'request.invalid',
      '/credits/0',
    ],
    [
      'an unknown role',
      { title: 'x', credits: [{ role: 'boss', name: 'a' }] },
      400,
      'request.invalid',
      '/credits/0/role',
    ],
    ['urgency 0', { title: 'x', urgency: 0 }, 400, 'request.invalid', '/urgency'],
    ['urgency 10', { title: 'x', urgency: 10 }, 400, 'request.invalid', '/urgency'],
    ['urgency as text', { title: 'x', urgency: '5' }, 400, 'request.invalid', '/urgency'],
    ['a list as metadata', { title: 'x', metadata: [1] }, 400, 'request.invalid', '/metadata'],
    ['metadata of 33 kB', { title: 'x', metadata: { a: 'y'.repeat(33_000) } }, 400, 'request.invalid', '/metadata'],
    ['a locale with an underscore', { title: 'x', locale: 'zh_CN' }, 400, 'request.invalid', '/locale'],
    ['a NUL in the title', { title: 'a\0b' }, 400, 'request.invalid_text', '/title'],
    ['half of a surrogate pair', '{"title":"\\ud83d"}', 400, 'request.invalid_text', '/title'],
    ['a number beyond a double', '{"title":"x","metadata":{"n":1e400}}', 400, 'request.invalid', '/metadata/n'],
    ['broken JSON', '{"title":', 400, 'request.invalid_json'],
    ['a list', [], 400, 'request.invalid', ''],
    ['nothing', undefined, 400, 'request.invalid', ''],
  ];
  it.each(wrong)('%s', async (_name, body, status, code, pointer) => {
    const answer = await app.post('/v1/articles', body);
    expect(answer.body).toMatchObject({ status, code });
    if (pointer !== undefined)
      expect(answer.body.errors.map((fault: { pointer: string }) => fault.pointer)).toContain(pointer);
    expect(await app.newEvents()).toEqual([]);
  });
});
