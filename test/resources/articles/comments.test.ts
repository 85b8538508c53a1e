// Comments: what the newsroom says to itself about an article. No change of it, never public, and only for who may read
// the draft.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makePublished, makeSection } from '../../support/factories.ts';
import { idsOf, walk } from './newsroom.ts';

let app: TestApp;
let inside: string;
let outside: string;
/** An editor limited to `inside`. */
let limited: string;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  inside = (await makeSection(app)).id;
  outside = (await makeSection(app)).id;
  limited = await app.createKey({ name: 'limited', role: 'editor', sections: [inside] });
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

const absentId = '0195f2a0-0000-7000-8000-00000000dead';
const inOneHour = () => new Date(app.clock.now().getTime() + 3_600_000).toISOString();
const path = (id: string) => `/v1/articles/${id}/comments`;
/** A millisecond after the one before, so that their order is known. */
const comment = (id: string, text = '请核实。', as = 'editor') => {
  app.clock.advance(1);
  return app.post(path(id), { text }, { as });
};
const read = (id: string, as = 'editor') => app.get(path(id), { as });
const texts = (answer: Answer) => answer.body.data.map(({ text }: { text: string }) => text);
const draftOf = (id: string) => app.get(`/v1/articles/${id}?perspective=draft`, { as: 'editor' });

/** The answer as a client can tell it apart from another. */
function outline({ status, headers, body }: Answer): object {
  const { requestId: _own, ...rest } = body ?? {};
  const { date: _date, 'x-request-id': _id, ...fixed } = headers;
  return { status, headers: fixed, body: rest };
}

describe('commenting', () => {
  it('answers with the comment: its text, the newest version, when and by whom', async () => {
    const editor = await makeEditor(app, { name: '刘莹莹' });
    const as = await app.createKey({ name: '门户', role: 'writer', editor: editor.id });
    const article = await makeArticle(app);
    await app.patch(`/v1/articles/${article.id}`, { genre: 'x' }, { ifMatch: article.etag });
    const answer = await comment(article.slug, ' 第二段\n的数字请核实。 ', as);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.any(String),
      text: ' 第二段\n的数字请核实。 ',
      version: 2,
      createdAt: app.clock.now().toISOString(),
      createdBy: { type: 'editor', id: editor.id, name: '刘莹莹' },
    });
    expect(answer.headers).toMatchObject({
      'cache-control': 'private, no-store',
      location: `https://news.test/v1/articles/${article.id}/comments/${answer.body.id}`,
    });
    const one = await app.get(new URL(answer.headers.location!).pathname, { as: 'viewer' });
    expect(one.body).toEqual(answer.body);
    expect(one.headers['cache-control']).toBe('private, no-store');
    expect((await read(article.id)).body.data).toEqual([answer.body]);
  });

  it('is no change of the article: its working copy, ETag and dates stay', async () => {
    const article = await makePublished(app);
    const [before, seen] = [await draftOf(article.id), await app.get(`/v1/articles/${article.id}`)];
    app.clock.advance(1000);
    await comment(article.id);
    const after = await draftOf(article.id);
    expect(after.text).toBe(before.text);
    expect(after.headers.etag).toBe(before.headers.etag);
    expect((await app.get(`/v1/articles/${article.id}`)).text).toBe(seen.text);
    const patch = await app.patch(`/v1/articles/${article.id}`, { genre: 'x' }, { ifMatch: article.etag });
    expect(patch.status).toBe(200);
  });

  it('is told by one event that names the comment and the version, and not its text', async () => {
    const article = await makeArticle(app);
    await app.newEvents();
    const { body } = await comment(article.id, '机密的话');
    expect(await app.newEvents()).toEqual([
      {
        position: expect.any(Number),
        type: 'article.commented',
        subjectId: article.id,
        actorId: 'editor',
        payload: { commentId: body.id, version: 1 },
      },
    ]);
  });

  it.each([
    ['no text', {}],
    ['an empty text', { text: '' }],
    ['a blank text', { text: ' \n ' }],
    ['a text of 5001 characters', { text: '长'.repeat(5001) }],
    ['a text that is none', { text: { contains: 'x' } }],
    ['a NUL character', { text: 'a\0b' }],
    ['a further field', { text: 'x', version: 1 }],
  ])('with %s is a 400, and nothing is stored', async (_name, body) => {
    const article = await makeArticle(app);
    await app.newEvents();
    expect((await app.post(path(article.id), body)).status).toBe(400);
    expect(await app.newEvents()).toEqual([]);
    expect((await read(article.id)).body.data).toEqual([]);
  });

  it('takes 5000 characters', async () => {
    const article = await makeArticle(app);
    expect((await comment(article.id, '长'.repeat(5000))).status).toBe(201);
  });

  it('in a dry run stores nothing and names no address', async () => {
    const article = await makeArticle(app);
    await app.newEvents();
    const answer = await app.post(`${path(article.id)}?dryRun=true`, { text: '试' });
    expect(answer).toMatchObject({ status: 201, body: { text: '试', version: 1 } });
    expect(answer.headers.location).toBeUndefined();
    expect(await app.newEvents()).toEqual([]);
    expect((await read(article.id)).body.data).toEqual([]);
  });

  it('again with the same Idempotency-Key is one comment', async () => {
    const article = await makeArticle(app);
    const headers = { 'Idempotency-Key': 'comment-1' };
    const [first, again] = [
      await app.post(path(article.id), { text: '一次' }, { headers }),
      await app.post(path(article.id), { text: '一次' }, { headers }),
    ];
    expect(again.body).toEqual(first.body);
    expect(texts(await read(article.id))).toEqual(['一次']);
  });
});

describe('comments', () => {
  it('are listed newest first, page by page, each once', async () => {
    const article = await makeArticle(app);
    const made: { id: string; createdAt: string }[] = [];
    for (let i = 0; i < 7; i += 1) {
      // Three to an instant, so that instants tie; then the id decides.
      if (i % 3 === 0) app.clock.advance(1000);
      made.push((await app.post(path(article.id), { text: `第 ${i}` })).body);
    }
    const keyOf = ({ createdAt, id }: { id: string; createdAt: string }) => `${createdAt} ${id}`;
    const newestFirst = made.toSorted((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
    const pages = await walk(app, `${path(article.id)}?limit=2`, 'viewer');
    expect(pages.map((page) => page.body.data.length)).toEqual([2, 2, 2, 1]);
    expect(pages.flatMap((page) => idsOf(page.body.data))).toEqual(idsOf(newestFirst));
    for (const page of pages) expect(page.headers['cache-control']).toBe('private, no-store');
  });

  it('that come in while a reader pages are neither repeated nor do they shift the rest', async () => {
    const article = await makeArticle(app);
    for (const text of ['一', '二', '三']) await comment(article.id, text);
    const first = await app.get(`${path(article.id)}?limit=2`, { as: 'viewer' });
    await comment(article.id, '四');
    const { nextCursor } = first.body.page;
    const second = await app.get(`${path(article.id)}?limit=2&cursor=${nextCursor}`, { as: 'viewer' });
    expect([...texts(first), ...texts(second)]).toEqual(['三', '二', '一']);
    expect(second.body.page).toEqual({ limit: 2, nextCursor: null });
  });

  it('refuse a cursor of another article, an altered one, and unknown parameters', async () => {
    const [one, other] = [await makeArticle(app), await makeArticle(app)];
    for (const text of ['一', '二']) await comment(one.id, text);
    const { nextCursor } = (await app.get(`${path(one.id)}?limit=1`, { as: 'viewer' })).body.page;
    const [fingerprint] = JSON.parse(Buffer.from(nextCursor, 'base64url').toString());
    const altered = Buffer.from(JSON.stringify([fingerprint, 'yesterday', one.id])).toString('base64url');
    for (const [id, cursor] of [
      [other.id, nextCursor],
      [one.id, altered],
    ]) {
      const answer = await app.get(`${path(id)}?cursor=${cursor}`, { as: 'viewer' });
      expect(answer.body).toMatchObject({ status: 400, code: 'request.invalid_cursor' });
    }
    expect((await app.get(`${path(one.id)}?perspective=draft`, { as: 'viewer' })).status).toBe(400);
  });

  it('made by a submission, a return and an approval are among them, told by the event of the act alone', async () => {
    const article = await makeArticle(app, {}, 'writer');
    const act = async (action: string, body: object, as: string) => {
      app.clock.advance(1);
      const answer = await app.post(`/v1/articles/${article.id}/${action}`, body, { as, ifMatch: '*' });
      expect(answer.status).toBe(200);
    };
    await act('submit', { comment: '请审' }, 'writer');
    await act('return', { comment: '退回' }, 'editor');
    await act('submit', {}, 'writer');
    await act('approve', { comment: '通过' }, 'editor');
    const list = await read(article.id);
    expect(texts(list)).toEqual(['通过', '退回', '请审']);
    const ids = idsOf(list.body.data).toReversed();
    const events = (await app.newEvents()).slice(1);
    expect(events.map(({ type }) => type)).toEqual([
      'article.submitted',
      'article.returned',
      'article.submitted',
      'article.approved',
    ]);
    expect(events.map(({ payload }) => payload.commentId)).toEqual([ids[0], ids[1], null, ids[2]]);
    expect(JSON.stringify(events)).not.toMatch(/请审|退回|通过/);
  });

  it('are in no answer to the public, nor in the article’s own draft', async () => {
    const article = await makePublished(app);
    await comment(article.id, '不可外传');
    for (const answer of [
      await app.get(`/v1/articles/${article.id}`),
      await app.get('/v1/articles?limit=100&body=text'),
      await draftOf(article.id),
    ]) {
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain('不可外传');
    }
    expect((await app.get(path(article.id))).body).toMatchObject({ status: 401, code: 'auth.missing' });
  });

  it('of another article are not there', async () => {
    const [one, other] = [await makeArticle(app), await makeArticle(app)];
    const { id } = (await comment(one.id)).body;
    expect((await app.get(`${path(one.id)}/${id}`, { as: 'viewer' })).status).toBe(200);
    expect((await app.get(`${path(other.id)}/${id}`, { as: 'viewer' })).status).toBe(404);
    expect((await app.get(`${path(one.id)}/${absentId}`, { as: 'viewer' })).status).toBe(404);
  });
});

describe('who comments and who reads comments:', () => {
  it('a viewer reads and does not write; a writer comments on what others made', async () => {
    const article = await makeArticle(app);
    expect((await comment(article.id, '是我', 'writer')).status).toBe(201);
    await app.newEvents();
    expect((await comment(article.id, '看看', 'viewer')).body).toMatchObject({ status: 403, code: 'auth.forbidden' });
    expect(await app.newEvents()).toEqual([]);
    expect(texts(await read(article.id, 'viewer'))).toEqual(['是我']);
  });

  const hidden: [name: string, as: () => string, bring: () => Promise<{ id: string; slug: string }>][] = [
    ['a draft outside of the key’s sections', () => limited, () => makeArticle(app, { section: outside })],
    ['a draft in no section', () => limited, () => makeArticle(app)],
    ['an embargoed draft of another', () => 'writer', () => makeArticle(app, { embargoUntil: inOneHour() })],
    [
      'an article in the trash',
      () => 'editor',
      async () => {
        const made = await makeArticle(app);
        await comment(made.id, '秘密');
        await app.delete(`/v1/articles/${made.id}`, { ifMatch: '*' });
        return made;
      },
    ],
  ];
  it.each(hidden)('%s answers the very same 404 as nothing at all', async (_name, as, bring) => {
    const article = await bring();
    await comment(article.id, '秘密');
    await app.newEvents();
    const absent = { list: outline(await read(absentId, as())), write: outline(await comment(absentId, 'x', as())) };
    expect(absent).toMatchObject({ list: { status: 404 }, write: { status: 404 } });
    for (const name of [article.id, article.slug]) {
      expect(outline(await read(name, as()))).toEqual(absent.list);
      expect(outline(await comment(name, 'x', as()))).toEqual(absent.write);
    }
    expect(await app.newEvents()).toEqual([]);
  });

  it('a public article outside of the key’s sections: its comments are not there, writing one is a 403', async () => {
    const article = await makePublished(app, { section: outside });
    await comment(article.id, '秘密');
    expect((await read(article.id, limited)).status).toBe(404);
    expect((await comment(article.id, 'x', limited)).body).toMatchObject({ code: 'auth.outside_sections' });
  });

  it('a key that is limited reads what was said while the article was filed in its sections', async () => {
    const article = await makeArticle(app, { section: outside });
    const early = await comment(article.id, '别处说的');
    await app.patch(`/v1/articles/${article.id}`, { section: inside }, { ifMatch: '*' });
    await comment(article.id, '这里说的');
    expect(texts(await read(article.id, limited))).toEqual(['这里说的']);
    expect((await app.get(`${path(article.id)}/${early.body.id}`, { as: limited })).status).toBe(404);
    expect(texts(await read(article.id))).toEqual(['这里说的', '别处说的']);
  });
});
