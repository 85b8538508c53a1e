// Tags that an article makes on the way say what a draft is about, so they are the draft's secret until it is public.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.ts';
import { makeArticle, makeSection, makeTag, publish } from '../support/factories.ts';

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

it('a key that reads no article with it finds no such tag: neither to change it, nor its name by its slug', async () => {
  const [mine, other] = [await makeSection(app), await makeSection(app)];
  const key = await app.createKey({ name: '限', role: 'editor', sections: [mine.id] });
  const secret = await makeArticle(app, { section: other.id, tags: ['绝密合并'] });
  const { data } = (await app.get('/v1/tags?perspective=draft&limit=100', { as: 'editor' })).body;
  const { id, slug } = data.find(({ name }: { name: string }) => name === '绝密合并');
  for (const name of [id, slug, 'there-is-none']) {
    const options = { as: key, ifMatch: '*' };
    expect((await app.patch(`/v1/tags/${name}`, { name: '别名' }, options)).status).toBe(404);
    expect((await app.delete(`/v1/tags/${name}`, options)).status).toBe(404);
    expect((await app.post(`/v1/tags/${name}/untrash`, undefined, options)).status).toBe(404);
  }
  const tagsOf = async (tag: string, as: string) =>
    (await app.post('/v1/articles?dryRun=true', { title: '试', section: mine.id, tags: [tag] }, { as })).body;
  expect((await tagsOf(slug, key)).tags).toMatchObject([{ name: slug }]);
  expect((await tagsOf(id, key)).code).toBe('reference.not_found');
  expect((await tagsOf('绝密合并', key)).tags).toEqual([{ slug, name: '绝密合并' }]);
  for (const name of [id, slug]) expect((await tagsOf(name, 'editor')).tags).toEqual([{ slug, name: '绝密合并' }]);
  await publish(app, secret);
  expect((await tagsOf(slug, key)).tags).toEqual([{ slug, name: '绝密合并' }]);
});
