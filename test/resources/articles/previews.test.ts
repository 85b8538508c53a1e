// What a preview link shows: one version of one article as the public would read it, never kept by anybody; and when it
// shows nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeSection, publish } from '../../support/factories.ts';
import { giveBack, takeBack } from './taking-back.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

type Link = { id: string; token: string };
const link = async (id: string, order: object = {}): Promise<Link> => {
  const answer = await app.post(`/v1/articles/${id}/preview-links`, order);
  expect(answer.status).toBe(201);
  return answer.body;
};
const open = ({ token }: { token: string }, search = '', options = {}) =>
  app.get(`/v1/previews/${token}${search}`, options);
const hour = 3_600_000;
const inOneHour = () => new Date(app.clock.now().getTime() + hour).toISOString();

/** The answer as a client can tell it apart from another. */
function outline({ status, headers, body }: Answer): object {
  const { requestId: _own, ...rest } = body ?? {};
  const { date: _date, 'x-request-id': _id, ...fixed } = headers;
  return { status, headers: fixed, body: rest };
}

describe('a preview', () => {
  it('shows a draft in the shape in which the public would read it, and nothing of the work on it', async () => {
    const section = await makeSection(app, { name: '产经' });
    const input = {
      title: '未公开的稿件',
      section: section.id,
      tags: ['新标签'],
      body: { markdown: '第一段。' },
      credits: [{ role: 'author', name: '特约' }],
      externalId: 'wai-bu-1',
      note: '内部说明',
    };
    const article = await makeArticle(app, input, 'writer');
    await app.post(`/v1/articles/${article.id}/comments`, { text: '内部评论' });
    const preview = await open(await link(article.id));
    expect(preview.status).toBe(200);
    expect(preview.body).toMatchObject({
      id: article.id,
      title: '未公开的稿件',
      section: { slug: section.slug },
      tags: [{ name: '新标签' }],
      credits: [{ role: 'author', name: '特约', editor: null }],
      version: 1,
      publishedAt: null,
      firstPublishedAt: null,
      updatedAt: app.clock.now().toISOString(),
    });
    const live = await publish(app, article);
    const shown = (await app.get(`/v1/articles/${live.id}`)).body;
    expect(Object.keys(preview.body).toSorted()).toEqual(Object.keys(shown).toSorted());
    const { publishedAt: _at, firstPublishedAt: _first, updatedAt: _updated, ...content } = shown;
    expect(preview.body).toMatchObject(content);
    expect(preview.text).not.toMatch(/内部|wai-bu-1|writer|revision|state/);
  });

  it('without a version follows the newest; with one it stays', async () => {
    const article = await makeArticle(app, { title: '第一版' });
    const [newest, first] = [await link(article.id), await link(article.id, { version: 1 })];
    await app.patch(`/v1/articles/${article.id}`, { title: '第二版' }, { ifMatch: '*' });
    expect((await open(newest)).body).toMatchObject({ title: '第二版', version: 2 });
    expect((await open(first)).body).toMatchObject({ title: '第一版', version: 1 });
  });

  it('shows the working copy of a public article; the public goes on reading what is published', async () => {
    const article = await makePublished(app, { title: '公开' });
    await app.patch(`/v1/articles/${article.id}`, { title: '改动', slug: 'gai-dong' }, { ifMatch: '*' });
    const preview = (await open(await link(article.id))).body;
    expect(preview).toMatchObject({ title: '改动', slug: 'gai-dong', firstPublishedAt: article.body.firstPublishedAt });
    expect((await app.get(`/v1/articles/${article.id}`)).body.title).toBe('公开');
  });

  it('tells nothing of what is scheduled', async () => {
    const article = await makeArticle(app);
    const before = await open(await link(article.id));
    await publish(app, article, { at: inOneHour() });
    expect((await open(await link(article.id))).text).toBe(before.text);
  });

  it('has the forms and fields of an article, and refuses other parameters', async () => {
    const article = await makeArticle(app, { title: '形式', body: { markdown: '**重**点' } });
    const made = await link(article.id);
    expect((await open(made)).body.body.blocks).toHaveLength(1);
    expect((await open(made, '?body=html')).body.body).toEqual({
      html: expect.stringContaining('<strong>重</strong>点'),
    });
    expect((await open(made, '?body=markdown')).body.body.markdown).toContain('**重**点');
    expect((await open(made, '?body=text')).body.body).toEqual({ text: '重点' });
    expect((await open(made, '?body=none')).body).not.toHaveProperty('body');
    expect((await open(made, '?fields=title')).body).toEqual({ id: article.id, title: '形式' });
    for (const search of ['?fields=state', '?fields=createdBy', '?perspective=draft', '?asOf=2026-01-01', '?x=1']) {
      expect((await open(made, search)).status, search).toBe(400);
    }
  });

  it('shows related articles only as the public sees them now', async () => {
    const hidden = await makeArticle(app, { title: '相关的秘密' });
    const known = await makePublished(app, { title: '相关已公开' });
    await app.patch(`/v1/articles/${known.id}`, { title: '相关的改动' }, { ifMatch: '*' });
    const article = await makeArticle(app, { related: [hidden.id, known.id] });
    const preview = await open(await link(article.id));
    expect(preview.body.related).toMatchObject([{ id: known.id, title: '相关已公开' }]);
    expect(preview.text).not.toMatch(/秘密|改动/);
  });

  it('is kept and indexed by nobody, whatever is asked', async () => {
    const made = await link((await makeArticle(app)).id);
    const conditions = { 'If-None-Match': '*', 'If-Modified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT' };
    const head = await app.call('HEAD', `/v1/previews/${made.token}`);
    for (const answer of [await open(made), await open(made, '', { headers: conditions }), head]) {
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        'cache-control': 'private, no-store',
        'x-robots-tag': 'noindex, nofollow',
        'referrer-policy': 'no-referrer',
      });
      for (const name of ['etag', 'last-modified', 'surrogate-key']) expect(answer.headers[name]).toBeUndefined();
    }
    expect(head.text).toBe('');
    expect(Number(head.headers['content-length'])).toBe(Buffer.byteLength((await open(made)).text));
  });

  it('shows the same with a key as without one; a wrong key is a 401 all the same', async () => {
    const made = await link((await makeArticle(app)).id);
    expect((await open(made, '', { as: 'admin' })).text).toBe((await open(made)).text);
    expect((await open(made, '', { as: 'mh_00000000_nothing' })).status).toBe(401);
  });

  it('records nothing', async () => {
    const made = await link((await makeArticle(app)).id);
    await app.newEvents();
    await open(made);
    expect(await app.newEvents()).toEqual([]);
  });
});

describe('a token opens nothing else:', () => {
  it('it is no API key', async () => {
    const { token } = await link((await makeArticle(app)).id);
    for (const path of ['/v1/me', '/v1/articles', '/v1/articles?perspective=draft']) {
      expect((await app.get(path, { as: token })).body).toMatchObject({ status: 401, code: 'auth.invalid' });
    }
    expect((await app.post('/v1/articles', { title: 'x' }, { as: token })).status).toBe(401);
  });

  it('an API key, the id of a link and the id or slug of its article are no tokens', async () => {
    const article = await makePublished(app);
    const { id } = await link(article.id);
    for (const token of [app.keys.admin, id, article.id, article.slug]) {
      expect((await open({ token })).status).toBe(404);
    }
  });

  it('addresses below it do not exist, and it takes no writes', async () => {
    const { token } = await link((await makeArticle(app)).id);
    for (const rest of ['/comments', '/versions', '/history', '/publish', '/']) {
      expect((await app.get(`/v1/previews/${token}${rest}`)).status).toBe(404);
    }
    for (const method of ['POST', 'PATCH', 'PUT', 'DELETE']) {
      const answer = await app.call(method, `/v1/previews/${token}`, { as: 'admin', body: {} });
      expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } });
    }
  });
});

describe('a link that opens nothing answers the very same 404, whatever the reason:', () => {
  const unknown = `mhl_${'0'.repeat(32)}`;
  const absent = async () => outline(await open({ token: unknown }));

  it('an unknown token is a 404 that is not kept', async () => {
    const answer = await open({ token: unknown });
    expect(answer.body).toMatchObject({ status: 404, code: 'resource.not_found' });
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex, nofollow' });
  });

  it.each([
    ['short', 'x'],
    ['long', 'x'.repeat(499)],
    ['blank', '%20'],
    ['Chinese', encodeURIComponent('青岛')],
    ['with a NUL character', 'mhl_%00'],
    ['with a quote', "mhl_'%20or%201=1"],
    ['a uuid', '0195f2a0-0000-7000-8000-00000000dead'],
  ])('a malformed token: %s', async (_name, token) => {
    expect(outline(await open({ token }))).toEqual(await absent());
  });

  it('a malformed token that is longer than any address here, in the same words', async () => {
    const { requestId: _own, ...long } = (await open({ token: 'x'.repeat(2000) })).body;
    const { requestId: _other, ...short } = (await open({ token: unknown })).body;
    expect(long).toEqual(short);
  });

  it('a token with a letter too many, too few, or in the other case', async () => {
    const { token } = await link((await makeArticle(app)).id);
    for (const wrong of [`${token}0`, token.slice(0, -1), token.toUpperCase(), token.toLowerCase().slice(4)]) {
      expect(outline(await open({ token: wrong }))).toEqual(await absent());
    }
  });

  it('an expired link, from that very millisecond on', async () => {
    const made = await link((await makeArticle(app)).id, { expiresInSeconds: 60 });
    app.clock.advance(59_999);
    expect((await open(made)).status).toBe(200);
    app.clock.advance(1);
    expect(outline(await open(made))).toEqual(await absent());
  });

  it('a revoked one', async () => {
    const article = await makeArticle(app);
    const made = await link(article.id);
    await app.delete(`/v1/articles/${article.id}/preview-links/${made.id}`);
    expect(outline(await open(made))).toEqual(await absent());
  });

  it('one of an article in the trash, and not after it came out of it either', async () => {
    const article = await makeArticle(app);
    const made = await link(article.id);
    await app.delete(`/v1/articles/${article.id}`, { ifMatch: '*' });
    expect(outline(await open(made))).toEqual(await absent());
    await app.post(`/v1/articles/${article.id}/untrash`, undefined, { ifMatch: '*' });
    expect(outline(await open(made))).toEqual(await absent());
    const { body } = await app.get(`/v1/articles/${article.id}/preview-links`, { as: 'editor' });
    expect(body.data[0].revokedAt).not.toBeNull();
    expect((await open(await link(article.id))).status).toBe(200);
  });

  it('one of an article under an embargo, until it ends; for editors too', async () => {
    const article = await makeArticle(app);
    const made = await link(article.id);
    await app.patch(`/v1/articles/${article.id}`, { embargoUntil: inOneHour() }, { ifMatch: '*' });
    const during = await link(article.id, { version: 1 });
    app.clock.advance(hour - 1);
    for (const each of [made, during]) {
      expect(outline(await open(each))).toEqual(await absent());
      expect((await open(each, '', { as: 'admin' })).status).toBe(404);
    }
    app.clock.advance(1);
    for (const each of [made, during]) expect((await open(each)).status).toBe(200);
  });

  it('one handed out before the article was taken back, while that stands; a later one shows what is being mended', async () => {
    const article = await makePublished(app);
    const before = await link(article.id);
    app.clock.advance(1000);
    await takeBack(app, article.id);
    app.clock.advance(1000);
    expect(outline(await open(before))).toEqual(await absent());
    expect((await open(await link(article.id))).status).toBe(200);
    await giveBack(app, article.id);
    expect((await open(before)).status).toBe(200);
  });

  it('one of an article that was purged', async () => {
    const article = await makeArticle(app);
    const made = await link(article.id);
    await app.delete(`/v1/articles/${article.id}`, { ifMatch: '*' });
    app.clock.advance(1000);
    const purge = await app.post('/v1/articles/purge', { olderThan: 'PT1S' }, { as: 'admin' });
    expect(purge.body.data.map(({ id }: { id: string }) => id)).toContain(article.id);
    expect(outline(await open(made))).toEqual(await absent());
  });
});
