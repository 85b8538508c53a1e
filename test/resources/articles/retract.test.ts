// Taking an article back: what the act does. What readers see of it then is in retracted.test.ts.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { announceDue } from '../../../src/resources/articles/announce.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished } from '../../support/factories.ts';
import { desk, minute } from './correcting.ts';

let app: TestApp;
let at: ReturnType<typeof desk>;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  at = desk(app);
});
afterAll(() => app.close());
beforeEach(async () => {
  await announceDue(app.deps.db, app.act());
  await app.newEvents();
});

const notice = '本文失实，现予撤回。';
const order = { notice, reason: '来源撤稿' };
const retraction = (id: string) =>
  app.deps.db.prisma.retraction.findMany({ where: { articleId: id }, orderBy: { sequence: 'asc' } });

describe('retracting', () => {
  it('ends the publication at that very millisecond: 410 with the notice, and no word of the reason', async () => {
    const made = await makePublished(app, { title: '失实' });
    app.clock.advance(minute);
    const answer = await at.retract(made.id, order);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      isPublic: false,
      state: 'draft',
      version: 1,
      revision: 3,
      retraction: { at: at.after(0), notice, reason: '来源撤稿' },
      warnings: [],
    });
    for (const name of [made.id, made.slug]) {
      const gone = await at.read(name);
      expect(gone).toMatchObject({ status: 410, body: { code: 'article.gone', notice, retractedAt: at.after(0) } });
      expect(gone.text).not.toContain('来源撤稿');
    }
    expect((await app.get('/v1/articles?limit=100')).text).not.toContain(made.id);
    expect(await at.ranges(made.id)).toEqual([[1, at.after(-minute), at.after(0)]]);
  });

  it('records one event for the public, with the notice and without the reason', async () => {
    const made = await makePublished(app, {}, { until: at.after(10 * minute) });
    app.clock.advance(minute);
    await app.newEvents();
    await at.retract(made.id, order);
    const events = await app.newEvents();
    expect(events.map(({ type, subjectId, payload }) => ({ type, subjectId, payload }))).toEqual([
      {
        type: 'article.retracted',
        subjectId: made.id,
        payload: {
          version: 1,
          slug: made.slug,
          sequence: 1,
          notice,
          visibleUntil: at.after(0),
          revision: 3,
          fields: ['publication', 'retraction'],
        },
      },
    ]);
    expect(await retraction(made.id)).toMatchObject([
      { sequence: 1, version: 1, wasPublic: true, plannedUntil: new Date(at.after(9 * minute)), reinstatedAt: null },
    ]);
    app.clock.advance(10 * minute);
    await announceDue(app.deps.db, app.act());
    expect(await at.types()).toEqual([]);
  });

  it('calls off what is scheduled, says so, and keeps the end that was planned before', async () => {
    const end = at.after(20 * minute);
    const made = await makePublished(app, { title: '一', slug: 'che-hui' }, { until: end });
    app.clock.advance(minute);
    await at.revise(made.id, { title: '二', slug: 'che-hui-xin' });
    const start = at.after(minute);
    await at.publish(made.id, { at: start });
    await app.newEvents();
    const answer = await at.retract(made.id, { notice });
    expect(answer.body).toMatchObject({
      scheduled: null,
      retraction: { reason: null },
      warnings: [{ code: 'article.unscheduled', pointer: '/scheduled', message: expect.stringContaining(start) }],
    });
    expect(await app.newEvents()).toMatchObject([
      { type: 'article.unscheduled', payload: { version: 2, revision: answer.body.revision } },
      { type: 'article.retracted', payload: { version: 1, slug: 'che-hui' } },
    ]);
    expect(await retraction(made.id)).toMatchObject([{ version: 1, plannedUntil: new Date(end) }]);
    app.clock.advance(5 * minute);
    expect((await at.read(made.id)).status).toBe(410);
    // The slug that nobody saw is only a draft's.
    expect((await at.read('che-hui-xin')).status).toBe(404);
  });

  it('of what has expired or was unpublished: its address answers 410, too', async () => {
    const expired = await makePublished(app, {}, { until: at.after(minute) });
    const withdrawn = await makePublished(app);
    app.clock.advance(minute);
    const end = at.after(0);
    await at.unpublish(withdrawn.id);
    app.clock.advance(minute);
    for (const { id } of [expired, withdrawn]) {
      await announceDue(app.deps.db, app.act());
      await app.newEvents();
      expect((await at.retract(id, order)).status).toBe(200);
      expect(await app.newEvents()).toMatchObject([
        { type: 'article.retracted', payload: { version: 1, visibleUntil: end } },
      ]);
      expect((await at.read(id)).body).toMatchObject({ status: 410, retractedAt: at.after(0) });
      expect(await retraction(id)).toMatchObject([{ wasPublic: false, plannedUntil: null }]);
      expect((await at.ranges(id)).length).toBe(1);
    }
  });

  it('names the version that the public saw last, not the newest', async () => {
    const made = await makePublished(app, { title: '一' });
    app.clock.advance(minute);
    await at.revise(made.id, { title: '二' });
    await at.publish(made.id);
    app.clock.advance(minute);
    await at.unpublish(made.id);
    await at.revise(made.id, { title: '三' });
    await at.publish(made.id, { at: at.after(minute) });
    await app.newEvents();
    await at.retract(made.id, order);
    expect(await app.newEvents()).toMatchObject([
      { type: 'article.unscheduled', payload: { version: 3 } },
      { type: 'article.retracted', payload: { version: 2, visibleUntil: at.after(0) } },
    ]);
  });

  it('tells what came due before it', async () => {
    const made = await makePublished(app, { title: '一' }, { until: at.after(minute) });
    await at.revise(made.id, { title: '二' });
    await at.publish(made.id, { at: at.after(2 * minute) });
    await app.newEvents();
    app.clock.advance(3 * minute);
    await at.retract(made.id, order);
    expect(await at.types()).toEqual(['article.expired', 'article.published', 'article.retracted']);
    expect(await retraction(made.id)).toMatchObject([{ version: 2, wasPublic: true }]);
    await announceDue(app.deps.db, app.act());
    expect(await at.types()).toEqual([]);
  });

  it('in the millisecond of the publication lets it last that one', async () => {
    const made = await makePublished(app);
    await at.retract(made.id, order);
    expect(await at.ranges(made.id)).toEqual([[1, at.after(0), at.after(1)]]);
    expect(await retraction(made.id)).toMatchObject([{ at: new Date(at.after(1)) }]);
    app.clock.advance(1);
    expect((await at.read(made.id)).body).toMatchObject({ status: 410, retractedAt: at.after(0) });
  });

  it('leaves versions and slug: editors read all of it, and nobody else gets the address', async () => {
    const made = await makePublished(app, { title: '一', slug: 'bu-rang' });
    app.clock.advance(minute);
    await at.retract(made.id, order);
    await at.revise(made.id, { slug: 'bie-chu' });
    for (const slug of ['bu-rang', 'bie-chu']) {
      const taken = await app.post('/v1/articles', { title: '别的', slug });
      expect([taken.status, taken.body.code]).toEqual([409, 'article.slug_taken']);
    }
    expect((await at.read('bu-rang')).status).toBe(410);
    const draft = await app.get(`/v1/articles/bu-rang?perspective=draft`, { as: 'viewer' });
    expect(draft.body).toMatchObject({ title: '一', firstPublishedAt: at.after(-minute) });
  });
});

describe('a retracted article', () => {
  it('takes no publish, schedule, correction or second retraction: 409', async () => {
    const made = await makePublished(app);
    app.clock.advance(minute);
    await at.retract(made.id, order);
    await app.newEvents();
    const tries = {
      publish: undefined,
      correct: { note: '更正', changes: { title: '二' } },
      retract: order,
    };
    for (const [action, body] of Object.entries(tries)) {
      const answer = await app.post(`/v1/articles/${made.id}/${action}`, body, { ifMatch: '*' });
      expect([action, answer.status, answer.body.code]).toEqual([action, 409, 'article.retracted']);
    }
    const later = await at.publish(made.id, { at: at.after(minute) });
    expect([later.status, later.body.code]).toEqual([409, 'article.retracted']);
    const off = await at.unpublish(made.id);
    expect([off.status, off.body.code]).toEqual([409, 'article.not_published']);
    expect(await app.newEvents()).toEqual([]);
  });

  it('can be worked on, and none of it is seen', async () => {
    const made = await makePublished(app, { title: '一' });
    app.clock.advance(minute);
    await at.retract(made.id, order);
    const revised = await at.revise(made.id, { title: '重写' });
    expect(revised.body).toMatchObject({ version: 2, retraction: { notice } });
    expect((await app.post(`/v1/articles/${made.id}/approve`, undefined, { ifMatch: '*' })).status).toBe(200);
    const gone = await at.read(made.id);
    expect(gone.status).toBe(410);
    expect(gone.text).not.toContain('重写');
  });

  it('stays retracted in the trash and out of it again: 410 all the time', async () => {
    const made = await makePublished(app);
    app.clock.advance(minute);
    await at.retract(made.id, order);
    expect((await app.delete(`/v1/articles/${made.id}`, { ifMatch: '*' })).status).toBe(204);
    expect((await at.read(made.id)).status).toBe(410);
    expect((await at.reinstate(made.id)).status).toBe(404);
    const back = await app.post(`/v1/articles/${made.id}/untrash`, undefined, { ifMatch: '*' });
    expect(back.body.retraction).toMatchObject({ notice });
    expect((await at.read(made.slug)).status).toBe(410);
    expect((await at.publish(made.id)).body.code).toBe('article.retracted');
  });
});

describe('a retraction that is refused', () => {
  it('of what the public never saw: 409, a scheduled one included', async () => {
    const draft = await makeArticle(app);
    const scheduled = await makeArticle(app);
    await at.publish(scheduled.id, { at: at.after(1) });
    for (const { id } of [draft, scheduled]) {
      const answer = await at.retract(id, order);
      expect([answer.status, answer.body.code]).toEqual([409, 'article.not_published']);
      expect(await retraction(id)).toEqual([]);
    }
    app.clock.advance(1);
    expect((await at.retract(scheduled.id, order)).status).toBe(200);
  });

  it.each([
    [undefined],
    [{}],
    [{ reason: 'x' }],
    [{ notice: '' }],
    [{ notice: ' ' }],
    [{ notice: null }],
    [{ notice: ['x'] }],
    [{ notice: 'x'.repeat(2001) }],
    [{ notice, reason: 'x'.repeat(1001) }],
    [{ notice: 'a\u0000b' }],
    [{ notice, at: null }],
  ])('for its order is %j: 400', async (body) => {
    const made = await makePublished(app);
    expect((await at.retract(made.id, body)).status).toBe(400);
  });

  it('without If-Match is 428, with a stale one 412', async () => {
    const made = await makePublished(app);
    await at.revise(made.id, { title: '二' });
    expect((await app.post(`/v1/articles/${made.id}/retract`, order)).status).toBe(428);
    expect(await at.retract(made.id, order, 'editor', made.etag)).toMatchObject({
      status: 412,
      body: { errors: [{ pointer: '/title' }] },
    });
  });

  it('and a rehearsal of one store nothing', async () => {
    const made = await makePublished(app);
    await app.newEvents();
    const answer = await app.post(`/v1/articles/${made.id}/retract?dryRun=true`, order, { ifMatch: '*' });
    expect(answer).toMatchObject({ status: 200, body: { retraction: { notice } } });
    expect(await app.newEvents()).toEqual([]);
    expect((await at.read(made.id)).status).toBe(200);
  });
});
