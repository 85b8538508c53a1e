import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, publish } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

const minute = 60_000;
const after = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
const types = async () => (await app.newEvents()).map((event) => event.type);
const publicTitle = async (id: string) => {
  const { status, body } = await app.get(`/v1/articles/${id}`);
  return status === 200 ? body.title : status === 404 ? null : status;
};
type Made = { id: string; etag: string };
const order = (made: Made, body?: object) => app.post(`/v1/articles/${made.id}/publish`, body, { ifMatch: made.etag });
const unpublish = (made: Made, body?: object) =>
  app.post(`/v1/articles/${made.id}/unpublish`, body, { ifMatch: made.etag });
const revise = async (made: Made, patch: object): Promise<Made> => {
  const answer = await app.patch(`/v1/articles/${made.id}`, patch, { ifMatch: made.etag });
  return { id: made.id, etag: answer.headers.etag! };
};
const ranges = (id: string) =>
  app.deps.db.prisma.publication.findMany({
    where: { articleId: id },
    orderBy: { visibleFrom: 'asc' },
    select: { version: true, visibleFrom: true, visibleUntil: true },
  });

describe('a scheduled publication', () => {
  it('is seen from its very millisecond on, with no worker running', async () => {
    const made = await makeArticle(app, { title: '定时' });
    await app.newEvents();
    const at = after(minute);
    const answer = await order(made, { at, until: after(2 * minute) });
    expect(answer.body).toMatchObject({
      isPublic: false,
      scheduled: { version: 1, at, until: after(2 * minute) },
      hasUnpublishedChanges: false,
      publishedAt: null,
    });
    expect(await app.newEvents()).toMatchObject([
      { type: 'article.scheduled', payload: { version: 1, visibleFrom: at, revision: 2 } },
    ]);
    app.clock.advance(minute - 1);
    expect(await publicTitle(made.id)).toBe(null);
    app.clock.advance(1);
    expect(await publicTitle(made.id)).toBe('定时');
    app.clock.advance(minute - 1);
    expect(await publicTitle(made.id)).toBe('定时');
    app.clock.advance(1);
    expect(await publicTitle(made.id)).toBe(null);
  });

  it('leaves the old version up until then and takes over to the millisecond', async () => {
    const made = await makePublished(app, { title: '旧版' });
    await order(await revise(made, { title: '新版' }), { at: after(minute) });
    app.clock.advance(minute - 1);
    expect(await publicTitle(made.id)).toBe('旧版');
    app.clock.advance(1);
    expect(await publicTitle(made.id)).toBe('新版');
  });

  it('pins its version: what is written afterwards does not go out with it', async () => {
    const made = await makeArticle(app, { title: '定稿' });
    const scheduled = await publish(app, made, { at: after(minute) });
    const later = await app.patch(`/v1/articles/${made.id}`, { title: '改稿' }, { ifMatch: scheduled.etag });
    expect(later.body).toMatchObject({ scheduled: { version: 1 }, hasUnpublishedChanges: true });
    app.clock.advance(minute);
    expect(await publicTitle(made.id)).toBe('定稿');
  });

  it('after the end of the one before leaves the gap between them empty', async () => {
    const made = await makePublished(app, { title: '前' }, { until: after(minute) });
    await order(await revise(made, { title: '后' }), { at: after(3 * minute) });
    app.clock.advance(minute);
    expect(await publicTitle(made.id)).toBe(null);
    app.clock.advance(2 * minute);
    expect(await publicTitle(made.id)).toBe('后');
  });
});

describe('while one is pending', () => {
  it.each([
    ['now', {}],
    ['at another instant', { at: '2030-01-01T00:00:00Z' }],
    ['with replaceScheduled false', { replaceScheduled: false }],
  ])('publishing %s is a 409 that names the pending one, nothing is written', async (_name, body) => {
    const made = await makeArticle(app, { title: '等待' });
    const at = after(minute);
    const scheduled = await publish(app, made, { at });
    await app.newEvents();
    const answer = await order(scheduled, body);
    expect(answer.body).toMatchObject({
      status: 409,
      code: 'article.publication_pending',
      errors: [{ pointer: '/replaceScheduled', code: 'publication_pending' }],
    });
    expect(answer.body.detail).toContain(at);
    expect(await types()).toEqual([]);
    expect(await ranges(made.id)).toHaveLength(1);
  });

  it('replaceScheduled publishes now and says that the pending one was called off', async () => {
    const made = await makeArticle(app, { title: '等待' });
    const scheduled = await publish(app, made, { at: after(minute) });
    await app.newEvents();
    const answer = await order(scheduled, { replaceScheduled: true });
    expect(answer.body).toMatchObject({ isPublic: true, scheduled: null, publishedAt: after(0) });
    expect(await types()).toEqual(['article.unscheduled', 'article.published']);
    expect(await ranges(made.id)).toHaveLength(1);
  });

  it('replaceScheduled moves the instant, the old version stays up until the new one', async () => {
    const made = await makePublished(app, { title: '旧版' });
    const scheduled = await order(await revise(made, { title: '新版' }), { at: after(minute) });
    const moved = await order(
      { id: made.id, etag: scheduled.headers.etag! },
      { at: after(3 * minute), replaceScheduled: true },
    );
    expect(moved.body.scheduled).toEqual({ version: 2, at: after(3 * minute), until: null });
    app.clock.advance(2 * minute);
    expect(await publicTitle(made.id)).toBe('旧版');
    app.clock.advance(minute);
    expect(await publicTitle(made.id)).toBe('新版');
  });

  it('of 10 orders at the same time exactly one is accepted', async () => {
    const made = await makeArticle(app);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => order({ id: made.id, etag: '*' }, { at: after((i + 1) * minute) })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'article.publication_pending')).toHaveLength(9);
  });
});

// [the end that the live version has, the instant of the scheduled one], minutes from now
const ends: [name: string, until: number | null, at: number][] = [
  ['no end', null, 5],
  ['an end after the scheduled start', 9, 5],
  ['an end at the scheduled start', 5, 5],
  ['an end before the scheduled start', 3, 5],
];

describe('calling off a scheduled update', () => {
  it.each(ends)('gives the live version its saved end back: %s', async (_name, until, at) => {
    const end = until === null ? null : after(until * minute);
    const made = await makePublished(app, { title: '现行' }, { until: end });
    const scheduled = await order(await revise(made, { title: '更新' }), { at: after(at * minute) });
    const before = await order(
      { id: made.id, etag: scheduled.headers.etag! },
      { at: after(4 * minute), replaceScheduled: true },
    );
    const later = await order(
      { id: made.id, etag: before.headers.etag! },
      { at: after(60 * minute), replaceScheduled: true },
    );
    expect(later.status).toBe(200);
    const [live] = await ranges(made.id);
    const expected = end ?? after(60 * minute);
    expect(live!.visibleUntil?.toISOString()).toBe(expected);
  });

  it('by unpublishing: nothing is public, a warning names what was called off', async () => {
    const made = await makePublished(app, { title: '现行' });
    app.clock.advance(minute);
    const at = after(minute);
    const scheduled = await order(await revise(made, { title: '更新' }), { at });
    await app.newEvents();
    const off = await unpublish({ id: made.id, etag: scheduled.headers.etag! });
    expect(off.body).toMatchObject({ isPublic: false, scheduled: null });
    expect(off.body.warnings).toMatchObject([{ code: 'article.unscheduled', pointer: '/scheduled' }]);
    expect(off.body.warnings[0].message).toContain(at);
    expect(await types()).toEqual(['article.unscheduled', 'article.unpublished']);
    app.clock.advance(2 * minute);
    expect(await publicTitle(made.id)).toBe(null);
  });
});

async function expectNoOverlap(id: string): Promise<number> {
  const rows = await ranges(id);
  for (const [i, row] of rows.entries()) {
    const next = rows[i + 1];
    if (next !== undefined) expect(row.visibleUntil!.getTime()).toBeLessThanOrEqual(next.visibleFrom.getTime());
    if (row.visibleUntil !== null) expect(row.visibleUntil.getTime()).toBeGreaterThan(row.visibleFrom.getTime());
  }
  return rows.length;
}

describe('a hundred publications at the same time', () => {
  it('of one version: one takes effect, all are answered, none with a fault of ours', async () => {
    const made = await makeArticle(app);
    await app.newEvents();
    const answers = await Promise.all(Array.from({ length: 100 }, () => order({ id: made.id, etag: '*' })));
    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(200));
    expect(await types()).toEqual(['article.published']);
    expect(await expectNoOverlap(made.id)).toBe(1);
  });

  it('of one ETag: one wins, 99 are told that it changed', async () => {
    const made = await makeArticle(app);
    const answers = await Promise.all(Array.from({ length: 100 }, () => order(made)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(99);
    expect(await expectNoOverlap(made.id)).toBe(1);
  });

  it('of ever newer versions while the clock runs: each is accepted, the ranges never overlap, the newest is public', async () => {
    const made = await makePublished(app);
    const all = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const changed = await app.patch(`/v1/articles/${made.id}`, { title: `第 ${i} 稿` }, { ifMatch: '*' });
        app.clock.advance(1);
        return [changed.status, (await order({ id: made.id, etag: '*' })).status];
      }),
    );
    expect(all.flat()).toEqual(Array(100).fill(200));
    await expectNoOverlap(made.id);
    app.clock.advance(minute);
    const draft = await app.get(`/v1/articles/${made.id}?perspective=draft`, { as: 'viewer' });
    expect(draft.body).toMatchObject({ isPublic: true, scheduled: null, hasUnpublishedChanges: false });
  });

  it('in one millisecond: each version takes over from the one before, one millisecond later', async () => {
    let made: Made = await makePublished(app, { title: '一' });
    for (const title of ['二', '三', '四']) made = await publish(app, await revise(made, { title }));
    expect(await expectNoOverlap(made.id)).toBe(4);
    app.clock.advance(3);
    expect(await publicTitle(made.id)).toBe('四');
  });
});
