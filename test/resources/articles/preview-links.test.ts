// Preview links: who makes, lists and revokes them. The secret is in one answer and nowhere else.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/core/hash.ts';
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
const instantIn = (seconds: number) => new Date(app.clock.now().getTime() + seconds * 1000).toISOString();
const path = (id: string) => `/v1/articles/${id}/preview-links`;
const link = (id: string, order?: object, as = 'editor') => app.post(path(id), order, { as });
const open = ({ url }: { url: string }) => app.get(new URL(url).pathname);
const types = async () => (await app.newEvents()).map(({ type }) => type);

function outline({ status, headers, body }: Answer): object {
  const { requestId: _own, ...rest } = body ?? {};
  const { date: _date, 'x-request-id': _id, ...fixed } = headers;
  return { status, headers: fixed, body: rest };
}

describe('making a link', () => {
  it('answers with its address, once; it lasts a day and follows the newest version unless said otherwise', async () => {
    const editor = await makeEditor(app, { name: '赵海' });
    const as = await app.createKey({ name: '门户', role: 'editor', editor: editor.id });
    const article = await makeArticle(app);
    const answer = await link(article.slug, undefined, as);
    expect(answer.status).toBe(201);
    const { id, token } = answer.body;
    expect(answer.body).toEqual({
      id,
      version: null,
      createdAt: app.clock.now().toISOString(),
      createdBy: { type: 'editor', id: editor.id, name: '赵海' },
      expiresAt: instantIn(86_400),
      revokedAt: null,
      token,
      url: `https://news.test/v1/previews/${token}`,
    });
    const location = `https://news.test${path(article.id)}/${id}`;
    expect(answer.headers).toMatchObject({ 'cache-control': 'private, no-store', location });
    expect(answer.headers.etag).toBeUndefined();
    const { token: _token, url: _url, ...known } = answer.body;
    expect((await app.get(new URL(location).pathname, { as: 'editor' })).body).toEqual(known);
  });

  it('takes a version and how long it lasts, from a minute to thirty days', async () => {
    const article = await makeArticle(app);
    for (const expiresInSeconds of [60, 2_592_000]) {
      const { body } = await link(article.id, { version: 1, expiresInSeconds });
      expect(body).toMatchObject({ version: 1, expiresAt: instantIn(expiresInSeconds) });
    }
  });

  it('draws a token of 190 random bits, and keeps only its digest', async () => {
    const article = await makeArticle(app);
    const tokens = new Set<string>();
    for (let i = 0; i < 20; i += 1) tokens.add((await link(article.id)).body.token);
    expect(tokens.size).toBe(20);
    for (const token of tokens) expect(token).toMatch(/^mhl_[0-9A-Za-z]{32}$/);
    expect(32 * Math.log2(62)).toBeGreaterThan(190);
    const stored = await app.deps.db.sql.rows<{ digest: Uint8Array; row: string }>(
      'select digest, l::text as row from preview_link l where article_id = $1::uuid',
      [article.id],
    );
    const digests = stored.map(({ digest }) => Buffer.from(digest).toString('hex')).toSorted();
    expect(digests).toEqual([...tokens].map((token) => sha256(token).toString('hex')).toSorted());
    for (const { row } of stored) for (const token of tokens) expect(row).not.toContain(token.slice(4));
  });

  it('is told without its secret, under its own id', async () => {
    const article = await makeArticle(app);
    await app.newEvents();
    const { body } = await link(article.id, { version: 1, expiresInSeconds: 600 });
    const events = await app.newEvents();
    expect(events).toMatchObject([
      {
        type: 'preview_link.created',
        subjectId: body.id,
        payload: { articleId: article.id, version: 1, expiresAt: instantIn(600) },
      },
    ]);
    expect(Object.keys(events[0]!.payload)).toHaveLength(3);
  });

  it('is no change of the article', async () => {
    const article = await makeArticle(app);
    await link(article.id);
    const draft = await app.get(`/v1/articles/${article.id}?perspective=draft`, { as: 'editor' });
    expect(draft.headers.etag).toBe(article.etag);
    expect(draft.text).not.toContain('preview');
  });

  it.each([
    ['59 seconds', { expiresInSeconds: 59 }],
    ['more than thirty days', { expiresInSeconds: 2_592_001 }],
    ['half a second', { expiresInSeconds: 60.5 }],
    ['a text for a number', { expiresInSeconds: '60' }],
    ['version 0', { version: 0 }],
    ['a version that is no whole number', { version: 1.5 }],
    ['a field that is not there', { token: 'mine' }],
  ])('of %s is a 400, and none is made', async (_name, order) => {
    const article = await makeArticle(app);
    await app.newEvents();
    expect((await link(article.id, order)).status).toBe(400);
    expect(await types()).toEqual([]);
  });

  it.each([2, 4_000_000_000, Number.MAX_SAFE_INTEGER])(
    'of version %s, which is not there, is a 422',
    async (version) => {
      const article = await makeArticle(app);
      await app.newEvents();
      expect((await link(article.id, { version })).body).toMatchObject({
        status: 422,
        code: 'article.version_not_found',
        errors: [{ pointer: '/version', code: 'version_not_found' }],
      });
      expect(await types()).toEqual([]);
    },
  );

  it('of a version that was filed outside of the key’s sections answers as if there were none', async () => {
    const article = await makeArticle(app, { section: outside, title: '别处的秘密' });
    await app.patch(`/v1/articles/${article.id}`, { section: inside }, { ifMatch: '*' });
    const [other, absent] = [
      await link(article.id, { version: 1 }, limited),
      await link(article.id, { version: 3 }, limited),
    ];
    expect(other.body).toMatchObject({ status: 422, detail: 'There is no version 1.' });
    expect(absent.body).toMatchObject({ status: 422, detail: 'There is no version 3.' });
    expect((await link(article.id, { version: 2 }, limited)).status).toBe(201);
    expect((await link(article.id, { version: 1 })).status).toBe(201);
  });

  it('in a dry run shows no secret, and leaves no link', async () => {
    const article = await makeArticle(app);
    await app.newEvents();
    const answer = await app.post(`${path(article.id)}?dryRun=true`, {});
    expect(answer).toMatchObject({ status: 201, body: { token: null, url: null, version: null } });
    expect(await types()).toEqual([]);
    expect((await app.get(path(article.id), { as: 'editor' })).body.data).toEqual([]);
  });

  it('again with the same Idempotency-Key is the same link, whose secret is not shown a second time', async () => {
    const article = await makeArticle(app);
    const options = { headers: { 'Idempotency-Key': 'link-1' } };
    const first = await app.post(path(article.id), {}, options);
    const again = await app.post(path(article.id), {}, options);
    expect(first.body.token).toMatch(/^mhl_/);
    expect(again.status).toBe(201);
    expect(again.body).toEqual({ ...first.body, token: null, url: null });
    expect(idsOf((await app.get(path(article.id), { as: 'editor' })).body.data)).toEqual([first.body.id]);
    const kept = await app.deps.db.sql.rows<{ row: string }>('select k::text as row from idempotent_answer k', []);
    expect(kept.length).toBeGreaterThan(0);
    for (const { row } of kept) expect(row).not.toContain(first.body.token);
  });
});

describe('the links of an article', () => {
  it('are listed newest first without their secrets, those that expired or were revoked included', async () => {
    const article = await makeArticle(app);
    const made: string[] = [];
    const tokens: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      app.clock.advance(1);
      const { body } = await link(article.id, { expiresInSeconds: 60 });
      made.unshift(body.id);
      tokens.push(body.token);
    }
    await app.delete(`${path(article.id)}/${made[0]}`);
    const revokedAt = app.clock.now().toISOString();
    app.clock.advance(120_000);
    const pages = await walk(app, `${path(article.id)}?limit=2`, 'editor');
    const rows = pages.flatMap((page) => page.body.data);
    expect(idsOf(rows)).toEqual(made);
    expect(rows.map((row) => row.revokedAt)).toEqual([revokedAt, null, null, null, null]);
    for (const page of pages) {
      expect(page.headers['cache-control']).toBe('private, no-store');
      for (const token of tokens) expect(page.text).not.toContain(token.slice(4));
    }
  });

  it('are not those of another article', async () => {
    const [one, other] = [await makeArticle(app), await makeArticle(app)];
    const { id } = (await link(one.id)).body;
    expect((await app.get(path(other.id), { as: 'editor' })).body.data).toEqual([]);
    expect((await app.get(`${path(other.id)}/${id}`, { as: 'editor' })).status).toBe(404);
    expect((await app.delete(`${path(other.id)}/${id}`)).status).toBe(404);
    expect((await app.get(`${path(one.id)}/${id}`, { as: 'editor' })).body.revokedAt).toBeNull();
  });
});

describe('revoking a link', () => {
  it('ends it at once; a second time changes nothing and is no fault', async () => {
    const article = await makeArticle(app);
    const { body } = await link(article.id);
    expect((await open(body)).status).toBe(200);
    await app.newEvents();
    const revoke = () => app.delete(`${path(article.slug)}/${body.id}`);
    expect(await revoke()).toMatchObject({ status: 204, text: '' });
    expect((await open(body)).status).toBe(404);
    expect(await app.newEvents()).toMatchObject([
      {
        type: 'preview_link.revoked',
        subjectId: body.id,
        payload: { articleId: article.id, version: null, expiresAt: body.expiresAt },
      },
    ]);
    const [first] = (await app.get(path(article.id), { as: 'editor' })).body.data;
    app.clock.advance(1000);
    expect((await revoke()).status).toBe(204);
    expect(await types()).toEqual([]);
    expect((await app.get(path(article.id), { as: 'editor' })).body.data).toEqual([first]);
  });

  it('twice at the same time is told once', async () => {
    const article = await makeArticle(app);
    const { body } = await link(article.id);
    await app.newEvents();
    const answers = await Promise.all([1, 2, 3, 4].map(() => app.delete(`${path(article.id)}/${body.id}`)));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    expect(await types()).toEqual(['preview_link.revoked']);
  });

  it('leaves the other links of the article as they are', async () => {
    const article = await makeArticle(app);
    const [one, other] = [await link(article.id), await link(article.id)];
    await app.delete(`${path(article.id)}/${one.body.id}`);
    expect((await open(other.body)).status).toBe(200);
  });

  it('in a dry run leaves it open', async () => {
    const article = await makeArticle(app);
    const { body } = await link(article.id);
    expect((await app.delete(`${path(article.id)}/${body.id}?dryRun=true`)).status).toBe(204);
    expect((await open(body)).status).toBe(200);
  });
});

/** Every use of an article's links. */
const uses: [name: string, run: (id: string, as: string, linkId?: string) => Promise<Answer>][] = [
  ['making one', (id, as) => link(id, {}, as)],
  ['listing them', (id, as) => app.get(path(id), { as })],
  ['reading one', (id, as, linkId = absentId) => app.get(`${path(id)}/${linkId}`, { as })],
  ['revoking one', (id, as, linkId = absentId) => app.delete(`${path(id)}/${linkId}`, { as })],
];

describe.each(uses)('%s', (_name, run) => {
  it('is refused to a viewer, and to a writer on what others made: 403', async () => {
    const article = await makeArticle(app);
    const { id } = (await link(article.id)).body;
    await app.newEvents();
    for (const as of ['viewer', 'writer']) {
      expect((await run(article.id, as, id)).body).toMatchObject({ status: 403, code: 'auth.forbidden' });
    }
    expect(await types()).toEqual([]);
  });

  it('works for a writer on own articles, and needs a key', async () => {
    const article = await makeArticle(app, {}, 'writer');
    const { id } = (await link(article.id, {}, 'writer')).body;
    expect((await run(article.id, 'writer', id)).status).toBeLessThan(300);
    expect((await run(article.id, 'mh_00000000_nothing', id)).status).toBe(401);
  });

  it('answers the very same 404 for a draft that the key may not read as for none', async () => {
    const hidden = [
      [limited, await makeArticle(app, { section: outside })],
      [limited, await makeArticle(app)],
      ['writer', await makeArticle(app, { embargoUntil: instantIn(3600) })],
    ] as const;
    for (const [as, article] of hidden) {
      const { id } = (await link(article.id)).body;
      await app.newEvents();
      const absent = outline(await run(absentId, as));
      expect(absent).toMatchObject({ status: 404 });
      for (const name of [article.id, article.slug]) expect(outline(await run(name, as, id))).toEqual(absent);
      expect(await types()).toEqual([]);
    }
  });

  it('does not reach a public article outside of the key’s sections', async () => {
    const article = await makePublished(app, { section: outside });
    const { id } = (await link(article.id)).body;
    await app.newEvents();
    expect([403, 404]).toContain((await run(article.id, limited, id)).status);
    expect(await types()).toEqual([]);
  });
});
