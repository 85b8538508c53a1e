// Out of the trash: an article comes back as the working copy it was, and nobody but the newsroom sees it until it is
// published again. What it refers to may be gone by then; all of that is listed.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
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
beforeEach(() => app.newEvents());

const inOneHour = () => new Date(app.clock.now().getTime() + 3_600_000).toISOString();
const trash = async (article: { id: string }) => {
  expect((await app.delete(`/v1/articles/${article.id}`, { ifMatch: '*' })).status).toBe(204);
};
const untrash = (name: string, as = 'editor', ifMatch = '*') =>
  app.post(`/v1/articles/${name}/untrash`, undefined, { as, ifMatch });
const types = async () => (await app.newEvents()).map(({ type }) => type);

function outline({ status, headers, body }: Answer): object {
  const { requestId: _own, ...rest } = body ?? {};
  const { date: _date, 'x-request-id': _id, ...fixed } = headers;
  return { status, headers: fixed, body: rest };
}

describe('an article that is taken out of the trash', () => {
  it.each(['id', 'slug'] as const)('by its %s is what it was: content, slug, state, maker, assignee', async (by) => {
    const assignee = await makeEditor(app);
    const article = await makeArticle(
      app,
      { title: '又回来了', externalId: `hui-${by}`, assignee: assignee.id, tags: ['两会'] },
      'admin',
    );
    await app.post(`/v1/articles/${article.id}/submit`, undefined, { ifMatch: '*' });
    const before = await app.get(`/v1/articles/${article.id}?perspective=draft`, { as: 'editor' });
    await trash(article);
    await app.newEvents();
    app.clock.advance(1000);
    const answer = await untrash(article[by]);
    expect(answer).toMatchObject({ status: 200, headers: { etag: '"r4"' } });
    expect(answer.body).toEqual({
      ...before.body,
      revision: 4,
      updatedAt: app.clock.now().toISOString(),
      warnings: [],
    });
    expect(answer.body).toMatchObject({ state: 'in_review', trashedAt: null, slug: article.slug });
    expect(await app.newEvents()).toMatchObject([
      { type: 'article.untrashed', subjectId: article.id, payload: { revision: 4, fields: ['trashedAt'] } },
    ]);
    expect((await app.get(`/v1/articles/${article.slug}?perspective=draft`, { as: 'viewer' })).status).toBe(200);
  });

  it.each([
    ['was public', undefined],
    ['was scheduled', { at: '2030-01-01T00:00:00Z' }],
  ])('and %s before is not; publishing it is an act of its own', async (_name, order) => {
    const article = await publish(app, await makeArticle(app), order);
    app.clock.advance(1000);
    await trash(article);
    app.clock.advance(1000);
    const back = await untrash(article.id);
    expect(back.body).toMatchObject({ isPublic: false, scheduled: null, hasUnpublishedChanges: true });
    for (const name of [article.id, article.slug]) expect((await app.get(`/v1/articles/${name}`)).status).toBe(404);
    const again = await publish(app, { id: article.id, etag: back.headers.etag! });
    expect(again.body).toMatchObject({ isPublic: true, slug: article.slug });
    // The editorial date is that of the first publication.
    if (order === undefined) expect(again.body.publishedAt).toBe(article.body.publishedAt);
  });

  it('has kept its slug from others, also one that the public never saw', async () => {
    const article = await makeArticle(app, { slug: 'liu-zhe-de' });
    await trash(article);
    expect((await app.post('/v1/articles', { title: 'x', slug: 'liu-zhe-de' })).body.code).toBe('article.slug_taken');
    expect((await untrash('liu-zhe-de')).body.slug).toBe('liu-zhe-de');
  });

  it('is judged by the ETag that the trash shows: missing 428, stale 412 with what changed', async () => {
    const article = await makeArticle(app);
    await trash(article);
    await app.newEvents();
    expect((await app.post(`/v1/articles/${article.id}/untrash`, undefined)).status).toBe(428);
    expect((await untrash(article.id, 'editor', article.etag)).body).toMatchObject({
      status: 412,
      changes: [{ fields: ['trashedAt'] }],
    });
    expect(await types()).toEqual([]);
    const shown = await app.get(`/v1/articles/${article.id}?perspective=draft&trashed=true`, { as: 'editor' });
    expect((await untrash(article.id, 'editor', shown.headers.etag)).status).toBe(200);
  });

  it('comes back once: a second time there is nothing in the trash', async () => {
    const article = await makeArticle(app);
    await trash(article);
    const answers = await Promise.all([untrash(article.id), untrash(article.id), untrash(article.id)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    for (const { status, body } of answers) if (status === 409) expect(body.code).toBe('article.not_trashed');
  });

  it('in a dry run stays there', async () => {
    const article = await makeArticle(app);
    await trash(article);
    await app.newEvents();
    const answer = await app.post(`/v1/articles/${article.id}/untrash?dryRun=true`, undefined, { ifMatch: '*' });
    expect(answer.body).toMatchObject({ id: article.id, trashedAt: null });
    expect(await types()).toEqual([]);
    expect((await app.get(`/v1/articles/${article.id}?perspective=draft`, { as: 'editor' })).status).toBe(404);
  });
});

describe('who takes out of the trash', () => {
  it('a writer own articles, not those of others, also of an article that was public', async () => {
    const own = await publish(app, await makeArticle(app, {}, 'writer'));
    const other = await makeArticle(app);
    app.clock.advance(1000);
    for (const article of [own, other]) await trash(article);
    await app.newEvents();
    expect((await untrash(other.id, 'writer')).body).toMatchObject({ status: 403, code: 'auth.forbidden' });
    expect((await untrash(own.id, 'viewer')).status).toBe(403);
    expect(await types()).toEqual([]);
    expect((await untrash(own.id, 'writer')).body.isPublic).toBe(false);
  });

  it('what a key may not read is not in the trash either: the very same 404', async () => {
    const [inside, outside] = [await makeSection(app), await makeSection(app)];
    const limited = await app.createKey({ name: 'limited', role: 'editor', sections: [inside.id] });
    const hidden = [
      [limited, await makePublished(app, { section: outside.id })],
      [limited, await makeArticle(app)],
      ['writer', await makeArticle(app, { embargoUntil: inOneHour() })],
    ] as const;
    app.clock.advance(1000);
    for (const [as, article] of hidden) {
      await trash(article);
      await app.newEvents();
      const absent = outline(await untrash('0195f2a0-0000-7000-8000-00000000dead', as));
      expect(absent).toMatchObject({ status: 404 });
      for (const name of [article.id, article.slug]) expect(outline(await untrash(name, as))).toEqual(absent);
      expect(await types()).toEqual([]);
    }
  });
});

describe('an article whose section, source, people and tags went into the trash meanwhile', () => {
  type Part = { path: string; id: string; etag: string; pointer: string };
  /** In the trash, then out of it; everything it refers to is in the trash. */
  async function makeBereft(): Promise<{ id: string; parts: Part[] }> {
    const [section, source, author, editor, tag] = [
      await makeSection(app, { name: '旧栏目' }),
      await makeSource(app, { name: '旧来源' }),
      await makeEditor(app, { name: '走了的人' }),
      await makeEditor(app, { name: '也走了' }),
      await makeTag(app),
    ];
    const article = await makeArticle(app, {
      section: section.id,
      source: source.id,
      credits: [
        { role: 'author', editor: author.id },
        { role: 'translator', name: '特约' },
        { role: 'editor', editor: editor.id },
      ],
      tags: ['留下的', tag.id],
    });
    await trash(article);
    const parts = [
      { path: '/v1/editors', ...author, pointer: '/credits/0/editor' },
      { path: '/v1/editors', ...editor, pointer: '/credits/2/editor' },
      { path: '/v1/sections', ...section, pointer: '/section' },
      { path: '/v1/sources', ...source, pointer: '/source' },
      { path: '/v1/tags', ...tag, pointer: '/tags/1' },
    ];
    for (const { path, id } of parts) {
      expect((await app.delete(`${path}/${id}`, { ifMatch: '*' })).status).toBe(204);
    }
    expect((await untrash(article.id)).status).toBe(200);
    await app.newEvents();
    return { id: article.id, parts };
  }
  const pointersOf = ({ body }: Answer) => body.errors.map(({ pointer }: { pointer: string }) => pointer);

  it.each([
    ['published', () => undefined, ''],
    ['scheduled', () => ({ at: inOneHour() }), ''],
    ['published in a dry run', () => undefined, '?dryRun=true'],
  ])('is not %s: a 409 lists all of them, and nothing is dropped', async (_name, order, search) => {
    const { id, parts } = await makeBereft();
    const answer = await app.post(`/v1/articles/${id}/publish${search}`, order(), { ifMatch: '*' });
    expect(answer.body).toMatchObject({ status: 409, code: 'article.not_ready' });
    expect(pointersOf(answer)).toEqual(parts.map(({ pointer }) => pointer));
    for (const name of ['旧栏目', '旧来源', '走了的人', '也走了']) expect(answer.body.detail).toContain(name);
    expect(answer.body.errors.every(({ code }: { code: string }) => code === 'trashed')).toBe(true);
    expect(await types()).toEqual([]);
    const draft = await app.get(`/v1/articles/${id}?perspective=draft`, { as: 'editor' });
    expect(draft.body).toMatchObject({ section: { name: '旧栏目' }, source: { name: '旧来源' } });
    expect(draft.body.credits).toHaveLength(3);
    expect(draft.body.tags).toHaveLength(2);
  });

  it('is published once they are out of the trash, one after the other', async () => {
    const { id, parts } = await makeBereft();
    for (const [i, { path, id: part }] of parts.entries()) {
      const refused = await app.post(`/v1/articles/${id}/publish`, undefined, { ifMatch: '*' });
      expect(pointersOf(refused)).toEqual(parts.slice(i).map(({ pointer }) => pointer));
      expect((await app.post(`${path}/${part}/untrash`, undefined, { ifMatch: '*' })).status).toBe(200);
    }
    expect((await app.post(`/v1/articles/${id}/publish`, undefined, { ifMatch: '*' })).status).toBe(200);
  });

  it('is published once they are replaced', async () => {
    const { id } = await makeBereft();
    const patch = { section: null, source: null, credits: [{ role: 'author', name: '本报' }], tags: ['留下的'] };
    expect((await app.patch(`/v1/articles/${id}`, patch, { ifMatch: '*' })).status).toBe(200);
    expect((await app.post(`/v1/articles/${id}/publish`, undefined, { ifMatch: '*' })).status).toBe(200);
  });

  it('goes on being worked on', async () => {
    const { id } = await makeBereft();
    const answer = await app.patch(`/v1/articles/${id}`, { title: '继续写' }, { ifMatch: '*' });
    expect(answer).toMatchObject({ status: 200, body: { title: '继续写', section: { name: '旧栏目' } } });
  });
});
