import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeTag, publish } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

const minute = 60_000;
const after = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
type Made = { id: string; slug: string; etag: string };

const revised = async (made: Made, patch: object): Promise<Made> => {
  const answer = await app.patch(`/v1/articles/${made.id}`, patch, { ifMatch: made.etag });
  return { ...made, etag: answer.headers.etag! };
};
const scheduledUpdate = async () =>
  publish(app, await revised(await makePublished(app), { genre: 'x' }), { at: after(minute) });

type Scenario = [
  name: string,
  bring: () => Promise<Made | null>,
  act: (made: Made) => Promise<{ status: number }>,
  types: string[],
];
const order = (made: Made, body?: object) => app.post(`/v1/articles/${made.id}/publish`, body, { ifMatch: made.etag });
const withdraw = (made: Made, body?: object) =>
  app.post(`/v1/articles/${made.id}/unpublish`, body, { ifMatch: made.etag });
const patch = (made: Made, body: object) => app.patch(`/v1/articles/${made.id}`, body, { ifMatch: made.etag });
const trash = (made: Made) => app.delete(`/v1/articles/${made.id}`, { ifMatch: made.etag });
const upsert = (id: string, body: object) => app.put(`/v1/articles/by-external-id/${id}`, body);

const scenarios: Scenario[] = [
  ['create', async () => null, () => app.post('/v1/articles', { title: '一' }), ['article.created']],
  [
    'create with a new and a known tag',
    async () => {
      await makeTag(app, { name: '已有' });
      return null;
    },
    () => app.post('/v1/articles', { title: '一', tags: ['已有', '未有'] }),
    ['tag.drafted', 'article.created'],
  ],
  ['change', () => makeArticle(app), (made) => patch(made, { title: '二' }), ['article.revised']],
  ['change of the slug', () => makeArticle(app), (made) => patch(made, { slug: 'gai-le-slug' }), ['article.revised']],
  [
    'change of the external id',
    () => makeArticle(app),
    (made) => patch(made, { externalId: 'e1' }),
    ['article.revised'],
  ],
  ['change to what it is', () => makeArticle(app, { title: '同' }), (made) => patch(made, { title: '同' }), []],
  ['first PUT', async () => null, () => upsert('put', { title: '一' }), ['article.created']],
  ['second PUT', async () => null, () => upsert('put', { title: '二' }), ['article.revised']],
  ['the same PUT', async () => null, () => upsert('put', { title: '二' }), []],
  ['publish', () => makeArticle(app), (made) => order(made), ['article.published']],
  ['publish what is live', () => makePublished(app), (made) => order(made), []],
  [
    'publish a newer version',
    async () => revised(await makePublished(app), { title: '二' }),
    (made) => order(made),
    ['article.updated'],
  ],
  ['another end', () => makePublished(app), (made) => order(made, { until: after(minute) }), ['article.expiry_set']],
  ['schedule', () => makeArticle(app), (made) => order(made, { at: after(minute) }), ['article.scheduled']],
  [
    'replace a schedule',
    scheduledUpdate,
    (made) => order(made, { at: after(2 * minute), replaceScheduled: true }),
    ['article.unscheduled', 'article.scheduled'],
  ],
  ['refused publish while pending', scheduledUpdate, (made) => order(made), []],
  ['unpublish', () => makePublished(app), (made) => withdraw(made), ['article.unpublished']],
  [
    'unpublish later',
    () => makePublished(app),
    (made) => withdraw(made, { at: after(minute) }),
    ['article.expiry_set'],
  ],
  [
    'unpublish with a schedule',
    scheduledUpdate,
    (made) => withdraw(made),
    ['article.unscheduled', 'article.unpublished'],
  ],
  ['refused unpublish', () => makeArticle(app), (made) => withdraw(made), []],
  ['trash a draft', () => makeArticle(app), trash, ['article.trashed']],
  ['trash a public article', () => makePublished(app), trash, ['article.unpublished', 'article.trashed']],
  ['refused create', async () => null, () => app.post('/v1/articles', { title: '一', section: 'mei-you' }), []],
  ['stale change', () => makeArticle(app), (made) => patch({ ...made, etag: '"r9"' }, { title: '二' }), []],
  ['read', () => makePublished(app), (made) => app.get(`/v1/articles/${made.id}`), []],
];

describe('every write records exactly its events', () => {
  it.each(scenarios)('%s', async (_name, bring, act, types) => {
    const made = await bring();
    app.clock.advance(1000);
    await app.newEvents();
    await act(made ?? { id: '', slug: '', etag: '' });
    const events = await app.newEvents();
    expect(events.map(({ type }) => type)).toEqual(types);
    if (made !== null) expect(new Set(events.map(({ subjectId }) => subjectId)).size).toBeLessThanOrEqual(1);
  });

  it('an event says who, with which key, on which request, and when', async () => {
    const answer = await app.post('/v1/articles', { title: '谁' }, { headers: { 'X-Request-Id': 'tracked-1' } });
    const row = await app.deps.db.prisma.event.findFirst({ where: { subjectId: answer.body.id } });
    const me = await app.get('/v1/me', { as: 'editor' });
    expect(row).toMatchObject({
      type: 'article.created',
      subjectType: 'article',
      actorType: 'service',
      actorId: 'editor',
      keyId: me.body.key.id,
      requestId: 'tracked-1',
      occurredAt: app.clock.now(),
      recordedAt: app.clock.now(),
    });
  });
});

describe('a write that is rolled back leaves no event and no row', () => {
  it.each([
    ['a taken slug', () => ({ slug: 'bei-zhan' }), 409],
    ['a taken external id', () => ({ externalId: 'bei-zhan' }), 409],
    ['an unknown editor', () => ({ credits: [{ role: 'author', editor: 'mei-you' }] }), 422],
  ])('%s, though tags were made before it failed', async (name, input, status) => {
    await upsert('bei-zhan', { title: '占', slug: 'bei-zhan' });
    const count = async () => [
      await app.deps.db.prisma.article.count(),
      await app.deps.db.prisma.articleVersion.count(),
      await app.deps.db.prisma.articleSlug.count(),
      await app.deps.db.prisma.tag.count(),
    ];
    const before = await count();
    await app.newEvents();
    const answer = await app.post('/v1/articles', { title: '回滚', tags: [`回滚 ${name}`], ...input() });
    expect(answer.status).toBe(status);
    expect(await app.newEvents()).toEqual([]);
    expect(await count()).toEqual(before);
  });
});

/** Follows the log by position alone, as every consumer does, until told to stop; then once more. */
function follow(client: pg.Client, from: number) {
  const seen: number[] = [];
  let last = from;
  let running = true;
  const read = async () => {
    const { rows } = await client.query<{ position: string }>(
      'select position from event where position > $1 order by position',
      [last],
    );
    seen.push(...rows.map(({ position }) => Number(position)));
    last = seen.at(-1) ?? last;
  };
  const finished = (async () => {
    while (running) await read();
    await read();
  })();
  return {
    async stop(): Promise<number[]> {
      running = false;
      await finished;
      return seen;
    },
  };
}

describe('positions are given in commit order', () => {
  it('a reader that follows by position misses nothing and repeats nothing under 50 concurrent writers', async () => {
    const articles = await Promise.all(Array.from({ length: 10 }, (_, i) => makeArticle(app, { title: `并发 ${i}` })));
    const newest = await app.deps.db.prisma.event.findFirst({ orderBy: { position: 'desc' } });
    await app.newEvents();
    const client = new pg.Client({ connectionString: app.databaseUrl });
    await client.connect();
    const follower = follow(client, Number(newest!.position));
    const writer = async (i: number) => {
      const { id } = articles[i % articles.length]!;
      await app.post('/v1/articles', { title: `并发写 ${i}`, tags: [`并发标签 ${i % 7}`] });
      await app.patch(`/v1/articles/${id}`, { summary: `导语 ${i}` }, { ifMatch: '*' });
      // Some roll back after they have waited for others.
      await app.post('/v1/articles', { title: '撞', slug: 'bing-fa-0' });
      await app.post(`/v1/articles/${id}/publish`, undefined, { ifMatch: '*' });
      await app.post('/v1/tags', { name: `独立标签 ${i}` });
    };
    await Promise.all(Array.from({ length: 50 }, (_, i) => writer(i)));
    const seen = await follower.stop();
    await client.end();
    const written = await app.newEvents();
    expect(seen).toEqual(written.map(({ position }) => position));
    expect(seen.length).toBeGreaterThan(150);
    expect(written.filter(({ type }) => type === 'tag.created' || type === 'tag.drafted')).toHaveLength(57);
    expect(written.filter(({ type }) => type === 'article.created')).toHaveLength(50);
  });

  it('the revisions of one article are told in order, each once', async () => {
    const made = await makeArticle(app);
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        app.patch(`/v1/articles/${made.id}`, { summary: `导语 ${i}` }, { ifMatch: '*' }),
      ),
    );
    const events = (await app.newEvents()).filter(({ subjectId }) => subjectId === made.id);
    expect(events.map(({ payload }) => payload.revision)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
    expect(events.map(({ payload }) => payload.version)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
  });
});
