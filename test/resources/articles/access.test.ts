import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makePublished, makeSection, publish } from '../../support/factories.ts';

let app: TestApp;
let inside: string;
let below: string;
let outside: string;
/** An editor limited to `inside` and the branch below it. */
let limited: string;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  inside = (await makeSection(app, { name: '财经' })).id;
  below = (await makeSection(app, { name: '证券', parent: inside })).id;
  outside = (await makeSection(app, { name: '体育' })).id;
  limited = await app.createKey({ name: '财经编辑', role: 'editor', sections: [inside] });
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

type Made = { id: string; slug: string; etag: string };
const types = async () => (await app.newEvents()).map((event) => event.type);

/** The answer as a client can tell it apart from another; `requestId` and dates differ always. */
function outline({ status, headers, body }: Answer): object {
  const { requestId: _own, ...rest } = body ?? {};
  const { date: _date, 'x-request-id': _id, ...fixed } = headers;
  return { status, headers: fixed, body: rest };
}

/** Every write there is of one article. */
const writes: [name: string, run: (id: string, key: string, ifMatch?: string) => Promise<Answer>][] = [
  ['changing', (id, as, ifMatch = '*') => app.patch(`/v1/articles/${id}`, { genre: 'x' }, { as, ifMatch })],
  ['publishing', (id, as, ifMatch = '*') => app.post(`/v1/articles/${id}/publish`, undefined, { as, ifMatch })],
  ['unpublishing', (id, as, ifMatch = '*') => app.post(`/v1/articles/${id}/unpublish`, undefined, { as, ifMatch })],
  ['trashing', (id, as, ifMatch = '*') => app.delete(`/v1/articles/${id}`, { as, ifMatch })],
];
const absentId = '0195f2a0-0000-7000-8000-00000000dead';

describe('a viewer', () => {
  it.each(writes)('is refused %s, whether the article exists or not', async (_name, run) => {
    const made = await makePublished(app);
    await app.newEvents();
    for (const id of [made.id, absentId]) {
      expect((await run(id, 'viewer')).body).toMatchObject({ status: 403, code: 'auth.forbidden' });
    }
    expect(await types()).toEqual([]);
  });

  it('is refused creating and replacing, before the body is judged', async () => {
    for (const answer of [
      await app.post('/v1/articles', { wrong: true }, { as: 'viewer' }),
      await app.put('/v1/articles/by-external-id/x', { wrong: true }, { as: 'viewer' }),
    ]) {
      expect(answer.body).toMatchObject({ status: 403, code: 'auth.forbidden' });
    }
    expect(await types()).toEqual([]);
  });
});

describe('a writer', () => {
  it('creates, changes and trashes own drafts', async () => {
    const made = await makeArticle(app, {}, 'writer');
    const changed = await app.patch(`/v1/articles/${made.id}`, { genre: 'x' }, { as: 'writer', ifMatch: made.etag });
    expect(changed.status).toBe(200);
    const trashed = await app.delete(`/v1/articles/${made.id}`, { as: 'writer', ifMatch: changed.headers.etag });
    expect(trashed.status).toBe(204);
  });

  it.each([writes[0]!, writes[3]!])('is refused %s what others made, which it may read', async (_name, run) => {
    const made = await makeArticle(app);
    await app.newEvents();
    expect((await run(made.id, 'writer')).body).toMatchObject({ status: 403, code: 'auth.forbidden' });
    expect((await app.get(`/v1/articles/${made.id}?perspective=draft`, { as: 'writer' })).status).toBe(200);
    expect(await types()).toEqual([]);
  });

  it.each([writes[1]!, writes[2]!])('is refused %s, also of own articles', async (_name, run) => {
    const made = await makeArticle(app, {}, 'writer');
    await app.newEvents();
    expect((await run(made.id, 'writer')).body).toMatchObject({ status: 403, code: 'auth.forbidden' });
    expect(await types()).toEqual([]);
  });

  it.each([
    ['is public', undefined],
    ['is scheduled', { at: '2030-01-01T00:00:00Z' }],
  ])('is refused trashing an own article that %s', async (_name, order) => {
    const made = await makeArticle(app, {}, 'writer');
    const live = await publish(app, made, order);
    await app.newEvents();
    const answer = await app.delete(`/v1/articles/${made.id}`, { as: 'writer', ifMatch: live.etag });
    expect(answer.body).toMatchObject({ status: 403, code: 'auth.forbidden' });
    expect(await types()).toEqual([]);
  });

  it('changes the working copy of an own public article; the public version stays', async () => {
    const made = await makeArticle(app, { title: '公开' }, 'writer');
    const live = await publish(app, made);
    const changed = await app.patch(`/v1/articles/${made.id}`, { title: '改' }, { as: 'writer', ifMatch: live.etag });
    expect(changed.status).toBe(200);
    expect((await app.get(`/v1/articles/${made.id}`)).body.title).toBe('公开');
  });

  it('"own" is the editor’s, whichever of the editor’s keys is used; another editor’s key is another', async () => {
    const [one, two] = [await makeEditor(app), await makeEditor(app)];
    const key = (editor: string) => app.createKey({ name: '记者', role: 'writer', editor });
    const made = await makeArticle(app, {}, await key(one.id));
    expect(made.body.createdBy).toEqual({ type: 'editor', id: one.id, name: one.body.name });
    const patch = { genre: 'x' };
    const same = await app.patch(`/v1/articles/${made.id}`, patch, { as: await key(one.slug), ifMatch: made.etag });
    expect(same.status).toBe(200);
    const other = await app.patch(`/v1/articles/${made.id}`, { genre: 'y' }, { as: await key(two.id), ifMatch: '*' });
    expect(other.status).toBe(403);
  });

  it('is told of lost rights before lost updates: a stale If-Match on what others made is a 403', async () => {
    const made = await makeArticle(app);
    const answer = await app.patch(`/v1/articles/${made.id}`, { genre: 'x' }, { as: 'writer', ifMatch: '"r9"' });
    expect(answer.status).toBe(403);
  });
});

describe('an editor whose key is limited to a section', () => {
  it.each([
    ['the section itself', () => inside],
    ['the branch below it', () => below],
  ])('may do everything with articles of %s', async (_name, section) => {
    const made = await makeArticle(app, { section: section() }, limited);
    for (const [, run] of writes) expect((await run(made.id, limited)).status).toBeLessThan(300);
  });

  it.each(writes)('%s a public article outside is a 403 that says so', async (_name, run) => {
    const made = await makePublished(app, { section: outside });
    await app.newEvents();
    for (const name of [made.id, made.slug]) {
      const answer = await run(name, limited);
      expect(answer.body).toMatchObject({ status: 403, code: 'auth.outside_sections' });
    }
    expect(await types()).toEqual([]);
  });

  const hidden: [name: string, bring: () => Promise<Made>][] = [
    ['a draft outside', () => makeArticle(app, { section: outside })],
    ['a draft in no section', () => makeArticle(app)],
    [
      'a scheduled article outside',
      async () => publish(app, await makeArticle(app, { section: outside }), { at: '2030-01-01T00:00:00Z' }),
    ],
    [
      'an unpublished article outside',
      async () => {
        const made = await makePublished(app, { section: outside });
        app.clock.advance(1000);
        await app.post(`/v1/articles/${made.id}/unpublish`, undefined, { ifMatch: made.etag });
        return made;
      },
    ],
  ];
  const cases = hidden.flatMap(([what, bring]) => writes.map(([how, run]) => [how, what, bring, run] as const));
  it.each(cases)('%s %s answers the very same 404 as for nothing at all', async (_how, _what, bring, run) => {
    const made = await bring();
    await app.newEvents();
    const absent = outline(await run(absentId, limited));
    expect(absent).toMatchObject({ status: 404 });
    for (const ifMatch of ['*', '"r77"', made.etag]) {
      expect(outline(await run(made.id, limited, ifMatch))).toEqual(absent);
      expect(outline(await run(made.slug, limited, ifMatch))).toEqual(absent);
    }
    expect(await types()).toEqual([]);
  });

  it('the draft slug of a public article outside answers the same 404 as a slug that nobody has', async () => {
    const made = await makePublished(app, { section: outside, slug: 'wai-mian' });
    await app.patch(`/v1/articles/${made.id}`, { slug: 'wai-mian-mi-mi' }, { ifMatch: made.etag });
    for (const [, run] of writes) {
      expect(outline(await run('wai-mian-mi-mi', limited))).toEqual(outline(await run('mei-you-zhe-ge', limited)));
    }
  });

  it.each([
    ['outside', () => ({ section: outside })],
    ['in no section', () => ({})],
    ['in section null', () => ({ section: null })],
  ])('creating %s is a 403 that points at the section', async (_name, input) => {
    for (const answer of [
      await app.post('/v1/articles', { title: 'x', ...input() }, { as: limited }),
      await app.put('/v1/articles/by-external-id/limited', { title: 'x', ...input() }, { as: limited }),
    ]) {
      expect(answer.body).toMatchObject({
        status: 403,
        code: 'auth.outside_sections',
        errors: [{ pointer: '/section', code: 'outside_sections' }],
      });
    }
    expect(await types()).toEqual([]);
  });

  it('moves an article inside its branch', async () => {
    const made = await makeArticle(app, { section: inside }, limited);
    const moved = await app.patch(`/v1/articles/${made.id}`, { section: below }, { as: limited, ifMatch: made.etag });
    expect(moved.body.section.id).toBe(below);
  });

  it.each([
    ['out of its branch', () => outside],
    ['out of every section', () => null],
  ])('moving an article %s needs both ends: 403, nothing is written', async (_name, target) => {
    const made = await makeArticle(app, { section: inside }, limited);
    await app.newEvents();
    const patch = { section: target(), title: '搬家' };
    const answer = await app.patch(`/v1/articles/${made.id}`, patch, { as: limited, ifMatch: made.etag });
    expect(answer.body).toMatchObject({
      status: 403,
      code: 'auth.outside_sections',
      errors: [{ pointer: '/section' }],
    });
    expect(await types()).toEqual([]);
  });

  it('cannot pull an article in from outside', async () => {
    const live = await makePublished(app, { section: outside });
    const draft = await makeArticle(app, { section: outside });
    await app.newEvents();
    const pull = (made: Made) =>
      app.patch(`/v1/articles/${made.id}`, { section: inside }, { as: limited, ifMatch: made.etag });
    expect((await pull(live)).status).toBe(403);
    expect((await pull(draft)).status).toBe(404);
    expect(await types()).toEqual([]);
  });

  it('is judged by the working copy: what another moved out is out of reach, though it is public inside', async () => {
    const made = await makePublished(app, { section: inside });
    const moved = await app.patch(`/v1/articles/${made.id}`, { section: outside }, { ifMatch: made.etag });
    const answer = await app.patch(
      `/v1/articles/${made.id}`,
      { genre: 'x' },
      { as: limited, ifMatch: moved.headers.etag },
    );
    expect(answer.body).toMatchObject({ status: 403, code: 'auth.outside_sections' });
  });

  it('the answer to a write shows no related draft from outside', async () => {
    const secret = await makeArticle(app, { title: '外面的秘密', section: outside });
    const known = await makePublished(app, { title: '外面公开的', section: outside });
    const made = await makeArticle(app, { section: inside, related: [secret.id, known.id] });
    const read = await app.get(`/v1/articles/${made.id}?perspective=draft`, { as: limited });
    const written = await app.patch(`/v1/articles/${made.id}`, { genre: 'x' }, { as: limited, ifMatch: made.etag });
    for (const answer of [read, written]) {
      expect(answer.body.related.map((article: Made) => article.id)).toEqual([known.id]);
      expect(answer.text).not.toContain('外面的秘密');
    }
  });

  it('a PUT by external id does not reach an article outside', async () => {
    await makeArticle(app, { section: outside, externalId: 'wai-bu' });
    await app.newEvents();
    const input = { title: '夺走', section: inside };
    expect((await app.put('/v1/articles/by-external-id/wai-bu', input, { as: limited })).status).toBe(404);
    expect(await types()).toEqual([]);
  });
});

describe('a key that is not valid any more', () => {
  it('revoked in the middle of work answers 401 to the next write', async () => {
    const key = await app.createKey({ name: '要吊销', role: 'editor' });
    const made = await makeArticle(app, {}, key);
    const list = await app.get('/v1/api-keys?limit=100', { as: 'admin' });
    const { id } = list.body.data.find(({ name }: { name: string }) => name === '要吊销');
    expect((await app.delete(`/v1/api-keys/${id}`, { as: 'admin' })).status).toBe(204);
    await app.newEvents();
    for (const [, run] of writes) expect((await run(made.id, key)).body).toMatchObject({ code: 'auth.invalid' });
    expect((await app.post('/v1/articles', { title: 'x' }, { as: key })).status).toBe(401);
    expect(await types()).toEqual([]);
  });

  it('expired answers 401 from that very millisecond on', async () => {
    const expiresAt = new Date(app.clock.now().getTime() + 60_000).toISOString();
    const key = await app.createKey({ name: '到期', role: 'editor', expiresAt });
    app.clock.advance(59_999);
    expect((await app.post('/v1/articles', { title: '还行' }, { as: key })).status).toBe(201);
    app.clock.advance(1);
    expect((await app.post('/v1/articles', { title: '晚了' }, { as: key })).body).toMatchObject({
      status: 401,
      code: 'auth.invalid',
    });
  });

  it.each([
    ['no key', {}, 'auth.missing'],
    ['an unknown key', { as: 'mh_00000000_nothing' }, 'auth.invalid'],
    ['another scheme', { headers: { authorization: 'Basic eDp5' } }, 'auth.invalid'],
  ])('%s answers 401 to every write', async (_name, options, code) => {
    const answers = await Promise.all([
      app.call('POST', '/v1/articles', { body: { title: 'x' }, ...options }),
      app.call('PATCH', `/v1/articles/${absentId}`, { body: {}, ifMatch: '*', ...options }),
      app.call('DELETE', `/v1/articles/${absentId}`, { ifMatch: '*', ...options }),
    ]);
    for (const answer of answers) expect(answer.body).toMatchObject({ status: 401, code });
  });
});
