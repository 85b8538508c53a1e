// Many at one article at once, in every way in which a write can come: alone, rehearsed, retried, in a batch. And orders
// of publication that no calendar knows.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makePublished, publish } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url, { DATABASE_STATEMENT_TIMEOUT_MS: '20000' });
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

type Made = { id: string; etag: string };
const types = async () => (await app.newEvents()).map(({ type }) => type);
const publishPath = ({ id }: Made) => `/v1/articles/${id}/publish`;
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status);
const publicationsOf = ({ id }: Made) =>
  app.deps.db.prisma.publication.findMany({ where: { articleId: id }, orderBy: { visibleFrom: 'asc' } });

async function expectNoOverlap(made: Made): Promise<number> {
  const rows = await publicationsOf(made);
  for (const [i, { visibleFrom, visibleUntil }] of rows.entries()) {
    if (visibleUntil !== null) expect(visibleUntil.getTime()).toBeGreaterThan(visibleFrom.getTime());
    const next = rows[i + 1];
    if (next !== undefined) expect(visibleUntil!.getTime()).toBeLessThanOrEqual(next.visibleFrom.getTime());
  }
  return rows.length;
}

describe('two editors who change the same version at once', () => {
  it('one wins; the other is told which fields changed, by whom and when, merges, and loses nothing', async () => {
    const people = await Promise.all([makeEditor(app, { name: '于' }), makeEditor(app, { name: '徐' })]);
    const keys = await Promise.all(
      people.map(({ id, body }) => app.createKey({ name: body.name, role: 'editor', editor: id })),
    );
    const made = await makeArticle(app, { title: '初稿' });
    const changes = [{ title: '于改的题', kicker: '肩' }, { summary: '徐写的导语' }];
    const send = (i: number, ifMatch: string) =>
      app.patch(`/v1/articles/${made.id}`, changes[i]!, { as: keys[i]!, ifMatch });
    const answers = await Promise.all([send(0, made.etag), send(1, made.etag)]);
    expect(statuses(answers).toSorted()).toEqual([200, 412]);
    const won = answers[0]!.status === 200 ? 0 : 1;
    const lost = answers[1 - won]!;
    expect(lost.body).toMatchObject({
      code: 'request.precondition_failed',
      currentETag: '"r2"',
      errors: Object.keys(changes[won]!).map((field) => ({ pointer: `/${field}`, code: 'changed' })),
      changes: [
        {
          fields: Object.keys(changes[won]!),
          by: { type: 'editor', id: people[won]!.id },
          at: app.clock.now().toISOString(),
        },
      ],
    });
    expect((await send(1 - won, lost.body.currentETag)).body).toMatchObject({
      ...changes[0],
      ...changes[1],
      version: 3,
    });
    expect(await types()).toEqual([
      'editor.created',
      'editor.created',
      ...Array(2).fill('api_key.created'),
      'article.created',
      'article.revised',
      'article.revised',
    ]);
  });
});

describe('a hundred publications of one article at once', () => {
  it('alone, rehearsed, under one key and in batches: one takes effect, all are answered', async () => {
    const made = await makeArticle(app);
    await app.newEvents();
    const condition = { ifMatch: '*' };
    const inBatch = { operations: [{ method: 'POST', path: publishPath(made), ifMatch: '*' }] };
    const ways: (() => Promise<Answer>)[] = [
      () => app.post(publishPath(made), undefined, condition),
      () => app.post(`${publishPath(made)}?dryRun=true`, undefined, condition),
      () => app.post(publishPath(made), undefined, { ...condition, headers: { 'Idempotency-Key': 'hundred' } }),
      () => app.post('/v1/batch', inBatch),
    ];
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => ways[i % 4]!()));
    for (const [i, { status, body }] of answers.entries()) {
      if (i % 4 === 2 && status === 409) expect(body.code).toBe('idempotency.in_progress');
      else expect(status, JSON.stringify(body)).toBe(200);
    }
    expect(await types()).toEqual(['article.published']);
    expect(await expectNoOverlap(made)).toBe(1);
  });

  it('of one version, each with the ETag of the draft: one wins, in whatever way it came', async () => {
    const made = await makeArticle(app);
    await app.newEvents();
    const inBatch = { operations: [{ method: 'POST', path: publishPath(made), ifMatch: made.etag }] };
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        i % 2 === 0
          ? app.post(publishPath(made), undefined, { ifMatch: made.etag, headers: { 'Idempotency-Key': `one-${i}` } })
          : app.post('/v1/batch', inBatch),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
      expect(status === 412 || body.problem.status === 412, JSON.stringify(body)).toBe(true);
    }
    expect(await types()).toEqual(['article.published']);
  });

  it('each with a change of its own before it: one publication for each instant, in one line', async () => {
    const made = await makePublished(app);
    await app.newEvents();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => {
        app.clock.advance(1);
        return app.post('/v1/batch', {
          operations: [
            { method: 'PATCH', path: `/v1/articles/${made.id}`, ifMatch: '*', body: { title: `第 ${i} 稿` } },
            { method: 'POST', path: publishPath(made), ifMatch: '*' },
          ],
        });
      }),
    );
    expect(statuses(answers)).toEqual(Array(100).fill(200));
    expect(await expectNoOverlap(made)).toBe(101);
    const rows = await publicationsOf(made);
    expect(rows.map(({ version }) => version)).toEqual(Array.from({ length: 101 }, (_, i) => i + 1));
    for (const [i, row] of rows.entries()) expect(row.visibleUntil).toEqual(rows[i + 1]?.visibleFrom ?? null);
    expect(await types()).toEqual(Array(100).fill(['article.revised', 'article.updated']).flat());
  });

  it('some for now, some for later, some taking it off: never an overlap, never a fault of ours', async () => {
    const made = await makePublished(app);
    const in_ = (minutes: number) => new Date(app.clock.now().getTime() + minutes * 60_000).toISOString();
    const acts: ((i: number) => [string, object?])[] = [
      (i) => ['publish', { at: in_(i + 1), until: in_(i + 100), replaceScheduled: true }],
      () => ['publish', { replaceScheduled: true }],
      () => ['unschedule'],
      (i) => ['unpublish', i % 8 === 3 ? undefined : { at: in_(i) }],
    ];
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => {
        const [action, body] = acts[i % 4]!(i);
        return app.post(`/v1/articles/${made.id}/${action}`, body, { ifMatch: '*' });
      }),
    );
    for (const { status, text } of answers) expect([200, 400, 409], text).toContain(status);
    await expectNoOverlap(made);
    const toCome = (await publicationsOf(made)).filter(({ startAnnounced }) => !startAnnounced);
    expect(toCome.length).toBeLessThanOrEqual(1);
  });
});

describe('an order of publication', () => {
  const order = (made: Made, body: object, query = '') =>
    app.post(`${publishPath(made)}${query}`, body, { ifMatch: '*' });

  it.each([
    '2027-05-27T14:48:49[Asia/Shanghai]',
    '2027-05-27T14:48:49+08:00[Asia/Shanghai]',
    '2027-05-27T14:48:49[Mars/Phobos]',
    '2027-05-27T14:48:49 Asia/Shanghai',
    '2027-05-27T14:48:49 CST',
    '2027-05-27T14:48:49 GMT+8',
    '2027-05-27T14:48:49+8',
    '2027-05-27T14:48:49+0860',
    '2027-05-27T14:48:49ZZ',
    '2027-05-27T14:48:49+08:00Z',
    '+010000-01-01T00:00:00Z',
    '10000-01-01T00:00:00Z',
    '10000-01-01',
    '275760-09-13T00:00:00.001Z',
    '-000001-01-01T00:00:00Z',
  ])(
    'in a zone or year that is unknown, %s, is a 400 that points at it; also rehearsed and in a batch',
    async (text) => {
      const made = await makeArticle(app);
      await app.newEvents();
      for (const field of ['at', 'until']) {
        for (const query of ['', '?dryRun=true']) {
          const answer = await order(made, { [field]: text }, query);
          expect(answer.body).toMatchObject({
            status: 400,
            code: 'request.invalid',
            errors: [{ pointer: `/${field}` }],
          });
        }
        const operation = { method: 'POST', path: publishPath(made), ifMatch: '*', body: { [field]: text } };
        const answer = await app.post('/v1/batch', { operations: [operation] });
        expect(answer.body).toMatchObject({
          problem: { status: 400 },
          errors: [{ pointer: `/operations/0/body/${field}` }],
        });
      }
      expect(await types()).toEqual([]);
    },
  );

  it('for the last millisecond of the year 9999 is kept; an end then too', async () => {
    const last = '9999-12-31T23:59:59.999Z';
    const later = await order(await makeArticle(app), { at: last });
    expect(later.body).toMatchObject({ isPublic: false, scheduled: { at: last, until: null } });
    const ending = await order(await makeArticle(app), { until: last });
    expect(ending.body).toMatchObject({ isPublic: true, expiresAt: last });
    const empty = await order(await makeArticle(app), { at: last, until: last });
    expect(empty.body).toMatchObject({ status: 400, errors: [{ pointer: '/until' }] });
  });

  it('for the past is one for now, and is recorded as such', async () => {
    const made = await makeArticle(app);
    await app.newEvents();
    const now = app.clock.now();
    expect((await order(made, { at: '1999-01-01' })).status).toBe(200);
    const [event] = await app.deps.db.prisma.event.findMany({
      where: { subjectId: made.id, type: 'article.published' },
    });
    expect(event).toMatchObject({ occurredAt: now, recordedAt: now, payload: { visibleFrom: now.toISOString() } });
    expect(await publicationsOf(made)).toMatchObject([{ visibleFrom: now, createdAt: now }]);
  });

  it('whose end lies before its start is refused, and what is scheduled stays', async () => {
    const at = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
    const made = await publish(app, await makeArticle(app), { at });
    await app.newEvents();
    const answer = await order(made, { at, until: new Date(Date.parse(at) - 1).toISOString(), replaceScheduled: true });
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: '/until' }] });
    expect(await types()).toEqual([]);
    expect(await publicationsOf(made)).toHaveLength(1);
  });
});
