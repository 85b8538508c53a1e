// Writes that had to wait for a lock judge, and change, the present; not the instant at which they arrived.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { onDatabase } from '../../support/database-address.ts';
import { makeArticle, publish } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

it('an unpublish that waited over the scheduled start ends the publication, and does not undo what was seen', async () => {
  const draft = await makeArticle(app);
  const at = new Date(app.clock.now().getTime() + 60_000).toISOString();
  const scheduled = await publish(app, draft, { at });
  const answer = await onDatabase(app.databaseUrl, async (holder) => {
    await holder.query('begin');
    await holder.query('select id from article where id = $1 for update', [draft.id]);
    const pending = app.post(`/v1/articles/${draft.id}/unpublish`, undefined, { ifMatch: scheduled.etag });
    while ((await app.deps.db.sql.rows(waiting, [])).length === 0);
    app.clock.advance(61_000);
    expect((await app.get(`/v1/articles/${draft.slug}`)).status).toBe(200);
    await holder.query('commit');
    return pending;
  });
  expect(answer.status).toBe(200);
  expect((await app.get(`/v1/articles/${draft.slug}`)).status).toBe(404);
  const kept = await app.deps.db.prisma.publication.findMany({ where: { articleId: draft.id } });
  expect(kept.map((row) => row.visibleFrom.toISOString())).toEqual([at]);
  expect((await app.newEvents()).map((event) => event.type).slice(-2)).toEqual([
    'article.published',
    'article.unpublished',
  ]);
});

it('a write that waits too long for another is told to try again, and stores nothing', async () => {
  const slow = await createTestApp(import.meta.url, { DATABASE_STATEMENT_TIMEOUT_MS: '500' });
  try {
    const article = await makeArticle(slow);
    await onDatabase(slow.databaseUrl, async (holder) => {
      await holder.query('begin');
      await holder.query('select id from article where id = $1 for update', [article.id]);
      const answer = await slow.patch(`/v1/articles/${article.id}`, { summary: '二' }, { ifMatch: article.etag });
      expect([answer.status, answer.body.code]).toEqual([503, 'server.unavailable']);
      await holder.query('rollback');
    });
    const draft = await slow.get(`/v1/articles/${article.id}?perspective=draft`, { as: 'editor' });
    expect(draft.body).toMatchObject({ revision: 1, summary: null });
  } finally {
    await slow.close();
  }
});
