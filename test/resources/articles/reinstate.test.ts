// Undoing a retraction: an explicit, recorded act.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { announceDue } from '../../../src/resources/articles/announce.ts';
import { whileHolding } from '../../platform/http/locks.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeEditor, makePublished, makeSection } from '../../support/factories.ts';
import { desk, minute } from './correcting.ts';
import { idsOf } from './newsroom.ts';

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

/** Public for a minute, then taken back for a minute. */
async function makeTakenBack(input: object = {}, until: string | null = null) {
  const made = await makePublished(app, input, { until });
  const published = at.after(0);
  app.clock.advance(minute);
  await at.retract(made.id, { notice, reason: '待查' });
  const retracted = at.after(0);
  app.clock.advance(minute);
  await app.newEvents();
  return { id: made.id, slug: made.slug, published, retracted };
}

describe('reinstating', () => {
  it('shows the same version again from that very millisecond on, as old as it was', async () => {
    const { id, slug, published, retracted } = await makeTakenBack({ title: '属实' });
    const answer = await at.reinstate(id);
    expect(answer.body).toMatchObject({ isPublic: true, retraction: null, version: 1, revision: 4, warnings: [] });
    for (const name of [id, slug]) {
      expect((await at.read(name)).body).toMatchObject({
        title: '属实',
        version: 1,
        publishedAt: published,
        firstPublishedAt: published,
        updatedAt: at.after(0),
      });
    }
    expect(idsOf((await app.get('/v1/articles?limit=100')).body.data)).toContain(id);
    expect(await at.ranges(id)).toEqual([
      [1, published, retracted],
      [1, at.after(0), null],
    ]);
  });

  it('tells of before and after, and of the notice between them, to the millisecond', async () => {
    const { id, published, retracted } = await makeTakenBack();
    await at.reinstate(id);
    const back = at.after(0);
    app.clock.advance(minute);
    const statuses = [];
    for (const asOf of [
      new Date(Date.parse(published) - 1).toISOString(),
      published,
      new Date(Date.parse(retracted) - 1).toISOString(),
      retracted,
      new Date(Date.parse(back) - 1).toISOString(),
      back,
    ])
      statuses.push((await at.read(id, `?asOf=${asOf}`)).status);
    expect(statuses).toEqual([404, 200, 200, 410, 410, 200]);
  });

  it('records who did it, when and, for the newsroom only, why', async () => {
    const { id, slug } = await makeTakenBack();
    await at.reinstate(id, { reason: '来源已核实' });
    const [publication] = await app.deps.db.prisma.publication.findMany({
      where: { articleId: id },
      orderBy: { visibleFrom: 'desc' },
    });
    const comments = await app.deps.db.prisma.articleComment.findMany({ where: { articleId: id } });
    expect(comments).toMatchObject([{ text: '来源已核实', version: 1 }]);
    const events = await app.newEvents();
    expect(events.map(({ type, subjectId, payload }) => ({ type, subjectId, payload }))).toEqual([
      {
        type: 'article.reinstated',
        subjectId: id,
        payload: {
          version: 1,
          slug,
          sequence: 1,
          commentId: comments[0]!.id,
          publicationId: publication!.id,
          visibleFrom: at.after(0),
          visibleUntil: null,
          revision: 4,
          fields: ['retraction', 'publication'],
        },
      },
    ]);
    expect(await app.deps.db.prisma.retraction.findMany({ where: { articleId: id } })).toMatchObject([
      { sequence: 1, notice, reason: '待查', reinstatedAt: app.clock.now() },
    ]);
  });

  it('without a reason leaves no comment', async () => {
    const { id } = await makeTakenBack();
    await at.reinstate(id, {});
    expect(await app.newEvents()).toMatchObject([{ payload: { commentId: null } }]);
    expect(await app.deps.db.prisma.articleComment.count({ where: { articleId: id } })).toBe(0);
  });

  it('shows what the public saw last, not what was written since', async () => {
    const { id } = await makeTakenBack({ title: '一' });
    await at.revise(id, { title: '二' });
    const answer = await at.reinstate(id);
    expect(answer.body).toMatchObject({ title: '二', version: 2, isPublic: true, hasUnpublishedChanges: true });
    expect((await at.read(id)).body).toMatchObject({ title: '一', version: 1 });
  });

  it('holds until the end that was planned, which the worker tells', async () => {
    const end = at.after(5 * minute);
    const { id } = await makeTakenBack({}, end);
    const answer = await at.reinstate(id);
    expect(answer.body).toMatchObject({ isPublic: true, expiresAt: end, warnings: [] });
    await app.newEvents();
    app.clock.set(new Date(Date.parse(end) - 1));
    expect((await at.read(id)).status).toBe(200);
    app.clock.advance(1);
    expect((await at.read(id)).status).toBe(404);
    await announceDue(app.deps.db, app.act());
    expect(await at.types()).toEqual(['article.expired']);
  });

  it('keeps the planned end also of one that a scheduled update had cut short', async () => {
    const end = at.after(20 * minute);
    const made = await makePublished(app, { title: '一' }, { until: end });
    app.clock.advance(minute);
    await at.revise(made.id, { title: '二' });
    await at.publish(made.id, { at: at.after(2 * minute) });
    await at.retract(made.id, { notice });
    app.clock.advance(5 * minute);
    const answer = await at.reinstate(made.id);
    expect(answer.body).toMatchObject({ isPublic: true, expiresAt: end, scheduled: null });
    expect((await at.read(made.id)).body.title).toBe('一');
  });

  it.each([
    ['a millisecond before the planned end: public for that one', 1, true],
    ['at the planned end: not public, and a warning says so', 0, false],
  ])('%s', async (_name, before, isPublic) => {
    const end = at.after(5 * minute);
    const { id } = await makeTakenBack({}, end);
    app.clock.set(new Date(Date.parse(end) - before));
    await app.newEvents();
    const answer = await at.reinstate(id);
    expect(answer.body).toMatchObject({ isPublic, retraction: null });
    expect((await at.read(id)).status).toBe(isPublic ? 200 : 404);
    if (isPublic) return;
    expect(answer.body.warnings).toMatchObject([{ code: 'article.not_public', pointer: '/isPublic' }]);
    expect(answer.body.warnings[0].message).toContain(end);
    expect(await app.newEvents()).toMatchObject([{ type: 'article.reinstated', payload: { fields: ['retraction'] } }]);
    expect(await at.ranges(id)).toHaveLength(1);
    expect((await at.publish(id)).body.isPublic).toBe(true);
  });

  it('of what was not public when it was retracted shows nothing: 404 again, and a warning says so', async () => {
    const made = await makePublished(app);
    app.clock.advance(minute);
    await at.unpublish(made.id);
    await at.retract(made.id, { notice });
    app.clock.advance(minute);
    const answer = await at.reinstate(made.id);
    expect(answer.body).toMatchObject({ isPublic: false, warnings: [{ code: 'article.not_public' }] });
    expect((await at.read(made.id)).status).toBe(404);
    expect(await at.ranges(made.id)).toHaveLength(1);
  });

  it('can be followed by another retraction, each with a number of its own', async () => {
    const { id } = await makeTakenBack();
    await at.reinstate(id);
    app.clock.advance(minute);
    const again = await at.retract(id, { notice: '再次撤回。' });
    expect(again.body.retraction).toMatchObject({ notice: '再次撤回。', at: at.after(0) });
    expect((await at.read(id)).body).toMatchObject({ status: 410, notice: '再次撤回。' });
    expect((await app.newEvents()).at(-1)).toMatchObject({ payload: { sequence: 2 } });
  });

  it('in the millisecond of the retraction leaves no gap', async () => {
    const made = await makePublished(app);
    app.clock.advance(minute);
    await at.retract(made.id, { notice });
    await at.reinstate(made.id);
    expect((await at.read(made.id)).status).toBe(200);
    expect(await at.ranges(made.id)).toEqual([
      [1, at.after(-minute), at.after(0)],
      [1, at.after(0), null],
    ]);
  });

  it('in the millisecond of publication and retraction begins in the next one', async () => {
    const made = await makePublished(app);
    await at.retract(made.id, { notice });
    await at.reinstate(made.id);
    app.clock.advance(1);
    expect((await at.read(made.id)).status).toBe(200);
    expect(await at.ranges(made.id)).toEqual([
      [1, at.after(-1), at.after(0)],
      [1, at.after(0), null],
    ]);
  });

  it('tells the corrections of the version that is shown again', async () => {
    const made = await makePublished(app, { title: '一' });
    app.clock.advance(minute);
    await at.correct(made.id, { note: '更正', changes: { title: '二' } });
    app.clock.advance(minute);
    await at.retract(made.id, { notice });
    app.clock.advance(minute);
    await at.reinstate(made.id);
    expect((await at.read(made.id)).body).toMatchObject({ title: '二', corrections: [{ note: '更正' }] });
  });
});

describe('a reinstatement that is refused', () => {
  it('of what is not retracted, or not any more: 409', async () => {
    const made = await makePublished(app);
    const { id } = await makeTakenBack();
    await at.reinstate(id);
    for (const each of [made.id, id]) {
      const answer = await at.reinstate(each);
      expect([answer.status, answer.body.code]).toEqual([409, 'article.not_retracted']);
    }
  });

  it('under an embargo that was set meanwhile: 409 until it ends', async () => {
    const { id } = await makeTakenBack();
    const embargoUntil = at.after(minute);
    expect((await at.revise(id, { embargoUntil })).status).toBe(200);
    await app.newEvents();
    app.clock.advance(minute - 1);
    const answer = await at.reinstate(id);
    expect(answer).toMatchObject({ status: 409, body: { code: 'article.embargoed', embargoUntil } });
    expect((await at.read(id)).status).toBe(410);
    expect(await app.newEvents()).toEqual([]);
    app.clock.advance(1);
    expect((await at.reinstate(id)).body.isPublic).toBe(true);
  });

  it('while something that the version names is in the trash: 409 that lists it', async () => {
    const [editor, section] = [await makeEditor(app), await makeSection(app)];
    const { id } = await makeTakenBack({
      section: section.id,
      credits: [{ role: 'author', editor: editor.id }],
    });
    await at.revise(id, { section: null, credits: null });
    for (const path of [`sections/${section.id}`, `editors/${editor.id}`])
      expect((await app.delete(`/v1/${path}`, { ifMatch: '*' })).status).toBe(204);
    const answer = await at.reinstate(id);
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'article.not_ready', errors: [{ pointer: '/credits/0/editor' }, { pointer: '/section' }] },
    });
    expect((await at.read(id)).status).toBe(410);
  });

  it('while that is on its way into the trash: it waits, and is refused like one that came later', async () => {
    const section = await makeSection(app);
    const { id } = await makeTakenBack({ section: section.id });
    await at.revise(id, { section: null });
    const trash = `update section set trashed_at = $2::timestamptz where id = $1::uuid`;
    const lock = 'select id from section where id = $1::uuid for update';
    const answer = await whileHolding(app, lock, [section.id], async (holder) => {
      await holder.query(trash, [section.id, at.after(0)]);
      const waiting = at.reinstate(id);
      await holder.untilWaiting();
      await holder.release();
      return waiting;
    });
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'article.not_ready', errors: [{ pointer: '/section' }] },
    });
    expect((await at.read(id)).status).toBe(410);
  });

  it('without If-Match is 428, with a stale one 412, with what it does not know 400', async () => {
    const { id } = await makeTakenBack();
    expect((await app.post(`/v1/articles/${id}/reinstate`)).status).toBe(428);
    expect((await at.reinstate(id, undefined, 'editor', '"r1"')).status).toBe(412);
    expect((await at.reinstate(id, { at: null })).status).toBe(400);
  });
});
