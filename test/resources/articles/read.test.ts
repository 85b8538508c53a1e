// Reading one article: as the public sees it and as editors do, in every form and shape.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

const read = (name: string, search = '') => app.get(`/v1/articles/${name}${search}`);
const readDraft = (name: string, search = '') =>
  app.get(`/v1/articles/${name}?perspective=draft${search}`, { as: 'viewer' });
const unknownId = '00000000-0000-7000-8000-00000000dead';

describe('an article as the public reads it', () => {
  it('has exactly the documented fields, by id in either case and by slug', async () => {
    const [top, source, editor, tag] = [
      await makeSection(app, { name: '财经' }),
      await makeSource(app, { name: '文化视界', url: 'https://example.com/' }),
      await makeEditor(app, { name: '刘莹莹' }),
      await makeTag(app, { name: '两会' }),
    ];
    const section = await makeSection(app, { name: '产经', parent: top.id });
    const related = await makePublished(app, { title: '相关' });
    const input = {
      title: '青岛再开放',
      kicker: '聚焦两会',
      subtitle: '副题',
      summary: '导语',
      sourceUrl: 'https://example.com/a',
      genre: '通讯',
      urgency: 3,
      seo: { title: 'SEO' },
      cover: { url: 'https://example.com/a.jpg', alt: '港口' },
      metadata: { printPage: 4 },
    };
    const article = await makePublished(app, {
      ...input,
      body: { text: '第一段。' },
      section: section.slug,
      source: source.slug,
      credits: [
        { role: 'responsible_editor', editor: editor.slug },
        { role: 'photographer', name: '新华社' },
      ],
      tags: ['两会'],
      related: [related.id],
    });
    const now = app.clock.now().toISOString();
    const answer = await read(article.id);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    const { body, cover, ...rest } = answer.body;
    expect(rest).toEqual({
      ...input,
      cover: undefined,
      id: article.id,
      slug: 'qing-dao-zai-kai-fang',
      url: 'https://news.test/v1/articles/qing-dao-zai-kai-fang',
      locale: 'zh-CN',
      wordCount: 3,
      section: {
        id: section.id,
        slug: section.slug,
        name: '产经',
        breadcrumb: [
          { slug: top.slug, name: '财经' },
          { slug: section.slug, name: '产经' },
        ],
      },
      source: { id: source.id, slug: source.slug, name: '文化视界', url: 'https://example.com/' },
      credits: [
        { role: 'responsible_editor', name: '刘莹莹', editor: { id: editor.id, slug: editor.slug, name: '刘莹莹' } },
        { role: 'photographer', name: '新华社', editor: null },
      ],
      tags: [{ slug: tag.slug, name: '两会' }],
      related: [{ id: related.id, slug: related.slug, title: '相关', publishedAt: now }],
      corrections: [],
      publishedAt: now,
      firstPublishedAt: now,
      updatedAt: now,
      version: 1,
    });
    expect(cover).toMatchObject(input.cover);
    expect(body.blocks).toMatchObject([{ _type: 'block', style: 'normal', children: [{ text: '第一段。' }] }]);
    expect((await read(article.id.toUpperCase())).text).toBe(answer.text);
    expect((await read(article.slug)).text).toBe(answer.text);
  });

  it.each([
    ['blocks', { blocks: [{ style: 'h2' }, { style: 'normal' }] }],
    ['html', { html: '<h2>一</h2><p>二 <strong>三</strong></p>' }],
    ['markdown', { markdown: '## 一\n\n二 **三**' }],
    ['text', { text: '一\n\n二 三' }],
  ])('comes with its body as %s, under the same name as it is written', async (form, expected) => {
    const article = await makePublished(app, { body: { html: '<h2>一</h2><p>二 <strong>三</strong></p>' } });
    const { body } = await read(article.slug, `?body=${form}`);
    expect(Object.keys(body.body)).toEqual([form]);
    if (form === 'blocks') expect(body.body).toMatchObject(expected);
    else expect(body.body[form].trim()).toBe(Object.values(expected)[0]);
    expect((await readDraft(article.id, `&body=${form}`)).body.body).toEqual(body.body);
  });

  it('comes without its body where none is asked for, and with blocks where nothing is said', async () => {
    const article = await makePublished(app, { body: { text: '正文' } });
    const none = await read(article.slug, '?body=none');
    expect(none.body).not.toHaveProperty('body');
    expect(none.body.title).toBe(article.body.title);
    expect(Object.keys((await read(article.slug)).body.body)).toEqual(['blocks']);
    expect((await readDraft(article.slug, '&body=none')).body).not.toHaveProperty('body');
  });

  it('comes with the fields asked for, id always, the body only if named', async () => {
    const article = await makePublished(app, { body: { text: '正文' } });
    const sparse = await read(article.slug, '?fields=title,section');
    expect(sparse.body).toEqual({ id: article.id, title: article.body.title, section: null });
    const withBody = await read(article.slug, '?fields=body&body=text');
    expect(withBody.body).toEqual({ id: article.id, body: { text: expect.stringContaining('正文') } });
    expect((await read(article.slug, '?fields=id')).body).toEqual({ id: article.id });
    expect(await read(article.slug, '?fields=title,secret')).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: expect.stringContaining('?fields') }] },
    });
  });

  it('shows none of the fields that only editors read, also when they are asked for by name', async () => {
    const article = await makePublished(app, { externalId: 'cms-7' });
    const drafty = ['externalId', 'state', 'revision', 'createdAt', 'createdBy', 'isPublic', 'scheduled'];
    const { body } = await read(article.id, `?fields=${drafty.join(',')},hasUnpublishedChanges`);
    expect(body).toEqual({ id: article.id });
    for (const field of drafty) expect((await read(article.id)).body).not.toHaveProperty(field);
  });

  it('stays as it is when its draft is retitled, refiled and rewritten, until that is published', async () => {
    const [here, there] = [await makeSection(app), await makeSection(app)];
    const article = await makePublished(app, { section: here.id, tags: ['旧'], body: { text: '旧文' } });
    app.clock.advance(5000);
    const before = await read(article.id);
    const draft = await app.patch(
      `/v1/articles/${article.id}`,
      { title: '新题', slug: 'xin-ti-live', section: there.id, tags: ['新'], body: { text: '新文' } },
      { ifMatch: article.etag },
    );
    expect(draft.body).toMatchObject({ title: '新题', section: { id: there.id }, hasUnpublishedChanges: true });
    expect((await read(article.id)).text).toBe(before.text);
    const inSection = async (id: string) => (await app.get(`/v1/articles?section=${id}`)).body.data.length;
    expect([await inSection(here.id), await inSection(there.id)]).toEqual([1, 0]);
    expect((await read('xin-ti-live')).status).toBe(404);
    await publish(app, { id: article.id, etag: draft.headers.etag! });
    expect((await read(article.id)).body).toMatchObject({ title: '新题', slug: 'xin-ti-live', version: 2 });
    expect([await inSection(here.id), await inSection(there.id)]).toEqual([0, 1]);
  });

  it('keeps its editorial date and its first date when an update is published', async () => {
    const article = await makePublished(app);
    const first = app.clock.now().toISOString();
    app.clock.advance(60_000);
    const draft = await app.patch(`/v1/articles/${article.id}`, { summary: '更' }, { ifMatch: article.etag });
    await publish(app, { id: article.id, etag: draft.headers.etag! });
    expect((await read(article.id)).body).toMatchObject({
      publishedAt: first,
      firstPublishedAt: first,
      updatedAt: app.clock.now().toISOString(),
    });
  });

  it('leaves out related articles that are not public, and shows them from when they are', async () => {
    const [live, draft, scheduled, gone] = [
      await makePublished(app),
      await makeArticle(app),
      await makeArticle(app),
      await makePublished(app),
    ];
    const hour = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
    await publish(app, scheduled, { at: hour });
    const article = await makePublished(app, { related: [gone.id, draft.id, scheduled.slug, live.id] });
    await app.post(`/v1/articles/${gone.id}/unpublish`, undefined, { ifMatch: gone.etag });
    app.clock.advance(1000);
    const related = async () => (await read(article.id)).body.related.map(({ id }: { id: string }) => id);
    expect(await related()).toEqual([live.id]);
    expect((await read(article.id)).text).not.toContain(draft.body.title);
    app.clock.set(hour);
    expect(await related()).toEqual([scheduled.id, live.id]);
    const asEditor = (await readDraft(article.id)).body.related.map(({ id }: { id: string }) => id);
    expect(asEditor).toEqual([gone.id, draft.id, scheduled.id, live.id]);
  });
});

describe('what the public may not read', () => {
  it('answers the very same 404 as what does not exist, in body and in headers', async () => {
    const draft = await makeArticle(app, { title: '未公开' });
    const scheduled = await makeArticle(app);
    await publish(app, scheduled, { at: new Date(app.clock.now().getTime() + 3_600_000).toISOString() });
    const expired = await makePublished(app, {}, { until: new Date(app.clock.now().getTime() + 1000).toISOString() });
    const withdrawn = await makePublished(app);
    await app.post(`/v1/articles/${withdrawn.id}/unpublish`, undefined, { ifMatch: withdrawn.etag });
    const trashed = await makePublished(app);
    await app.delete(`/v1/articles/${trashed.id}`, { ifMatch: trashed.etag });
    app.clock.advance(1000);
    const shown = async (name: string, as?: string) => {
      const { status, text, headers } = await app.get(`/v1/articles/${name}`, { as, headers: { 'X-Request-Id': 'x' } });
      // Whether somebody asked before is no secret of the newsroom.
      const { date: _date, 'cache-status': _status, age: _age, ...rest } = headers;
      return { status, text, rest };
    };
    const absent = await shown(unknownId);
    expect(absent.status).toBe(404);
    expect(absent.rest['cache-control']).toMatch(/^public, max-age=5, /);
    for (const { id, slug } of [draft, scheduled, expired, withdrawn, trashed]) {
      for (const name of [id, slug]) {
        expect(await shown(name)).toEqual(absent);
        // A key changes nothing as long as drafts are not asked for.
        expect(await shown(name, 'admin')).toEqual(absent);
      }
    }
    expect(await shown('no-such-slug')).toEqual(absent);
  });
});

describe('the working copy', () => {
  it('answers 401 without a key, whether the article is there or not', async () => {
    const article = await makePublished(app);
    for (const name of [article.id, article.slug, unknownId, 'no-such-slug']) {
      const answer = await read(name, '?perspective=draft');
      expect(answer).toMatchObject({ status: 401, body: { code: 'auth.missing' } });
      expect(answer.headers['cache-control']).toBe('no-store');
    }
  });

  it('is never stored, under one ETag whatever the form', async () => {
    const article = await makeArticle(app, { body: { text: '正文' } });
    for (const search of ['', '&body=html', '&body=none', '&fields=title']) {
      const answer = await readDraft(article.slug, search);
      expect(answer).toMatchObject({ status: 200, headers: { etag: '"r1"', 'cache-control': 'private, no-store' } });
      expect(answer.headers['surrogate-key']).toBeUndefined();
      expect(answer.headers['last-modified']).toBeUndefined();
    }
    const conditional = await app.get(`/v1/articles/${article.id}?perspective=draft`, {
      as: 'viewer',
      headers: { 'If-None-Match': 'W/"r1"' },
    });
    expect(conditional.headers['cache-control']).toBe('private, no-store');
  });

  it('tells its state, its maker, what is scheduled and whether it differs from what is public', async () => {
    const article = await makeArticle(app, { externalId: 'cms-9' });
    const now = app.clock.now().toISOString();
    const fresh = {
      externalId: 'cms-9',
      state: 'draft',
      revision: 1,
      createdAt: now,
      createdBy: { type: 'service', id: 'editor', name: 'editor' },
      isPublic: false,
      scheduled: null,
      hasUnpublishedChanges: true,
      publishedAt: null,
      firstPublishedAt: null,
      updatedAt: now,
    };
    expect((await readDraft(article.id)).body).toMatchObject(fresh);
    const live = await publish(app, article);
    expect(live.body).toMatchObject({ isPublic: true, hasUnpublishedChanges: false, publishedAt: now });
    const changed = await app.patch(`/v1/articles/${article.id}`, { summary: '改' }, { ifMatch: live.etag });
    const at = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
    await publish(app, { id: article.id, etag: changed.headers.etag! }, { at });
    expect((await readDraft(article.id)).body).toMatchObject({
      isPublic: true,
      hasUnpublishedChanges: false,
      scheduled: { version: 2, at, until: null },
      version: 2,
    });
  });

  it('is not there for a key whose sections it lies outside of', async () => {
    const [mine, other] = [await makeSection(app), await makeSection(app)];
    const key = await app.createKey({ name: 'limited', role: 'editor', sections: [mine.id] });
    const [outside, nowhere] = [await makeArticle(app, { section: other.id }), await makeArticle(app)];
    for (const name of [outside.id, outside.slug, nowhere.id, unknownId]) {
      const answer = await app.get(`/v1/articles/${name}?perspective=draft`, { as: key });
      expect(answer).toMatchObject({ status: 404, body: { code: 'resource.not_found' } });
    }
  });
});
