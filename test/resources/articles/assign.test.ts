// Whose turn it is: editors give an article to somebody of the newsroom, who finds it on the desk. No content: it makes no
// version, and is told by an event of its own.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makePublished, makeSection } from '../../support/factories.ts';
import { idsOf } from './newsroom.ts';

let app: TestApp;
let liu: { id: string; slug: string; body: { name: string } };
let zhao: { id: string; slug: string };
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  liu = await makeEditor(app, { name: '刘莹莹' });
  zhao = await makeEditor(app, { name: '赵海' });
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

type Made = { id: string; etag: string };
const assign = (article: { id: string }, assignee: string | null, as = 'editor', ifMatch = '*') =>
  app.patch(`/v1/articles/${article.id}`, { assignee }, { as, ifMatch });
const listVersions = async ({ id }: { id: string }) =>
  (await app.get(`/v1/articles/${id}/versions`, { as: 'viewer' })).body.data;

describe('an assignee', () => {
  it.each([
    ['slug', () => liu.slug],
    ['id', () => liu.id],
  ])('is set by %s, and cleared with null, without a new version', async (_form, name) => {
    const article = await makeArticle(app);
    const versions = await listVersions(article);
    await app.newEvents();
    app.clock.advance(1000);
    const set = await assign(article, name(), 'editor', article.etag);
    expect(set).toMatchObject({
      status: 200,
      headers: { etag: '"r2"' },
      body: {
        assignee: { id: liu.id, slug: liu.slug, name: '刘莹莹' },
        version: 1,
        revision: 2,
        state: 'draft',
        updatedAt: app.clock.now().toISOString(),
      },
    });
    const cleared = await assign(article, null, 'editor', '"r2"');
    expect(cleared.body).toMatchObject({ assignee: null, version: 1, revision: 3 });
    expect(await listVersions(article)).toEqual(versions);
    expect(await app.newEvents()).toMatchObject([
      {
        type: 'article.assigned',
        subjectId: article.id,
        payload: { revision: 2, fields: ['assignee'], assigneeId: liu.id },
      },
      { type: 'article.assigned', payload: { revision: 3, fields: ['assignee'], assigneeId: null } },
    ]);
  });

  it('is set with the article, in its first version', async () => {
    const article = await makeArticle(app, { assignee: liu.slug });
    expect(article.body).toMatchObject({ assignee: { slug: liu.slug }, version: 1, revision: 1 });
    expect((await app.newEvents()).map(({ type }) => type)).toEqual(['article.created', 'article.assigned']);
  });

  it('goes with a change of content as one version and one revision, told by both events', async () => {
    const article = await makeArticle(app);
    await app.newEvents();
    const patch = { title: '改题', assignee: liu.id };
    const answer = await app.patch(`/v1/articles/${article.id}`, patch, { ifMatch: article.etag });
    expect(answer.body).toMatchObject({ title: '改题', assignee: { id: liu.id }, version: 2, revision: 2 });
    expect(await app.newEvents()).toMatchObject([
      { type: 'article.revised', payload: { revision: 2, version: 2, fields: ['title', 'assignee'] } },
      { type: 'article.assigned', payload: { revision: 2 } },
    ]);
  });

  it('stays where a patch does not name it, and where a replacement does not', async () => {
    const article = await makeArticle(app, { assignee: liu.id, externalId: 'fen-pei-1' });
    const patched = await app.patch(`/v1/articles/${article.id}`, { title: '改题' }, { ifMatch: '*' });
    const put = await app.put('/v1/articles/by-external-id/fen-pei-1', { title: '换题' });
    for (const { body } of [patched, put]) expect(body.assignee.id).toBe(liu.id);
  });

  it('that is the same already is no change', async () => {
    const article = await makeArticle(app, { assignee: liu.id });
    await app.newEvents();
    expect((await assign(article, liu.slug)).body.revision).toBe(1);
    expect(await app.newEvents()).toEqual([]);
  });

  it('is not what the public reads, and moves nothing there', async () => {
    const article = await makePublished(app);
    const before = await app.get(`/v1/articles/${article.id}`);
    await assign(article, liu.id);
    const after = await app.get(`/v1/articles/${article.id}`);
    expect(after.text).toBe(before.text);
    expect(after.text).not.toContain('assignee');
  });

  it.each([
    ['a slug that nobody has', () => 'mei-you'],
    ['an id that nobody has', () => '0195f2a0-0000-7000-8000-00000000dead'],
    ['the id of something else', async () => (await makeSection(app)).id],
    [
      'somebody in the trash',
      async () => {
        const gone = await makeEditor(app);
        await app.delete(`/v1/editors/${gone.id}`, { ifMatch: '*' });
        return gone.slug;
      },
    ],
  ])('that is %s is a 422 that points at it', async (_name, name) => {
    const article = await makeArticle(app);
    const assignee = await name();
    await app.newEvents();
    const patch = await app.patch(`/v1/articles/${article.id}`, { assignee, title: '改题' }, { ifMatch: '*' });
    const post = await app.post('/v1/articles', { title: '新稿', assignee });
    for (const { body } of [patch, post]) {
      expect(body).toMatchObject({
        status: 422,
        code: 'reference.not_found',
        errors: [{ pointer: '/assignee', code: 'not_found' }],
      });
    }
    expect(await app.newEvents()).toEqual([]);
  });

  it.each([[7], [''], [{ contains: 'l' }], [['liu']], [true]])('that is %j is a 400', async (assignee) => {
    const article = await makeArticle(app);
    expect((await app.patch(`/v1/articles/${article.id}`, { assignee }, { ifMatch: '*' })).status).toBe(400);
  });

  it('is kept out of the trash by the work that waits; the refusal names it', async () => {
    const editor = await makeEditor(app);
    const article = await makeArticle(app, { title: '等着的稿', assignee: editor.id });
    const refused = await app.delete(`/v1/editors/${editor.id}`, { ifMatch: '*' });
    expect(refused.body).toMatchObject({
      status: 409,
      code: 'editor.in_use',
      usedBy: [{ type: 'article', id: article.id, name: '等着的稿' }],
    });
    await assign(article, null);
    expect((await app.delete(`/v1/editors/${editor.id}`, { ifMatch: '*' })).status).toBe(204);
  });

  it('either gets the work or goes into the trash, never both, when both happen at once', async () => {
    for (let round = 0; round < 6; round += 1) {
      const [editor, article] = [await makeEditor(app), await makeArticle(app)];
      const [gone, given] = await Promise.all([
        app.delete(`/v1/editors/${editor.id}`, { ifMatch: '*' }),
        assign(article, editor.id),
      ]);
      expect([
        [204, 422],
        [409, 200],
      ]).toContainEqual([gone.status, given.status]);
    }
  });
});

describe('who assigns', () => {
  it('a writer does not, own articles neither: 403, and nothing of the patch is stored', async () => {
    const article = await makeArticle(app, {}, 'writer');
    await app.newEvents();
    const patch = { title: '改题', assignee: liu.id };
    const answers = [
      await app.patch(`/v1/articles/${article.id}`, patch, { as: 'writer', ifMatch: '*' }),
      await app.post('/v1/articles', { title: '新稿', assignee: liu.id }, { as: 'writer' }),
      await app.put('/v1/articles/by-external-id/fen-pei-2', { title: '新稿', assignee: liu.id }, { as: 'writer' }),
    ];
    for (const { body } of answers) expect(body).toMatchObject({ status: 403, code: 'auth.forbidden' });
    expect(await app.newEvents()).toEqual([]);
  });

  it('a writer neither hands own work over nor lets it go', async () => {
    const article = await makeArticle(app, {}, 'writer');
    await assign(article, liu.id);
    for (const assignee of [zhao.id, null]) expect((await assign(article, assignee, 'writer')).status).toBe(403);
  });

  it('a writer may repeat who it is, and leave it out', async () => {
    const article = await makeArticle(app, {}, 'writer');
    await assign(article, liu.id);
    const patch = { title: '改题', assignee: liu.slug };
    const answer = await app.patch(`/v1/articles/${article.id}`, patch, { as: 'writer', ifMatch: '*' });
    expect(answer.body).toMatchObject({ title: '改题', assignee: { id: liu.id } });
  });

  it('an admin does', async () => {
    expect((await assign(await makeArticle(app), liu.id, 'admin')).status).toBe(200);
  });
});

describe('the desk', () => {
  it('shows each editor what is given to them, as soon as it is', async () => {
    const [wang, sun] = [await makeEditor(app), await makeEditor(app)];
    const keyOf = (editor: { id: string }) => app.createKey({ name: '门户', role: 'editor', editor: editor.id });
    const [wangs, suns] = [await keyOf(wang), await keyOf(sun)];
    const desk = async (as: string) =>
      idsOf((await app.get('/v1/articles?perspective=draft&assignee=me', { as })).body.data);
    const article = await makeArticle(app);
    expect(await desk(wangs)).toEqual([]);
    await assign(article, wang.slug, suns);
    expect([await desk(wangs), await desk(suns)]).toEqual([[article.id], []]);
    await app.post(`/v1/articles/${article.id}/submit`, undefined, { ifMatch: '*' });
    const review = '/v1/articles?perspective=draft&state=in_review&assignee=me';
    expect(idsOf((await app.get(review, { as: wangs })).body.data)).toEqual([article.id]);
    await assign(article, sun.id, wangs);
    expect([await desk(wangs), await desk(suns)]).toEqual([[], [article.id]]);
    await assign(article, null, suns);
    expect([await desk(wangs), await desk(suns)]).toEqual([[], []]);
  });
});

describe('a client that does not know of it', () => {
  const stale = (article: Made) =>
    app.patch(`/v1/articles/${article.id}`, { title: '我的题' }, { ifMatch: article.etag });

  it('is told by 412 that whose turn it is has changed, by whom and when', async () => {
    const as = await app.createKey({ name: '门户', role: 'editor', editor: zhao.id });
    const article = await makeArticle(app);
    app.clock.advance(5000);
    const at = app.clock.now().toISOString();
    await assign(article, liu.id, as);
    const answer = await stale(article);
    expect(answer.body).toMatchObject({
      status: 412,
      code: 'request.precondition_failed',
      errors: [{ pointer: '/assignee', code: 'changed' }],
      changes: [{ fields: ['assignee'], by: { type: 'editor', id: zhao.id }, at }],
      currentETag: '"r2"',
    });
  });

  it('is told of every change since: state, assignee, embargo and content, in order', async () => {
    const article = await makeArticle(app);
    await app.post(`/v1/articles/${article.id}/submit`, undefined, { ifMatch: '*' });
    await assign(article, liu.id);
    await app.patch(`/v1/articles/${article.id}`, { embargoUntil: '2027-01-01T00:00:00Z' }, { ifMatch: '*' });
    await app.patch(`/v1/articles/${article.id}`, { summary: '导语' }, { ifMatch: '*' });
    const { body } = await stale(article);
    expect(body.changes.map(({ fields }: { fields: string[] }) => fields)).toEqual([
      ['state'],
      ['assignee'],
      ['embargoUntil'],
      ['summary'],
    ]);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/state',
      '/assignee',
      '/embargoUntil',
      '/summary',
    ]);
    expect(body.currentETag).toBe('"r5"');
  });

  it('is not told of a comment, which is no change', async () => {
    const article = await makeArticle(app);
    await app.post(`/v1/articles/${article.id}/comments`, { text: 'x' });
    expect((await stale(article)).status).toBe(200);
  });
});
