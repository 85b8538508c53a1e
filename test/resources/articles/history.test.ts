// Who did what to an article, and when: read off the event log, for people.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemPrincipal } from '../../../src/platform/auth/principal.ts';
import { eventCatalogue } from '../../../src/platform/events/catalogue.ts';
import { announceDue } from '../../../src/resources/articles/announce.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makePublished } from '../../support/factories.ts';
import { walk } from './newsroom.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

type Entry = { action: string; at: string; actor: object; fields: string[]; details: Record<string, unknown> };
const history = async (id: string, as = 'viewer'): Promise<Entry[]> =>
  (await app.get(`/v1/articles/${id}/history?limit=100`, { as })).body.data;

const act = async (id: string, action: string, body?: object, as = 'editor') => {
  app.clock.advance(1000);
  const answer = await app.post(`/v1/articles/${id}/${action}`, body, { ifMatch: '*', as });
  expect([action, answer.status, answer.text.slice(0, 300)]).toEqual([action, 200, expect.anything()]);
  return answer.body;
};
const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();

describe('the history of an article', () => {
  it('tells who did what when, with the fields that changed, newest first', async () => {
    const editor = await makeEditor(app, { name: '刘莹莹' });
    const key = await app.createKey({ name: '桌面', role: 'editor', editor: editor.id });
    const start = app.clock.now();
    const article = await makeArticle(app, { title: '一' }, key);
    app.clock.advance(60_000);
    await app.patch(
      `/v1/articles/${article.id}`,
      { title: '二', summary: '导语' },
      { ifMatch: article.etag, as: 'editor' },
    );
    const { status, headers, body } = await app.get(`/v1/articles/${article.slug}/history`, { as: 'viewer' });
    expect([status, headers['cache-control']]).toEqual([200, 'private, no-store']);
    expect(body.data).toEqual([
      {
        id: expect.any(String),
        action: 'article.revised',
        at: new Date(start.getTime() + 60_000).toISOString(),
        actor: { type: 'service', id: 'editor', name: 'editor' },
        fields: ['title', 'summary'],
        details: { revision: 2, version: 2 },
      },
      {
        id: expect.any(String),
        action: 'article.created',
        at: start.toISOString(),
        actor: { type: 'editor', id: editor.id, name: '刘莹莹' },
        fields: [],
        details: { revision: 1, version: 1 },
      },
    ]);
  });

  it('follows a life from the draft to the retraction and the trash', async () => {
    const assignee = await makeEditor(app, { name: '赵' });
    const article = await makeArticle(app);
    await app.patch(`/v1/articles/${article.id}`, { assignee: assignee.slug }, { ifMatch: '*' });
    const embargoUntil = fromNow(5000);
    await app.patch(`/v1/articles/${article.id}`, { embargoUntil }, { ifMatch: '*' });
    app.clock.advance(5000);
    await act(article.id, 'submit');
    await act(article.id, 'return', { comment: '标题太长' });
    await act(article.id, 'approve');
    await act(article.id, 'publish', { at: fromNow(60_000) });
    await act(article.id, 'unschedule');
    const live = await act(article.id, 'publish');
    await act(article.id, 'correct', { note: '更正人名', changes: { summary: '新' } });
    await act(article.id, 'retract', { notice: '本文失实', reason: '线索有误' });
    await act(article.id, 'reinstate', { reason: '查实无误' });
    await act(article.id, 'unpublish');
    await act(article.id, 'restore', { version: 1 });
    await app.delete(`/v1/articles/${article.id}`, { ifMatch: '*' });
    await act(article.id, 'untrash');
    const entries = await history(article.id);
    expect(entries.map(({ action }) => action.replace('article.', '')).reverse()).toEqual([
      'created',
      'assigned',
      'embargo_set',
      'submitted',
      'returned',
      'approved',
      'scheduled',
      'unscheduled',
      'published',
      'revised',
      'corrected',
      'retracted',
      'reinstated',
      'unpublished',
      'revised',
      'trashed',
      'untrashed',
    ]);
    const detailsOf = (action: string) => entries.find((entry) => entry.action === `article.${action}`)!.details;
    expect(detailsOf('assigned').assignee).toEqual({ id: assignee.id, slug: assignee.slug, name: '赵' });
    expect(detailsOf('embargo_set').embargoUntil).toBe(embargoUntil);
    expect(detailsOf('returned').commentId).toMatch(/^[0-9a-f-]{36}$/);
    expect(detailsOf('published')).toMatchObject({
      version: 1,
      slug: article.slug,
      visibleFrom: live.updatedAt,
      visibleUntil: null,
    });
    expect(detailsOf('corrected')).toMatchObject({ note: '更正人名', sequence: 1, version: 2 });
    expect(detailsOf('retracted')).toMatchObject({ notice: '本文失实', sequence: 1 });
    expect(detailsOf('revised')).toMatchObject({ version: 3, restoredFrom: 1 });
  });

  it('says that nobody is in charge any more', async () => {
    const { slug } = await makeEditor(app);
    const article = await makeArticle(app, { assignee: slug });
    await app.patch(`/v1/articles/${article.id}`, { assignee: null }, { ifMatch: article.etag });
    expect((await history(article.id))[0]).toMatchObject({ action: 'article.assigned', details: { assignee: null } });
  });

  it('tells what the clock did at the instant at which it happened, by the worker', async () => {
    const article = await makePublished(app, {}, { until: fromNow(60_000) });
    const until = fromNow(60_000);
    app.clock.advance(3_600_000);
    await announceDue(app.deps.db, { ...app.act(), principal: systemPrincipal('worker') });
    expect((await history(article.id))[0]).toMatchObject({
      action: 'article.expired',
      at: until,
      actor: { type: 'service', id: 'worker', name: 'worker' },
    });
  });

  it('holds nothing of other articles, and nothing of what stands beside it', async () => {
    await makeArticle(app);
    const article = await makeArticle(app, { tags: ['新标签'] });
    expect((await history(article.id)).map(({ action }) => action)).toEqual(['article.created']);
  });

  it('pages in the order of the log: nothing twice or left out, also while more happens', async () => {
    const article = await makeArticle(app);
    for (const title of ['二', '三', '四', '五', '六'])
      await app.patch(`/v1/articles/${article.id}`, { title }, { ifMatch: '*' });
    const path = `/v1/articles/${article.id}/history?limit=2`;
    const versionsOf = (page: { body: { data: Entry[] } }) => page.body.data.map(({ details }) => details.version);
    expect((await walk(app, path, 'viewer')).map(versionsOf)).toEqual([
      [6, 5],
      [4, 3],
      [2, 1],
    ]);
    const first = await app.get(path, { as: 'viewer' });
    await app.patch(`/v1/articles/${article.id}`, { title: '七' }, { ifMatch: '*' });
    expect(versionsOf(await app.get(`${path}&cursor=${first.body.page.nextCursor}`, { as: 'viewer' }))).toEqual([4, 3]);
  });

  it('refuses a cursor of another article, and one that was altered', async () => {
    const [one, other] = [await makeArticle(app), await makeArticle(app)];
    await app.patch(`/v1/articles/${one.id}`, { title: '二' }, { ifMatch: '*' });
    const { nextCursor } = (await app.get(`/v1/articles/${one.id}/history?limit=1`, { as: 'viewer' })).body.page;
    const [fingerprint, , id] = JSON.parse(Buffer.from(nextCursor, 'base64url').toString());
    const forge = (value: string) => Buffer.from(JSON.stringify([fingerprint, value, id])).toString('base64url');
    for (const [article, cursor] of [
      [other, nextCursor],
      [one, forge('-1')],
      [one, forge('1 or 1')],
      [one, forge('9'.repeat(30))],
    ]) {
      const answer = await app.get(`/v1/articles/${article.id}/history?cursor=${cursor}`, { as: 'viewer' });
      expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid_cursor']);
    }
  });
});

describe('what an event carries', () => {
  it('is shown only as far as the table names it', async () => {
    const article = await makeArticle(app, { title: '只在事件里' });
    const types = Object.keys(eventCatalogue).filter(
      (type) => type.startsWith('article.') && type !== 'article.created',
    );
    await app.deps.db.sql.rows(
      `insert into event (id, type, subject_type, subject_id, actor_type, actor_id, occurred_at, recorded_at, payload)
       select gen_random_uuid(), t, 'article', $1::uuid, 'service', 'test', $3::timestamptz, $3::timestamptz,
         '{"fields": ["title"], "title": "机密", "sectionId": "机密", "hash": "机密", "anything": {"else": "机密"}}'
       from unnest($2::text[]) t`,
      [article.id, types, app.clock.now().toISOString()],
    );
    const answer = await app.get(`/v1/articles/${article.id}/history?limit=100`, { as: 'viewer' });
    expect(answer.body.data).toHaveLength(types.length + 1);
    expect(answer.text).not.toContain('机密');
    expect(answer.text).not.toContain('只在事件里');
  });

  it('of a type that this release does not know is left out', async () => {
    const article = await makeArticle(app);
    await app.deps.db.sql.rows(
      `insert into event (id, type, subject_type, subject_id, actor_type, actor_id, occurred_at, recorded_at, payload)
       values (gen_random_uuid(), 'article.teleported', 'article', $1::uuid, 'service', 'test', $2::timestamptz, $2::timestamptz, '{}')`,
      [article.id, app.clock.now().toISOString()],
    );
    expect((await history(article.id)).map(({ action }) => action)).toEqual(['article.created']);
  });
});
