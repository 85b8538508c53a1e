// Tags that an article makes on the way say what a draft is about, so they are the draft's secret until it is public.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.ts';
import { makeArticle, makeTag, publish } from '../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const names = async (query = '') => {
  const { body } = await app.get(`/v1/tags?count=exact${query}`, query === '' ? {} : { as: 'editor' });
  return { names: body.data.map((tag: { name: string }) => tag.name), total: body.page.total };
};

it('the public sees a tag that a draft made when the draft is public, editors at once', async () => {
  await makeTag(app, { name: '青岛' });
  const article = await makeArticle(app, { tags: ['秘密收购', '青岛'] });
  const secret = (await app.get('/v1/tags/mi-mi-shou-gou?perspective=draft', { as: 'editor' })).body;
  expect(secret.name).toBe('秘密收购');
  expect(await names()).toEqual({ names: ['青岛'], total: 1 });
  for (const path of ['/v1/tags/mi-mi-shou-gou', `/v1/tags/${secret.id}`])
    expect((await app.get(path)).status).toBe(404);
  expect((await app.get(`/v1/tags?ids=${secret.id}`)).body.data).toEqual([]);
  expect(await names('&perspective=draft')).toMatchObject({ total: 2 });

  const scheduled = await publish(app, article, { at: new Date(app.clock.now().getTime() + 60_000).toISOString() });
  expect(scheduled.body.scheduled).not.toBeNull();
  expect(await names()).toMatchObject({ total: 1 });
  app.clock.advance(60_000);
  expect(await names()).toMatchObject({ total: 2 });
  expect((await app.get('/v1/tags/mi-mi-shou-gou')).status).toBe(200);
});
