// A correction while the newsroom is further than the public: the working copy gets the same changes or the correction is
// refused, and what is scheduled stays scheduled.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { announceDue } from '../../../src/resources/articles/announce.ts';
import { verifyVersions } from '../../../src/resources/articles/verify.ts';
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

const order = (changes: object) => ({ note: '更正', changes });

describe('where the working copy is ahead', () => {
  it('the public gets the live version with the changes, and the working copy the same changes as a further version', async () => {
    const made = await makePublished(app, { title: '错字', summary: '旧', kicker: '肩' });
    app.clock.advance(minute);
    await at.revise(made.id, { summary: '新写的', kicker: null });
    await app.newEvents();
    const answer = await at.correct(made.id, order({ title: '对字' }));
    expect(answer.body).toMatchObject({
      title: '对字',
      summary: '新写的',
      kicker: null,
      version: 4,
      revision: 5,
      isPublic: true,
      hasUnpublishedChanges: true,
      corrections: [{ sequence: 1 }],
    });
    const { body } = await at.read(made.id);
    expect(body).toMatchObject({
      title: '对字',
      summary: '旧',
      kicker: '肩',
      version: 3,
      corrections: [{ note: '更正' }],
    });
    expect(await app.newEvents()).toMatchObject([
      { type: 'article.revised', payload: { revision: 4, version: 3, basedOn: 1, fields: ['title'] } },
      { type: 'article.revised', payload: { revision: 5, version: 4, basedOn: 2, fields: ['title'] } },
      { type: 'article.corrected', payload: { revision: 5, version: 3, sequence: 1 } },
    ]);
    const published = await at.publish(made.id);
    expect(published.status).toBe(200);
    app.clock.advance(1);
    expect((await at.read(made.id)).body).toMatchObject({
      title: '对字',
      summary: '新写的',
      corrections: [{ sequence: 1 }],
    });
  });

  it('a 409 names each field that it has changed otherwise; nothing is stored', async () => {
    const made = await makePublished(app, { title: '一', summary: '一', kicker: '一', metadata: { a: 1 } });
    app.clock.advance(minute);
    await at.revise(made.id, { title: '二', kicker: '二', metadata: { b: 2 } });
    await app.newEvents();
    const answer = await at.correct(made.id, order({ title: '三', summary: '三', metadata: { a: 3 }, kicker: '一' }));
    expect(answer).toMatchObject({ status: 409, body: { code: 'article.correction_conflict' } });
    expect(answer.body.errors).toEqual(
      ['title', 'kicker', 'metadata'].map((name) => ({
        pointer: `/changes/${name}`,
        code: 'correction_conflict',
        message: expect.any(String),
      })),
    );
    expect(await app.newEvents()).toEqual([]);
    expect(await at.draft(made.id)).toMatchObject({ title: '二', version: 2, corrections: [] });
    expect((await at.read(made.id)).body).toMatchObject({ title: '一', corrections: [] });
  });

  it('what it has corrected in the same way already is no collision', async () => {
    const made = await makePublished(app, { title: '错字', summary: '旧' });
    app.clock.advance(minute);
    await at.revise(made.id, { title: '对字' });
    await at.revise(made.id, { summary: '新写的' });
    const answer = await at.correct(made.id, order({ title: '对字' }));
    expect(answer.body).toMatchObject({ version: 5, title: '对字', summary: '新写的', hasUnpublishedChanges: true });
    expect((await at.read(made.id)).body).toMatchObject({ version: 4, title: '对字', summary: '旧' });
  });

  it('by nothing but the correction itself, there is one version, which is public', async () => {
    const made = await makePublished(app, { title: '错字' });
    app.clock.advance(minute);
    await at.revise(made.id, { title: '对字' });
    const answer = await at.correct(made.id, order({ title: '对字' }));
    expect(answer.body).toMatchObject({ version: 3, hasUnpublishedChanges: false });
    expect((await at.read(made.id)).body).toMatchObject({ version: 3, title: '对字' });
  });

  it('with another slug: the public keeps the live one, the working copy its own', async () => {
    const made = await makePublished(app, { slug: 'ming-jiu' });
    app.clock.advance(minute);
    await at.revise(made.id, { slug: 'ming-xin' });
    const answer = await at.correct(made.id, order({ title: '对字' }));
    expect(answer.body.slug).toBe('ming-xin');
    expect((await at.read('ming-jiu')).body).toMatchObject({ slug: 'ming-jiu', title: '对字' });
    expect((await at.read('ming-xin')).status).toBe(404);
    const taken = await app.post('/v1/articles', { title: '别的', slug: 'ming-xin' });
    expect(taken.body.code).toBe('article.slug_taken');
    await at.publish(made.id);
    app.clock.advance(1);
    expect((await at.read('ming-jiu')).status).toBe(301);
  });

  it('the chain of hashes holds over both versions', async () => {
    const made = await makePublished(app, { title: '一', summary: '旧' });
    app.clock.advance(minute);
    await at.revise(made.id, { summary: '新' });
    await at.correct(made.id, order({ title: '二' }));
    expect(await verifyVersions(app.deps.db, made.id)).toMatchObject({ versions: 4, flaw: null });
  });

  it('what was approved is a draft again: the approval was for another version', async () => {
    const made = await makePublished(app, { title: '一', summary: '旧' });
    app.clock.advance(minute);
    await at.revise(made.id, { summary: '新' });
    await app.post(`/v1/articles/${made.id}/approve`, undefined, { ifMatch: '*' });
    expect((await at.correct(made.id, order({ title: '二' }))).body).toMatchObject({ state: 'draft', version: 4 });
  });
});

describe('while an update is scheduled', () => {
  /** Live version 1 until in ten minutes version 2 takes over. */
  async function makeScheduled(until: string | null = null) {
    const made = await makePublished(app, { title: '一', summary: '旧' }, { until });
    app.clock.advance(minute);
    await at.revise(made.id, { summary: '新' });
    const takeover = at.after(10 * minute);
    await at.publish(made.id, { at: takeover });
    await app.newEvents();
    return { id: made.id, takeover };
  }

  it('it stays scheduled, the correction has the time until then, and a warning says what will go out', async () => {
    const { id, takeover } = await makeScheduled();
    const answer = await at.correct(id, order({ title: '二' }));
    expect(answer.body).toMatchObject({ scheduled: { version: 2, at: takeover, until: null }, version: 4 });
    expect(answer.body.warnings).toMatchObject([{ code: 'correction.not_in_scheduled', pointer: '/scheduled' }]);
    expect(answer.body.warnings[0].message).toContain(takeover);
    app.clock.set(new Date(Date.parse(takeover) - 1));
    expect((await at.read(id)).body).toMatchObject({ title: '二', summary: '旧', corrections: [{ sequence: 1 }] });
    app.clock.advance(1);
    expect((await at.read(id)).body).toMatchObject({ title: '一', summary: '新', version: 2, corrections: [] });
    await announceDue(app.deps.db, app.act());
    expect((await at.types()).slice(-1)).toEqual(['article.updated']);
  });

  it('scheduling the newest version instead brings the correction along', async () => {
    const { id, takeover } = await makeScheduled();
    await at.correct(id, order({ title: '二' }));
    const moved = await at.publish(id, { at: takeover, replaceScheduled: true });
    expect(moved.body.scheduled).toMatchObject({ version: 4, at: takeover });
    app.clock.set(takeover);
    expect((await at.read(id)).body).toMatchObject({ title: '二', summary: '新', corrections: [{ sequence: 1 }] });
  });

  it.each([
    ['no end', null],
    ['an end after the takeover', 20 * minute],
    ['an end at the takeover', 11 * minute],
    ['an end before the takeover', 5 * minute],
  ])('calling it off afterwards gives the corrected version the end that was planned: %s', async (_name, ms) => {
    const end = ms === null ? null : at.after(ms);
    const { id } = await makeScheduled(end);
    await at.correct(id, order({ title: '二' }));
    const off = await app.post(`/v1/articles/${id}/unschedule`, undefined, { ifMatch: '*' });
    expect(off.body).toMatchObject({ isPublic: true, scheduled: null, expiresAt: end });
    expect((await at.ranges(id)).at(-1)).toEqual([3, expect.any(String), end]);
    if (end === null) return;
    await app.newEvents();
    app.clock.set(end);
    expect((await at.read(id)).status).toBe(404);
    await announceDue(app.deps.db, app.act());
    expect(await at.types()).toEqual(['article.expired']);
  });

  it('in the millisecond before it takes over there is room for one correction, and no more', async () => {
    const { id, takeover } = await makeScheduled();
    app.clock.set(new Date(Date.parse(takeover) - 1));
    expect((await at.correct(id, order({ title: '二' }))).status).toBe(200);
    const late = await at.correct(id, order({ title: '三' }));
    expect([late.status, late.body.code]).toEqual([409, 'article.publication_overlap']);
    app.clock.advance(1);
    expect((await at.read(id)).body).toMatchObject({ title: '一', version: 2 });
  });

  it('once it has begun it is what is corrected, and its start is told before the correction', async () => {
    const { id, takeover } = await makeScheduled();
    app.clock.set(takeover);
    const answer = await at.correct(id, order({ title: '二' }));
    expect(answer.body).toMatchObject({ title: '二', summary: '新', version: 3, warnings: [], scheduled: null });
    expect(await app.newEvents()).toMatchObject([
      { type: 'article.updated', payload: { version: 2, visibleFrom: takeover }, actorId: 'worker' },
      { type: 'article.revised', payload: { version: 3, fields: ['title'] } },
      { type: 'article.corrected', payload: { version: 3 } },
    ]);
    await announceDue(app.deps.db, app.act());
    expect(await at.types()).toEqual([]);
  });
});

it('an installation that publishes nothing without review takes corrections: whoever may publish answers for them', async () => {
  const strict = await createTestApp(import.meta.url, { MASTHEAD_REVIEW_REQUIRED: 'true' });
  try {
    const { correct, publish, read, revise } = desk(strict);
    const made = await makeArticle(strict, { title: '一' });
    await strict.post(`/v1/articles/${made.id}/approve`, undefined, { ifMatch: '*' });
    await publish(made.id);
    strict.clock.advance(minute);
    expect((await correct(made.id, order({ title: '二' }))).status).toBe(200);
    expect((await read(made.id)).body).toMatchObject({ title: '二', corrections: [{ note: '更正' }] });
    // The rest of the working copy does not slip through with it.
    await revise(made.id, { summary: '未审' });
    strict.clock.advance(minute);
    await correct(made.id, order({ title: '三' }));
    expect((await read(made.id)).body).toMatchObject({ title: '三', summary: null });
    expect((await publish(made.id)).body.code).toBe('article.review_required');
  } finally {
    await strict.close();
  }
});
