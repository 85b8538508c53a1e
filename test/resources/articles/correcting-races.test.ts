// Corrections, retractions and their undoing at the same time as each other and as other writes.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { announceDue } from '../../../src/resources/articles/announce.ts';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { onDatabase } from '../../support/database-address.ts';
import { makePublished } from '../../support/factories.ts';
import { desk, minute } from './correcting.ts';

let app: TestApp;
let at: ReturnType<typeof desk>;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  at = desk(app);
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

const notice = '撤稿';
const order = (changes: object, note = '更正') => ({ note, changes });
const times = <T>(count: number, work: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => work(i)));
const count = (answers: Answer[], status: number, code?: string) =>
  answers.filter((answer) => answer.status === status && (code === undefined || answer.body.code === code)).length;
const correctionsOf = (id: string) =>
  app.deps.db.prisma.correction.findMany({ where: { articleId: id }, orderBy: { sequence: 'asc' } });

async function makeLive(input: object = {}) {
  const made = await makePublished(app, { title: '一', summary: '一', ...input });
  app.clock.advance(minute);
  await app.newEvents();
  return made;
}

async function expectNoOverlap(id: string): Promise<void> {
  const rows = await at.ranges(id);
  for (const [i, row] of rows.entries()) {
    const next = rows[i + 1];
    if (next !== undefined) expect(Date.parse(row[2] as string)).toBeLessThanOrEqual(Date.parse(next[1] as string));
  }
}

describe('corrections at the same time', () => {
  it('on one ETag: one is made, the others are told what it changed', async () => {
    const made = await makeLive();
    const answers = await times(10, (i) => at.correct(made.id, order({ title: `更 ${i}` }), 'editor', made.etag));
    expect([count(answers, 200), count(answers, 412)]).toEqual([1, 9]);
    const [stale] = answers.filter(({ status }) => status === 412);
    expect(stale!.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toContain('/title');
    expect(await correctionsOf(made.id)).toHaveLength(1);
  });

  it('on any ETag: each builds on the one before, with a number and a time of its own', async () => {
    const made = await makeLive();
    const answers = await times(20, (i) => at.correct(made.id, order({ title: `更 ${i}` }, `第 ${i} 次`)));
    expect(count(answers, 200)).toBe(20);
    const corrections = await correctionsOf(made.id);
    expect(corrections.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(new Set(corrections.map((each) => each.at.getTime())).size).toBe(20);
    await expectNoOverlap(made.id);
    app.clock.advance(minute);
    const { body } = await at.read(made.id);
    expect(body.title.replace('更 ', '第 ')).toBe(corrections.at(-1)!.note.replace(' 次', ''));
    expect(body.corrections).toHaveLength(20);
  });

  it('of other fields: the last one shows both', async () => {
    const made = await makeLive();
    const answers = await Promise.all([
      at.correct(made.id, order({ title: '二' })),
      at.correct(made.id, order({ summary: '二' })),
    ]);
    expect(count(answers, 200)).toBe(2);
    app.clock.advance(1);
    expect((await at.read(made.id)).body).toMatchObject({ title: '二', summary: '二' });
  });
});

describe('a correction and a patch at the same time', () => {
  it('on one ETag: one of them is made', async () => {
    for (let round = 0; round < 5; round += 1) {
      const made = await makeLive();
      const [corrected, patched] = await Promise.all([
        at.correct(made.id, order({ title: '更正' }), 'editor', made.etag),
        app.patch(`/v1/articles/${made.id}`, { summary: '新' }, { ifMatch: made.etag }),
      ]);
      expect([corrected!.status, patched!.status].toSorted()).toEqual([200, 412]);
      const { version } = await at.draft(made.id);
      expect(version).toBe(2);
    }
  });

  it('on any ETag: both are in the working copy, the correction alone is public', async () => {
    for (let round = 0; round < 5; round += 1) {
      const made = await makeLive();
      const answers = await Promise.all([
        at.correct(made.id, order({ title: '更正' })),
        at.revise(made.id, { summary: '新' }),
      ]);
      expect(count(answers, 200)).toBe(2);
      expect(await at.draft(made.id)).toMatchObject({ title: '更正', summary: '新', hasUnpublishedChanges: true });
      expect((await at.read(made.id)).body).toMatchObject({ title: '更正', summary: '一' });
    }
  });

  it('of the same field: either the patch comes second, or the correction is told of the collision', async () => {
    for (let round = 0; round < 5; round += 1) {
      const made = await makeLive();
      const [corrected, patched] = await Promise.all([
        at.correct(made.id, order({ title: '更正' })),
        at.revise(made.id, { title: '改稿' }),
      ]);
      expect(patched!.status).toBe(200);
      if (corrected!.status !== 200) expect(corrected!.body.code).toBe('article.correction_conflict');
      expect((await at.draft(made.id)).title).toBe('改稿');
      expect((await at.read(made.id)).body.title).toBe(corrected!.status === 200 ? '更正' : '一');
    }
  });
});

it('a correction of an article whose draft has another slug, and writers who want that slug, do not wait for each other', async () => {
  for (let round = 0; round < 5; round += 1) {
    const slug = `zheng-ming-${round}`;
    const made = await makeLive();
    await at.revise(made.id, { slug });
    const [corrected, ...others] = await Promise.all([
      at.correct(made.id, order({ title: '更正' })),
      app.post('/v1/articles', { title: '别的', slug }),
      app.post('/v1/articles', { title: '别的', slug }),
    ]);
    expect(corrected!.status).toBe(200);
    expect(corrected!.body.slug).toBe(slug);
    expect(count(others, 409, 'article.slug_taken')).toBe(2);
  }
});

describe('retractions at the same time', () => {
  it('as each other: one is made, one event tells of it', async () => {
    const made = await makeLive();
    const answers = await times(20, () => at.retract(made.id, { notice }));
    expect([count(answers, 200), count(answers, 409, 'article.retracted')]).toEqual([1, 19]);
    expect(await at.types()).toEqual(['article.retracted']);
    const undone = await times(20, () => at.reinstate(made.id));
    expect([count(undone, 200), count(undone, 409, 'article.not_retracted')]).toEqual([1, 19]);
    expect(await at.types()).toEqual(['article.reinstated']);
    await expectNoOverlap(made.id);
  });

  it('as a publish and a correction: whatever comes first, the public reads the notice', async () => {
    for (let round = 0; round < 5; round += 1) {
      const made = await makeLive();
      await at.revise(made.id, { title: '二' });
      const [retracted, ...others] = await Promise.all([
        at.retract(made.id, { notice }),
        at.publish(made.id),
        at.correct(made.id, order({ summary: '二' })),
      ]);
      expect(retracted!.status).toBe(200);
      for (const { status, body } of others)
        if (status !== 200) expect([409, body.code]).toEqual([409, 'article.retracted']);
      app.clock.advance(10);
      expect((await at.read(made.id)).status).toBe(410);
      await expectNoOverlap(made.id);
    }
  });
});

const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

/** Holds the article until the act waits for it, lets the clock run, and lets go. */
async function letWait(id: string, act: () => Promise<Answer>, ms: number): Promise<Answer> {
  return onDatabase(app.databaseUrl, async (holder) => {
    await holder.query('begin');
    await holder.query('select id from article where id = $1 for update', [id]);
    const pending = act();
    while ((await app.deps.db.sql.rows(waiting, [])).length === 0);
    app.clock.advance(ms);
    await holder.query('commit');
    return pending;
  });
}

describe('an act that waited while a scheduled update began', () => {
  async function makeScheduled() {
    const made = await makeLive();
    await at.revise(made.id, { title: '二' });
    await at.publish(made.id, { at: at.after(minute) });
    await app.newEvents();
    return made.id;
  }

  it('retracts the update, after its start was told', async () => {
    const id = await makeScheduled();
    const start = at.after(minute);
    const answer = await letWait(id, () => at.retract(id, { notice }), minute + 1);
    expect(answer.body).toMatchObject({ retraction: { at: at.after(0) }, warnings: [] });
    expect(await app.newEvents()).toMatchObject([
      { type: 'article.updated', payload: { version: 2, visibleFrom: start } },
      { type: 'article.retracted', payload: { version: 2, visibleUntil: at.after(0) } },
    ]);
    expect(await at.ranges(id)).toEqual([
      [1, expect.any(String), start],
      [2, start, at.after(0)],
    ]);
    await announceDue(app.deps.db, app.act());
    expect(await at.types()).toEqual([]);
  });

  it('corrects the update, not what was live when the request arrived', async () => {
    const id = await makeScheduled();
    const answer = await letWait(id, () => at.correct(id, order({ summary: '更正' })), minute + 1);
    expect(answer.body).toMatchObject({ title: '二', summary: '更正', version: 3, warnings: [] });
    expect((await at.read(id)).body).toMatchObject({ title: '二', summary: '更正' });
  });

  it('is refused where the end came meanwhile', async () => {
    const made = await makePublished(app, { title: '一' }, { until: at.after(minute) });
    const answer = await letWait(made.id, () => at.correct(made.id, order({ title: '二' })), minute);
    expect([answer.status, answer.body.code]).toEqual([409, 'article.not_published']);
  });
});

it('the worker and a retraction at the same time tell each start once, and in its order', async () => {
  for (let round = 0; round < 5; round += 1) {
    const made = await makeLive();
    await at.revise(made.id, { title: '二' });
    await at.publish(made.id, { at: at.after(minute) });
    await app.newEvents();
    app.clock.advance(minute + 1);
    await Promise.all([
      at.retract(made.id, { notice }),
      announceDue(app.deps.db, app.act()),
      announceDue(app.deps.db, app.act()),
    ]);
    const told = (await app.newEvents()).filter(({ subjectId }) => subjectId === made.id);
    expect(told.map(({ type }) => type)).toEqual(['article.updated', 'article.retracted']);
  }
});
