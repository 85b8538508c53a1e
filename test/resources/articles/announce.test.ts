import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { announceDue } from '../../../src/resources/articles/announce.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, publish } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());
beforeEach(async () => {
  await announceAll();
  await app.newEvents();
});

const minute = 60_000;
const after = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
const announce = () => announceDue(app.deps.db, app.act());
type Made = { id: string; etag: string };

/** As the worker does: until nothing is left. */
async function announceAll(): Promise<number> {
  let told = 0;
  for (let rounds = 0; rounds < 20; rounds += 1) {
    const some = await announce();
    if (some === 0) return told;
    told += some;
  }
  throw new Error('the same is told again and again');
}

async function told(id: string) {
  const events = await app.deps.db.prisma.event.findMany({ where: { subjectId: id }, orderBy: { position: 'asc' } });
  return events
    .filter(({ type }) => !['article.created', 'article.scheduled', 'article.revised'].includes(type))
    .map(({ type, occurredAt, recordedAt }) => [type, occurredAt.toISOString(), recordedAt.toISOString()]);
}

const revise = async (made: Made, title: string): Promise<Made> => {
  const answer = await app.patch(`/v1/articles/${made.id}`, { title }, { ifMatch: made.etag });
  return { id: made.id, etag: answer.headers.etag! };
};

describe('what the clock did is told to the event log', () => {
  it('a start that came: once, with the instant it happened and the instant it was recorded', async () => {
    const at = after(minute);
    const made = await publish(app, await makeArticle(app, { title: '定时' }), { at });
    await app.newEvents();
    expect(await announce()).toBe(0);
    app.clock.advance(minute - 1);
    expect(await announce()).toBe(0);
    app.clock.advance(1);
    expect(await announce()).toBe(1);
    expect(await announce()).toBe(0);
    expect(await told(made.id)).toEqual([['article.published', at, at]]);
    expect(await app.newEvents()).toMatchObject([
      {
        type: 'article.published',
        subjectId: made.id,
        actorId: 'test',
        payload: { version: 1, slug: made.slug, visibleFrom: at, visibleUntil: null },
      },
    ]);
  });

  it('an end that came: once', async () => {
    const until = after(minute);
    const made = await makePublished(app, {}, { until });
    app.clock.advance(minute);
    expect(await announceAll()).toBe(1);
    expect(await announceAll()).toBe(0);
    expect((await told(made.id)).at(-1)).toEqual(['article.expired', until, until]);
  });

  it('a version that takes over from another is an update; the old one does not expire', async () => {
    const made = await makePublished(app, {}, { until: after(10 * minute) });
    const at = after(minute);
    await publish(app, await revise(made, '二'), { at });
    app.clock.advance(minute);
    expect(await announceAll()).toBe(1);
    expect((await told(made.id)).map(([type]) => type)).toEqual(['article.published', 'article.updated']);
  });

  it('a version that starts at the end of the one before takes over as well', async () => {
    const at = after(minute);
    const made = await makePublished(app, {}, { until: at });
    await publish(app, await revise(made, '二'), { at });
    app.clock.advance(minute);
    await announceAll();
    expect((await told(made.id)).map(([type]) => type)).toEqual(['article.published', 'article.updated']);
  });

  it('a version that starts after a gap: the end, then a new publication', async () => {
    const made = await makePublished(app, {}, { until: after(minute) });
    await publish(app, await revise(made, '二'), { at: after(3 * minute) });
    app.clock.advance(5 * minute);
    await announceAll();
    expect((await told(made.id)).map(([type]) => type)).toEqual([
      'article.published',
      'article.expired',
      'article.published',
    ]);
  });

  it('late, when no worker ran: start and end are told in the order they happened', async () => {
    const [at, until] = [after(minute), after(2 * minute)];
    const made = await publish(app, await makeArticle(app), { at, until });
    app.clock.advance(3 * 86_400_000);
    expect(await announceAll()).toBe(2);
    expect(await told(made.id)).toEqual([
      ['article.published', at, after(0)],
      ['article.expired', until, after(0)],
    ]);
  });

  it('what was called off, cut short or trashed is not told again', async () => {
    const off = await publish(app, await makeArticle(app), { at: after(minute) });
    await app.post(`/v1/articles/${off.id}/unpublish`, undefined, { ifMatch: off.etag });
    const cut = await makePublished(app, {}, { until: after(minute) });
    await app.post(`/v1/articles/${cut.id}/unpublish`, undefined, { ifMatch: cut.etag });
    const trashed = await publish(app, await makeArticle(app), { at: after(minute) });
    await app.delete(`/v1/articles/${trashed.id}`, { ifMatch: trashed.etag });
    const opened = await makePublished(app, {}, { until: after(minute) });
    await publish(app, opened);
    app.clock.advance(2 * minute);
    expect(await announceAll()).toBe(0);
  });

  it('an end that was moved is told at its new instant only', async () => {
    const made = await makePublished(app, {}, { until: after(minute) });
    await publish(app, made, { until: after(3 * minute) });
    app.clock.advance(2 * minute);
    expect(await announceAll()).toBe(0);
    app.clock.advance(minute);
    expect(await announceAll()).toBe(1);
  });
});

describe('an editor who acts before the worker came', () => {
  it.each([
    [
      'unpublishes',
      'article.unpublished',
      (made: Made) => app.post(`/v1/articles/${made.id}/unpublish`, undefined, { ifMatch: made.etag }),
    ],
    ['trashes', 'article.unpublished', (made: Made) => app.delete(`/v1/articles/${made.id}`, { ifMatch: made.etag })],
    [
      'publishes a newer version',
      'article.updated',
      async (made: Made) => {
        const changed = await revise(made, '二');
        return app.post(`/v1/articles/${made.id}/publish`, undefined, { ifMatch: changed.etag });
      },
    ],
  ])('%s: the start is told first, and only once', async (_name, then, act) => {
    const at = after(minute);
    const made = await publish(app, await makeArticle(app), { at });
    app.clock.advance(2 * minute);
    expect((await act(made)).status).toBeLessThan(300);
    await announceAll();
    const events = (await told(made.id)).filter(([type]) => type !== 'article.trashed');
    expect(events).toEqual([
      ['article.published', at, after(0)],
      [then, after(0), after(0)],
    ]);
  });

  it('publishes again after an end that nobody told: the end is told first', async () => {
    const until = after(minute);
    const made = await makePublished(app, {}, { until });
    app.clock.advance(2 * minute);
    await publish(app, made);
    await announceAll();
    expect((await told(made.id)).map(([type]) => type)).toEqual([
      'article.published',
      'article.expired',
      'article.published',
    ]);
  });
});

describe('telling never touches the working copy', () => {
  it('the ETag, the revision and the time of the last change stay; an If-Match from before still fits', async () => {
    const made = await publish(app, await makeArticle(app), { at: after(minute), until: after(2 * minute) });
    const path = `/v1/articles/${made.id}?perspective=draft`;
    app.clock.advance(3 * minute);
    const before = await app.get(path, { as: 'viewer' });
    expect(await announceAll()).toBe(2);
    const later = await app.get(path, { as: 'viewer' });
    expect(later.headers.etag).toBe(made.etag);
    // The first publication fixes the editorial date.
    expect({ ...later.body, publishedAt: null }).toEqual({ ...before.body, publishedAt: null });
    expect((await app.patch(`/v1/articles/${made.id}`, { genre: 'x' }, { ifMatch: made.etag })).status).toBe(200);
  });

  it('the editorial date of a first publication is the instant it was scheduled for', async () => {
    const at = after(minute);
    const made = await publish(app, await makeArticle(app), { at, until: after(2 * minute) });
    app.clock.advance(5 * minute);
    await announceAll();
    const draft = await app.get(`/v1/articles/${made.id}?perspective=draft`, { as: 'viewer' });
    expect(draft.body).toMatchObject({ isPublic: false, publishedAt: at, firstPublishedAt: at });
  });
});

it('any number of announcers at once tell each of 110 starts and ends exactly once', async () => {
  const orders = Array.from({ length: 110 }, (_, i) => ({ at: after(minute + i), until: after(2 * minute + i) }));
  const ids: string[] = [];
  for (let i = 0; i < orders.length; i += 10) {
    const some = orders.slice(i, i + 10).map(async (each, n) => {
      const made = await makeArticle(app, { title: `批量 ${i + n}`, slug: `pi-liang-${i + n}` });
      return (await publish(app, made, each)).id;
    });
    ids.push(...(await Promise.all(some)));
  }
  await app.newEvents();
  app.clock.advance(5 * minute);
  const counts = await Promise.all([announceAll(), announceAll(), announceAll()]);
  // Whoever meets only rows that another holds may stop early; the next round finds what is left.
  const rest = await announceAll();
  expect(counts.reduce((sum, count) => sum + count, rest)).toBe(2 * ids.length);
  const events = await app.newEvents();
  for (const type of ['article.published', 'article.expired']) {
    const subjects = events.filter((event) => event.type === type).map((event) => event.subjectId);
    expect(subjects.toSorted()).toEqual(ids.toSorted());
  }
  expect(events).toHaveLength(2 * ids.length);
  const places = new Map(events.map((event, i) => [`${event.type} ${event.subjectId}`, i]));
  for (const id of ids) {
    expect(places.get(`article.published ${id}`)).toBeLessThan(places.get(`article.expired ${id}`)!);
  }
});
