// The audit log: everything that happened, for admins, with filters.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { walk } from '../../resources/articles/newsroom.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makePublished, makeSection, makeTag } from '../../support/factories.ts';

type Entry = {
  id: string;
  type: string;
  subject: { type: string; id: string };
  actor: { type: string; id: string; name: string };
  key: { id: string; prefix: string | null } | null;
  requestId: string | null;
  recordedAt: string;
  payload: Record<string, unknown>;
};

let app: TestApp;
let liu: { id: string; slug: string };
let article: { id: string };
let section: { id: string };
const start = '2026-05-27T06:00:00.000Z';
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  liu = await makeEditor(app, { name: '刘莹莹', slug: 'liu-ying-ying' });
  const key = await app.createKey({ name: '桌面', role: 'editor', editor: liu.id });
  section = await makeSection(app);
  app.clock.set('2026-05-28T06:00:00.000Z');
  article = await makePublished(app);
  app.clock.set('2026-05-29T06:00:00.000Z');
  await app.patch(
    `/v1/articles/${article.id}`,
    { title: '新' },
    { ifMatch: '*', as: key, headers: { 'X-Request-Id': 'trace-1' } },
  );
  await makeTag(app);
  await app.get('/v1/articles', { as: 'mh_q3Zt81Xw_nobody' });
  await app.deps.keys.refusals.settle();
});
afterAll(() => app.close());

const audit = async (search = '', as = 'admin'): Promise<Entry[]> => {
  const answer = await app.get(`/v1/audit?limit=100${search}`, { as });
  expect([search, answer.status, answer.body.detail]).toEqual([search, 200, undefined]);
  return answer.body.data;
};
const typesOf = (entries: readonly Entry[]) => [...new Set(entries.map(({ type }) => type))].toSorted();
const everything = () => app.deps.db.prisma.event.findMany({ orderBy: { position: 'desc' }, select: { id: true } });

describe('the audit log', () => {
  it('has everything that was recorded, newest first', async () => {
    const entries = await audit();
    expect(entries.map(({ id }) => id)).toEqual((await everything()).map(({ id }) => id));
    expect(typesOf(entries)).toEqual(
      expect.arrayContaining(['api_key.created', 'article.published', 'section.created']),
    );
  });

  it('tells who did what, with which key, on which request, and what was recorded', async () => {
    const [entry] = await audit('&action=article.revised');
    const [owned] = await app.deps.db.prisma.apiKey.findMany({ where: { editorId: liu.id } });
    expect(entry).toEqual({
      id: expect.any(String),
      type: 'article.revised',
      subject: { type: 'article', id: article.id },
      actor: { type: 'editor', id: liu.id, name: '刘莹莹' },
      key: { id: owned!.id, prefix: owned!.prefix },
      requestId: 'trace-1',
      occurredAt: '2026-05-29T06:00:00.000Z',
      recordedAt: '2026-05-29T06:00:00.000Z',
      payload: expect.objectContaining({ version: 2, fields: ['title'], hash: expect.any(String) }),
    });
  });

  it('includes refused attempts on keys, by whomever', async () => {
    const [entry] = await audit('&action=api_key.refused');
    expect(entry).toMatchObject({ actor: { type: 'anonymous' }, key: null, subject: { type: 'api_key' } });
    expect(entry!.payload).toMatchObject({ reason: expect.any(String), count: 1 });
  });

  it('is not kept by any cache', async () => {
    expect((await app.get('/v1/audit', { as: 'admin' })).headers['cache-control']).toBe('private, no-store');
  });

  it('pages in the order of the log: nothing twice or left out, also while more happens', async () => {
    const ids = (await everything()).map(({ id }) => id);
    const pages = await walk(app, '/v1/audit?limit=3', 'admin');
    expect(pages.flatMap((page) => page.body.data.map(({ id }: Entry) => id))).toEqual(ids);
    const first = await app.get('/v1/audit?limit=3', { as: 'admin' });
    await makeArticle(app);
    const next = await app.get(`/v1/audit?limit=3&cursor=${first.body.page.nextCursor}`, { as: 'admin' });
    expect(next.body.data.map(({ id }: Entry) => id)).toEqual(ids.slice(3, 6));
  });

  it('refuses a cursor under another filter', async () => {
    const { nextCursor } = (await app.get('/v1/audit?limit=1', { as: 'admin' })).body.page;
    const answer = await app.get(`/v1/audit?subject=article&cursor=${nextCursor}`, { as: 'admin' });
    expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid_cursor']);
  });
});

describe('who reads it', () => {
  it('admins, and nobody else', async () => {
    expect((await app.get('/v1/audit')).status).toBe(401);
    for (const as of ['viewer', 'writer', 'editor']) expect((await app.get('/v1/audit', { as })).status).toBe(403);
  });

  it('no key that is limited to sections, admin or not', async () => {
    const limited = await app.createKey({ name: '分站', role: 'admin', sections: [section.id] });
    for (const search of ['', `?subject=${section.id}`, '?action=article.created']) {
      const answer = await app.get(`/v1/audit${search}`, { as: limited });
      expect([answer.status, answer.body.code]).toEqual([403, 'auth.outside_sections']);
    }
  });
});

describe('a filter', () => {
  it.each([
    ['by slug', () => liu.slug],
    ['by id', () => liu.id],
    ['by id in capitals', () => liu.id.toUpperCase()],
  ])('names an editor who acted %s', async (_name, name) => {
    expect(typesOf(await audit(`&actor=${name()}`))).toEqual(['article.revised']);
  });

  it('names a service that acted', async () => {
    const entries = await audit('&actor=editor');
    expect(new Set(entries.map(({ actor }) => `${actor.type} ${actor.id}`))).toEqual(new Set(['service editor']));
    expect(typesOf(entries)).toContain('article.published');
  });

  it('names those who had no key', async () => {
    expect(typesOf(await audit('&actor=anonymous'))).toEqual(['api_key.refused']);
  });

  it('names several, any of whom it may have been', async () => {
    const both = await audit('&actor=liu-ying-ying,anonymous');
    expect(typesOf(both)).toEqual(['api_key.refused', 'article.revised']);
  });

  it('names somebody who never acted, and finds nothing', async () => {
    expect(await audit('&actor=nobody')).toEqual([]);
  });

  it('names what happened, one or several', async () => {
    expect(typesOf(await audit('&action=article.published'))).toEqual(['article.published']);
    expect(typesOf(await audit('&action=tag.created,section.created'))).toEqual(['section.created', 'tag.created']);
  });

  it('names what it happened to: a noun, an id, or several of either', async () => {
    const nounsOf = (entries: readonly Entry[]) => [...new Set(entries.map(({ subject }) => subject.type))].toSorted();
    expect(nounsOf(await audit('&subject=article'))).toEqual(['article']);
    const one = await audit(`&subject=${article.id}`);
    expect(typesOf(one)).toEqual(['article.created', 'article.published', 'article.revised']);
    expect(new Set(one.map(({ subject }) => subject.id))).toEqual(new Set([article.id]));
    expect(nounsOf(await audit(`&subject=tag,${section.id}`))).toEqual(['section', 'tag']);
  });

  it('names a time; its ends are not part of it, and a date is the start of that day in the newsroom', async () => {
    const published = '2026-05-28T06:00:00.000Z';
    const between = await audit('&after=2026-05-28T05:59:59.999Z&before=2026-05-28T06:00:00.001Z');
    expect(typesOf(between)).toEqual(['article.created', 'article.published']);
    expect(await audit(`&after=${start}&before=${published}`)).toEqual([]);
    expect(typesOf(await audit('&after=2026-05-28&before=2026-05-29'))).toEqual([
      'article.created',
      'article.published',
    ]);
    // The start of the 28th in Shanghai is 16:00 of the 27th.
    expect((await audit('&before=2026-05-28')).every(({ recordedAt }) => recordedAt === start)).toBe(true);
  });

  it('names a request', async () => {
    expect((await audit('&requestId=trace-1')).map(({ type }) => type)).toEqual(['article.revised']);
  });

  it('joins another: both must hold', async () => {
    expect(await audit('&actor=liu-ying-ying&action=article.published')).toEqual([]);
    expect(typesOf(await audit(`&subject=${article.id}&action=article.published,tag.created`))).toEqual([
      'article.published',
    ]);
    expect(await audit('&subject=section&action=article.published')).toEqual([]);
  });

  it.each([
    ['action=article.exploded', '?action.0'],
    ['action=article', '?action.0'],
    ['subject=article,planet', '?subject.1'],
    ['subject=', '?subject'],
    ['actor=', '?actor'],
    ['actor=a,,b', '?actor.1'],
    ['after=yesterday', '?after'],
    ['before=2026-02-30', '?before'],
    ['after=2026-05-27T14:00:00+08:00', '?after'],
    ['requestId=', '?requestId'],
    ['who=me', '?who'],
    ['actor=a&actor=b', '?actor'],
  ])('%s is a 400 that points at it', async (search, pointer) => {
    const answer = await app.get(`/v1/audit?${search}`, { as: 'admin' });
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, pointer]);
  });
});
