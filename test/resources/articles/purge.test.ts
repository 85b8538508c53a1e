// What is purged from the trash is gone for good: its text from every table, its addresses for everybody, its public
// slugs for every other article.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, publish } from '../../support/factories.ts';
import { dayMs, findText, makeRich, makeTrashed, purge, type Rich, trash } from './purging.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const draft = (idOrSlug: string) => app.get(`/v1/articles/${idOrSlug}?perspective=draft`, { as: 'admin' });
const statusOf = async (path: string, as?: string) => (await app.get(path, { as })).status;

describe('a purged article', () => {
  let rich: Rich;
  let wasPublicAt: string;
  let trashedAt: string;
  let hash: string;
  let answer: Awaited<ReturnType<typeof purge>>;
  let events: Awaited<ReturnType<TestApp['newEvents']>>;
  beforeAll(async () => {
    rich = await makeRich(app, 'quxiao');
    wasPublicAt = app.clock.now().toISOString();
    app.clock.advance(60_000);
    trashedAt = app.clock.now().toISOString();
    await trash(app, rich.id);
    const last = await app.deps.db.prisma.articleVersion.findFirst({ where: { articleId: rich.id, number: 3 } });
    hash = Buffer.from(last!.hash).toString('hex');
    app.clock.advance(30 * dayMs);
    await app.newEvents();
    answer = await purge(app, 'P30D');
    events = await app.newEvents();
  });

  it('is named in the answer, and by a tombstone in the log without a word of its text', () => {
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('private, no-store');
    expect(answer.body).toEqual({ data: [{ id: rich.id, trashedAt, versions: 3 }], hasMore: false });
    expect(events).toEqual([
      {
        position: expect.any(Number),
        type: 'article.purged',
        subjectId: rich.id,
        actorId: 'admin',
        payload: { versions: 3, hash, trashedAt },
      },
    ]);
  });

  it('has left its words in no table but in what the log told before, and in the slugs that the public has seen', async () => {
    expect(await findText(app, rich.mark)).toEqual(['article_slug', 'event']);
    const kept = await app.deps.db.prisma.articleSlug.findMany({ where: { slug: { startsWith: rich.mark } } });
    expect(kept.map(({ slug, articleId }) => [slug, articleId]).toSorted()).toEqual(
      rich.publicSlugs.map((slug) => [slug, null]),
    );
    expect(await findText(app, rich.id)).toEqual(['event']);
  });

  it('is the same 404 as what never was, for everybody, under every name, and as of when it was public', async () => {
    const never = (await app.get('/v1/articles/never-was')).text.replace(/"requestId":"[^"]+"/, '');
    for (const name of [rich.id, ...rich.publicSlugs, rich.draftSlug]) {
      for (const [path, as] of [
        [`/v1/articles/${name}`],
        [`/v1/articles/${name}?asOf=${wasPublicAt}`],
        [`/v1/articles/${name}?asOf=${wasPublicAt}`, 'admin'],
        [`/v1/articles/${name}?perspective=draft`, 'admin'],
      ] as [string, string?][]) {
        const { status, text } = await app.get(path, { as });
        expect([path, status, text.replace(/"requestId":"[^"]+"/, '')]).toEqual([path, 404, never]);
      }
      const patch = await app.patch(`/v1/articles/${name}`, { title: '迟' }, { as: 'admin', ifMatch: '*' });
      const untrash = await app.post(`/v1/articles/${name}/untrash`, undefined, { as: 'admin', ifMatch: '*' });
      expect([patch.status, untrash.status]).toEqual([404, 404]);
    }
  });

  it('is in no list, also as of when it was public', async () => {
    for (const path of [
      '/v1/articles?limit=100',
      `/v1/articles?limit=100&asOf=${wasPublicAt}`,
      `/v1/articles?ids=${rich.id}&asOf=${wasPublicAt}`,
      `/v1/articles?tag=${encodeURIComponent('清除')}&asOf=${wasPublicAt}`,
    ]) {
      const { status, text } = await app.get(path);
      expect([path, status]).toEqual([path, 200]);
      expect(text).not.toContain(rich.id);
    }
  });

  it('keeps the slugs that the public has seen from every other article, and frees what only drafts used', async () => {
    for (const slug of rich.publicSlugs) {
      const taken = await app.post('/v1/articles', { title: '新', slug });
      expect(taken).toMatchObject({ status: 409, body: { code: 'article.slug_taken' } });
      expect(taken.text).not.toContain(rich.id);
      const other = await makeArticle(app);
      expect((await app.patch(`/v1/articles/${other.id}`, { slug }, { ifMatch: '*' })).status).toBe(409);
    }
    const made = await makeArticle(app, { title: 'quxiao one' });
    expect(made.slug).toBe('quxiao-one-2');
    expect((await makeArticle(app, { slug: rich.draftSlug })).slug).toBe(rich.draftSlug);
  });

  it('gives its external id back', async () => {
    const { status, body } = await app.put('/v1/articles/by-external-id/quxiao-outside', { title: '重来' });
    expect([status, body.id === rich.id]).toEqual([201, false]);
  });
});

describe('purging', () => {
  it('leaves what is too young, to the millisecond, what came out of the trash, and what was never in it', async () => {
    const [young, back] = [await makeTrashed(app), await makeTrashed(app)];
    const [kept, live] = [await makeArticle(app), await makePublished(app)];
    await app.post(`/v1/articles/${back}/untrash`, undefined, { ifMatch: '*' });
    app.clock.advance(7 * dayMs - 1);
    await app.newEvents();
    expect((await purge(app, 'P1W')).body).toEqual({ data: [], hasMore: false });
    expect(await app.newEvents()).toEqual([]);
    app.clock.advance(1);
    expect((await purge(app, '7d')).body.data).toMatchObject([{ id: young }]);
    for (const id of [back, kept.id, live.id]) expect((await draft(id)).status).toBe(200);
    expect(await statusOf(`/v1/articles/${live.slug}`)).toBe(200);
  });

  it.each(['', '30', '-30d', 'P', 'PT', 'p30d', '-P30D', '+P30D', 'P30', '1.5d', 'P99999Y', '30 days', 'P1H'])(
    'of %j, which is no duration, is refused and removes nothing',
    async (olderThan) => {
      const id = await makeTrashed(app);
      app.clock.advance(40 * dayMs);
      const { status, body } = await purge(app, olderThan);
      expect([status, body.errors[0].pointer]).toEqual([400, '/olderThan']);
      expect(await app.deps.db.prisma.article.count({ where: { id } })).toBe(1);
    },
  );

  it('takes a hundred at a time, the oldest first, and says whether there are more', async () => {
    await purge(app, 'P0D');
    const ids = await makeManyTrashed(101);
    const first = await purge(app, 'PT0S');
    expect(first.body.data.map((row: { id: string }) => row.id)).toEqual(ids.slice(0, 100));
    expect(first.body.hasMore).toBe(true);
    const second = await purge(app, 'PT0S');
    expect([second.body.data.map((row: { id: string }) => row.id), second.body.hasMore]).toEqual([
      ids.slice(100),
      false,
    ]);
  });

  it('can be rehearsed: the same answer, and everything still there', async () => {
    const id = await makeTrashed(app, { title: '排练' });
    app.clock.advance(dayMs);
    await app.newEvents();
    const rehearsed = await app.post('/v1/articles/purge?dryRun=true', { olderThan: 'P1D' }, { as: 'admin' });
    expect(rehearsed.body.data).toMatchObject([{ id, versions: 1 }]);
    expect(await app.newEvents()).toEqual([]);
    expect(await app.deps.db.prisma.articleVersion.count({ where: { articleId: id } })).toBe(1);
    expect((await purge(app, 'P1D')).text).toBe(rehearsed.text);
  });

  it('is repeated by a retry with the same Idempotency-Key only in words', async () => {
    const headers = { 'Idempotency-Key': 'purge-once' };
    const once = () => app.post('/v1/articles/purge', { olderThan: 'P1D' }, { as: 'admin', headers });
    const first = await makeTrashed(app);
    app.clock.advance(dayMs);
    expect((await once()).body.data).toMatchObject([{ id: first }]);
    const second = await makeTrashed(app);
    app.clock.advance(dayMs / 2);
    expect((await once()).body.data).toMatchObject([{ id: first }]);
    expect(await app.deps.db.prisma.article.count({ where: { id: second } })).toBe(1);
  });

  async function makeManyTrashed(count: number): Promise<string[]> {
    const source = await makeArticle(app);
    const statements = [
      `create temporary table many as select gen_random_uuid() as id, n from generate_series(1, ${count}) n`,
      `insert into article (id, slug, title, created_at, created_by_service, updated_at, trashed_at)
       select id, 'many-' || n, 'many', $2, 'test', $2, $2::timestamptz + n * interval '1 ms' from many, (select $1::text) x`,
      `insert into article_version (article_id, number, slug, locale, title, body, word_count, metadata, created_at,
         created_by_service, hash)
       select m.id, 1, 'many-' || m.n, v.locale, v.title, v.body, v.word_count, v.metadata, $2, 'test', v.hash
       from many m join article_version v on v.article_id = $1::uuid`,
    ];
    const at = app.clock.now();
    app.clock.advance(1000);
    return app.deps.db.transaction(async (tx) => {
      await tx.rows(statements[0]!, []);
      for (const statement of statements.slice(1)) await tx.rows(statement, [source.id, at.toISOString()]);
      const rows = await tx.rows<{ id: string }>('select id::text from many order by n', []);
      await tx.rows('drop table many', []);
      return rows.map(({ id }) => id);
    });
  }
});

describe('an article that names a purged one as related', () => {
  it('stays as it is, shows it to nobody, and can be read, edited and published', async () => {
    const gone = await makePublished(app, { title: '将清除' });
    const staying = await makePublished(app, { title: '留下' });
    const article = await makePublished(app, { related: [gone.id, staying.id] });
    await trash(app, gone.id);
    await purge(app, 'P0D');
    const versions = () => app.deps.db.prisma.articleVersion.findMany({ where: { articleId: article.id } });
    const before = await versions();
    for (const path of [`/v1/articles/${article.id}`, `/v1/articles/${article.id}?perspective=draft`]) {
      const { body, text } = await app.get(path, { as: 'editor' });
      expect(body.related.map((one: { id: string }) => one.id)).toEqual([staying.id]);
      expect(text).not.toContain('将清除');
    }
    const patched = await app.patch(`/v1/articles/${article.id}`, { summary: '改' }, { ifMatch: '*' });
    expect(patched.status).toBe(200);
    const again = await publish(app, { id: article.id, etag: patched.headers.etag! });
    expect(again.body.related).toHaveLength(1);
    const kept = await app.deps.db.prisma.articleVersionRelated.findMany({ where: { articleId: article.id } });
    expect(kept.filter((row) => row.relatedId === gone.id).length).toBeGreaterThan(0);
    expect((await versions()).filter(({ number }) => number === 1)).toEqual(before);
    const named = await app.patch(`/v1/articles/${article.id}`, { related: [gone.id] }, { ifMatch: '*' });
    expect(named).toMatchObject({ status: 422, body: { code: 'reference.not_found' } });
  });
});

it('an answer that is kept for retries goes with the article that it shows; others stay', async () => {
  const create = (title: string) =>
    app.post('/v1/articles', { title }, { headers: { 'Idempotency-Key': `key-of-${encodeURIComponent(title)}` } });
  const made = await create('要清除的稿件');
  const other = await create('不相干的稿件');
  await trash(app, made.body.id);
  app.clock.advance(1000);
  expect((await purge(app, 'PT1S')).status).toBe(200);
  const rows = await app.deps.db.prisma.idempotentAnswer.findMany();
  expect(rows.some(({ body }) => body?.includes('要清除的稿件'))).toBe(false);
  expect((await create('不相干的稿件')).text).toBe(other.text);
});
