// Related articles belong to the answer: to its warnings when it is published, and to its lifetime.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeSection, publish } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const inAMinute = () => new Date(app.clock.now().getTime() + 60_000).toISOString();

it('publishing warns of each related article that is not public', async () => {
  const shown = await makePublished(app);
  const hidden = await makeArticle(app);
  const article = await makeArticle(app, { related: [shown.id, hidden.id] });
  const live = await publish(app, article);
  expect(live.body.warnings).toEqual([
    { code: 'related.not_public', pointer: '/related/1', message: expect.stringContaining('left out') },
  ]);
  expect((await app.get(`/v1/articles/${article.id}`)).body.related.map((one: { id: string }) => one.id)).toEqual([
    shown.id,
  ]);
});

it('publishing at an instant that is past asks what is public now, not then', async () => {
  const [shown, ended] = [await makePublished(app), await makePublished(app, {}, { until: inAMinute() })];
  const past = app.clock.now().toISOString();
  app.clock.advance(60_000);
  const later = await makePublished(app);
  const article = await makeArticle(app, { related: [shown.id, ended.id, later.id] });
  const live = await publish(app, article, { at: past });
  expect(live.body.warnings).toMatchObject([{ code: 'related.not_public', pointer: '/related/1' }]);
});

it('no cache keeps an answer longer than the related article that it shows', async () => {
  const until = new Date(app.clock.now().getTime() + 5000).toISOString();
  const ending = await makePublished(app, {}, { until });
  const article = await makePublished(app, { related: [ending.id] });
  const read = await app.get(`/v1/articles/${article.id}`);
  expect(read.headers['cache-control']).toBe(
    'public, max-age=5, s-maxage=5, stale-while-revalidate=0, stale-if-error=0',
  );
});

it('a key limited to where a draft was moved does not change what the public sees elsewhere', async () => {
  const [from, to] = [await makeSection(app), await makeSection(app)];
  const live = await makePublished(app, { section: from.slug });
  const moved = await app.patch(`/v1/articles/${live.id}`, { section: to.slug }, { ifMatch: live.etag });
  const key = await app.createKey({ name: '限', role: 'editor', sections: [to.slug] });
  for (const action of ['publish', 'unpublish']) {
    const answer = await app.post(`/v1/articles/${live.id}/${action}`, {}, { as: key, ifMatch: moved.headers.etag! });
    expect([action, answer.status, answer.body.code]).toEqual([action, 403, 'auth.outside_sections']);
  }
  const trashed = await app.delete(`/v1/articles/${live.id}`, { as: key, ifMatch: moved.headers.etag! });
  expect(trashed.status).toBe(403);
  expect((await app.get(`/v1/articles/${live.id}`)).body.section.slug).toBe(from.slug);
});
