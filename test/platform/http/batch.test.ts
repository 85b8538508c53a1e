// POST /v1/batch: several writes in one transaction, each as it would be alone, each able to name what came before.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeSection } from '../../support/factories.ts';
import { type Call, comparable, everyWrite, listWrites, send, unique } from './every-write.ts';
import { fingerprintDatabase } from './refusals.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

type Operation = { name?: string; method: string; path: string; ifMatch?: unknown; body?: unknown };
const batch = (operations: Operation[], options: object = {}) => app.post('/v1/batch', { operations }, options);
const toOperation = ({ method, path, ifMatch, body }: Call): Operation => ({ method, path, ifMatch, body });
const create = (body: object, name?: string): Operation => ({ name, method: 'POST', path: '/v1/articles', body });
const types = async () => (await app.newEvents()).map(({ type }) => type);

const alone = ['createApiKey', 'revokeApiKey', 'createPreviewLink', 'importPageText', 'purgeArticles', 'runBatch'];
const together = Object.keys(everyWrite).filter((id) => !alone.includes(id));

it('takes every write but those that make secrets, read files, or are batches themselves', async () => {
  const declared = await listWrites();
  const taken = declared.filter(({ write }) => write?.inBatch).map(({ operationId }) => operationId);
  expect(taken.toSorted()).toEqual(together.toSorted());
});

describe.each(together)('%s in a batch', (operationId) => {
  it('answers what it answers alone', async () => {
    const call = await everyWrite[operationId]!(app);
    const alone = await send(app, { ...call, path: `${call.path}?dryRun=true` });
    await app.newEvents();
    const answer = await batch([toOperation(call)], { as: call.as });
    expect(answer.status, answer.text).toBe(200);
    const [result] = answer.body.results;
    expect(result.status).toBe(alone.status);
    expect(comparable(JSON.stringify(result.body))).toEqual(comparable(alone.text));
    const { id, revision } = result.body ?? {};
    expect(result.etag).toBe(revision === undefined ? null : `"r${revision}"`);
    if (result.status === 201 && operationId.startsWith('create')) {
      expect(result.location).toBe(`https://news.test${call.path}/${id}`);
    }
    expect((await types()).length).toBeGreaterThan(0);
  });
});

it('results carry what ETag and Location are alone, and null where there is none', async () => {
  const single = await app.post('/v1/articles', { title: '单' });
  const made = await makeArticle(app);
  const { results } = (
    await batch([create({ title: '单' }), { method: 'DELETE', path: `/v1/articles/${made.slug}`, ifMatch: made.etag }])
  ).body;
  expect(results[0]).toMatchObject({ status: 201, etag: single.headers.etag });
  expect(results[0].location.replace(results[0].body.id, single.body.id)).toBe(single.headers.location);
  expect(results[1]).toEqual({ status: 204, etag: null, location: null, body: null });
});

it('of 100 operations is carried out in one transaction, its events in the order of the operations', async () => {
  const titles = Array.from({ length: 100 }, () => unique('百'));
  const answer = await batch(titles.map((title) => create({ title })));
  expect(answer.status).toBe(200);
  const ids = answer.body.results.map(({ body }: { body: { id: string } }) => body.id);
  const events = await app.newEvents();
  expect(events.map(({ type }) => type)).toEqual(Array(100).fill('article.created'));
  expect(events.map(({ subjectId }) => subjectId)).toEqual(ids);
  expect(events.map(({ position }) => position - events[0]!.position)).toEqual([...Array(100).keys()]);
  const rows = await app.deps.db.sql.rows<{ count: number }>(
    'select count(distinct xmin::text)::int as count from article where id = any($1::uuid[])',
    [ids],
  );
  expect(rows[0]!.count).toBe(1);
});

describe('a name stands for', () => {
  it('the id that was made, in paths, bodies and lists, over nouns', async () => {
    const answer = await batch([
      { name: 'top', method: 'POST', path: '/v1/sections', body: { name: unique('经') } },
      { name: 'sub', method: 'POST', path: '/v1/sections', body: { name: unique('产'), parent: { $ref: 'top' } } },
      { name: 'who', method: 'POST', path: '/v1/editors', body: { name: unique('于') } },
      { name: 'from', method: 'POST', path: '/v1/sources', body: { name: unique('文') } },
      { name: 'about', method: 'POST', path: '/v1/tags', body: { name: unique('青') } },
      create({ title: unique('前篇') }, 'before'),
      create(
        {
          title: unique('后篇'),
          section: { $ref: 'sub' },
          source: { $ref: 'from' },
          credits: [{ role: 'reporter', editor: { $ref: 'who' } }],
          tags: [{ $ref: 'about' }],
          related: [{ $ref: 'before' }],
          metadata: { follows: { $ref: 'before' }, deep: [{ also: [{ $ref: 'top' }] }] },
        },
        'story',
      ),
      { method: 'POST', path: '/v1/articles/{story}/comments', body: { text: '好' } },
      { method: 'POST', path: '/v1/articles/{story}/publish', ifMatch: { $ref: 'story' } },
    ]);
    expect(answer.status, answer.text).toBe(200);
    const [top, sub, who, from, about, before, story, comment, published] = answer.body.results.map(
      ({ body }: { body: object }) => body,
    );
    expect(sub.parent.id).toBe(top.id);
    expect(story).toMatchObject({
      section: { id: sub.id },
      source: { id: from.id },
      credits: [{ editor: { id: who.id } }],
      tags: [{ slug: about.slug }],
      related: [{ id: before.id }],
      metadata: { follows: before.id, deep: [{ also: [top.id] }] },
    });
    expect(comment.text).toBe('好');
    expect(published).toMatchObject({ id: story.id, isPublic: true, revision: 2 });
    expect((await app.get(`/v1/articles/${story.slug}`)).body).toMatchObject({ id: story.id, section: { id: sub.id } });
    expect(await types()).toEqual([
      'section.created',
      'section.created',
      'editor.created',
      'source.created',
      'tag.created',
      'article.created',
      'article.created',
      'article.commented',
      'article.published',
    ]);
  });

  it('what was changed or upserted too, and its ETag is the one after that operation', async () => {
    const made = await makeArticle(app);
    const answer = await batch([
      { name: 'first', method: 'PATCH', path: `/v1/articles/${made.id}`, ifMatch: made.etag, body: { urgency: 1 } },
      { name: 'second', method: 'POST', path: '/v1/articles/{first}/submit', ifMatch: { $ref: 'first' } },
      { name: 'third', method: 'POST', path: '/v1/articles/{first}/approve', ifMatch: { $ref: 'second' } },
      { name: 'up', method: 'PUT', path: '/v1/articles/by-external-id/batch-1', body: { title: '外' } },
      { method: 'PATCH', path: '/v1/articles/{up}', ifMatch: { $ref: 'up' }, body: { related: [{ $ref: 'third' }] } },
    ]);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body.results.map(({ etag }: { etag: string }) => etag)).toEqual([
      '"r2"',
      '"r3"',
      '"r4"',
      '"r1"',
      '"r2"',
    ]);
    expect(answer.body.results[4].body.related).toMatchObject([{ id: made.id }]);
  });

  it('one thing only where it is one: text that merely looks like a reference is content', async () => {
    const metadata = {
      schema: { $ref: '#/definitions/story' },
      two: { $ref: 'story', also: 1 },
      text: '{story}',
      list: { $ref: ['story'] },
    };
    const title = '标题 {story} 不是引用';
    const answer = await batch([create({ title, metadata }, 'story'), create({ title, metadata })]);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body.results[1].body).toMatchObject({ title, metadata });
  });

  it('nothing special when it is called like a member of every object', async () => {
    const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf'];
    const answer = await batch([
      ...names.map((name) => create({ title: unique(name) }, name)),
      ...names.map((name) => ({ method: 'POST', path: `/v1/articles/{${name}}/submit`, ifMatch: { $ref: name } })),
    ]);
    expect(answer.status, answer.text).toBe(200);
    const ids = answer.body.results.map(({ body }: { body: { id: string } }) => body.id);
    expect(ids.slice(4)).toEqual(ids.slice(0, 4));
  });
});

it('a later operation sees what an earlier one did: a slug is taken, a section is in use, an article is public', async () => {
  const section = await makeSection(app);
  const slug = unique('xian-dao').replace(' ', '-');
  const taken = await batch([create({ title: '一', slug }), create({ title: '二', slug })]);
  expect(taken.body).toMatchObject({ status: 422, operation: 1, problem: { code: 'article.slug_taken' } });
  const used = await batch([
    create({ title: '一', section: section.id }),
    { method: 'DELETE', path: `/v1/sections/${section.id}`, ifMatch: '*' },
  ]);
  expect(used.body).toMatchObject({ status: 422, operation: 1, problem: { code: 'section.in_use' } });
  const generated = await batch([create({ title: '同题' }), create({ title: '同题' }), create({ title: '同题' })]);
  const slugs = generated.body.results.map(({ body }: { body: { slug: string } }) => body.slug);
  expect(new Set(slugs).size).toBe(3);
});

it('the same article may be changed again and again; each publication takes over from the one before', async () => {
  const made = await makePublished(app);
  const operations = ['甲', '乙', '丙'].flatMap((title) => [
    { method: 'PATCH', path: `/v1/articles/${made.id}`, ifMatch: '*', body: { title } },
    { method: 'POST', path: `/v1/articles/${made.id}/publish`, ifMatch: '*' },
  ]);
  expect((await batch(operations)).status).toBe(200);
  const rows = await app.deps.db.prisma.publication.findMany({
    where: { articleId: made.id },
    orderBy: { visibleFrom: 'asc' },
  });
  expect(rows.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
  for (const [i, row] of rows.entries()) expect(row.visibleUntil).toEqual(rows[i + 1]?.visibleFrom ?? null);
  app.clock.advance(10);
  expect((await app.get(`/v1/articles/${made.id}`)).body.title).toBe('丙');
});

describe('as a whole', () => {
  const operations = () => [
    { name: 'tag', method: 'POST', path: '/v1/tags', body: { name: unique('整') } },
    create({ title: unique('整'), tags: [{ $ref: 'tag' }] }),
  ];

  it('is rehearsed: the answer without ETags and Locations, and nothing stored', async () => {
    const asked = operations();
    const before = await fingerprintDatabase(app);
    const rehearsed = await app.post('/v1/batch?dryRun=true', { operations: asked });
    expect(await fingerprintDatabase(app)).toEqual(before);
    expect(rehearsed.status).toBe(200);
    for (const result of rehearsed.body.results)
      expect(result).toMatchObject({ status: 201, etag: null, location: null });
    const real = await batch(asked);
    const bodies = ({ body }: { body: { results: { body: object }[] } }) =>
      comparable(JSON.stringify(body.results.map((result) => result.body)));
    expect(bodies(real)).toEqual(bodies(rehearsed));
  });

  it('is replayed under its Idempotency-Key, whatever its operations have become since', async () => {
    const asked = operations();
    const headers = { 'Idempotency-Key': 'whole' };
    const first = await batch(asked, { headers });
    expect(first.status).toBe(200);
    await app.delete(`/v1/articles/${first.body.results[1].body.id}`, { ifMatch: '*' });
    const before = await fingerprintDatabase(app);
    const again = await batch(asked, { headers });
    expect([again.status, again.text, again.headers['idempotency-replayed']]).toEqual([200, first.text, 'true']);
    expect(await fingerprintDatabase(app)).toEqual(before);
    const other = await batch(asked.slice(0, 1), { headers });
    expect(other.body.code).toBe('idempotency.key_reused');
  });

  it('works the same in SQL alone and with Prisma', async () => {
    const article = () => create({ title: unique('双') });
    const sql = await batch([article(), article()]);
    const mixed = await batch([article(), { method: 'POST', path: '/v1/tags', body: { name: unique('双') } }]);
    const shape = (result: { body: object }) => Object.keys(result.body);
    expect(shape(mixed.body.results[0])).toEqual(shape(sql.body.results[0]));
  });
});
