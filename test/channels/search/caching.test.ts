// Answers of search are kept like lists, and dropped by whatever may change them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makePublished, makeSection, makeSource, makeTag } from '../../support/factories.ts';
import { pathOf } from './asking.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const path = pathOf('鲸鱼', 'fields=title,section,tags&facets=section,tag');
const statusOf = async (address = path) => (await app.get(address)).headers['cache-status']!;
const isHit = async (address = path) => /; hit/.test(await statusOf(address));
/** Asked twice: the second time it is a hit. */
const warm = async () => {
  await app.get(path);
  expect(await isHit()).toBe(true);
};

it('what caches are told is what they are told of lists', async () => {
  await makePublished(app, { title: '鲸鱼' });
  const list = await app.get('/v1/articles');
  const search = await app.get(path);
  expect(search.headers['cache-control']).toBe(list.headers['cache-control']);
  expect(search.headers.vary).toBe(list.headers.vary);
  expect(search.headers.etag).toMatch(/^"[\w-]{22}"$/);
  const { id } = search.body.data[0];
  const keys = search.headers['surrogate-key']!.split(' ');
  for (const key of ['articles', 'sections', 'sources', 'editors', 'tags', `article:${id}`])
    expect(keys).toContain(key);
  const none = await app.get(pathOf('火星'));
  expect(none.headers['surrogate-key']!.split(' ')).toContain('articles');
});

it('the same ETag again is a 304', async () => {
  const { headers } = await app.get(path);
  const again = await app.get(path, { headers: { 'If-None-Match': headers.etag! } });
  expect([again.status, again.text]).toEqual([304, '']);
  app.clock.advance(1000);
  await makePublished(app, { title: '鲸鱼二' });
  expect((await app.get(path, { headers: { 'If-None-Match': headers.etag! } })).status).toBe(200);
});

describe('a kept answer is dropped by', () => {
  const patch = (address: string, body: object) => app.patch(address, body, { as: 'admin', ifMatch: '*' });
  const steps: [string, () => Promise<() => Promise<unknown>>][] = [
    ['a publication', async () => () => makePublished(app, { title: '鲸鱼新到' })],
    [
      'an update',
      async () => {
        const { id } = await makePublished(app, { title: '鲸鱼待改' });
        await patch(`/v1/articles/${id}`, { title: '已改' });
        app.clock.advance(1000);
        return () => app.post(`/v1/articles/${id}/publish`, {}, { ifMatch: '*' });
      },
    ],
    [
      'an unpublication',
      async () => {
        const { id } = await makePublished(app, { title: '鲸鱼将撤' });
        app.clock.advance(1000);
        return () => app.post(`/v1/articles/${id}/unpublish`, undefined, { ifMatch: '*' });
      },
    ],
    [
      'a retraction',
      async () => {
        const { id } = await makePublished(app, { title: '鲸鱼失实' });
        app.clock.advance(1000);
        return () => app.post(`/v1/articles/${id}/retract`, { notice: '撤', reason: '误' }, { ifMatch: '*' });
      },
    ],
    [
      'a new name of a section',
      async () => {
        const { id, slug } = await makeSection(app, { name: '水族' });
        await makePublished(app, { title: '水里', section: slug });
        return () => patch(`/v1/sections/${id}`, { name: '鲸鱼频道' });
      },
    ],
    [
      'a new name of a source',
      async () => {
        const { id, slug } = await makeSource(app, { name: '水报' });
        await makePublished(app, { title: '水上', source: slug });
        return () => patch(`/v1/sources/${id}`, { name: '鲸鱼报' });
      },
    ],
    [
      'a new name of an editor',
      async () => {
        const { id, slug } = await makeEditor(app, { name: '水生' });
        await makePublished(app, { title: '水下', credits: [{ role: 'author', editor: slug }] });
        return () => patch(`/v1/editors/${id}`, { name: '鲸鱼生' });
      },
    ],
    [
      'a new name of a tag',
      async () => {
        const { id, slug } = await makeTag(app, { name: '水产' });
        await makePublished(app, { title: '水边', tags: [slug] });
        return () => patch(`/v1/tags/${id}`, { name: '鲸鱼类' });
      },
    ],
  ];

  it.each(steps)('%s', async (_what, prepare) => {
    const act = await prepare();
    await warm();
    const before = (await app.get(path)).text;
    await act();
    expect(await isHit()).toBe(false);
    expect((await app.get(path)).text).not.toBe(before);
  });

  it('the instant of a scheduled article, though nothing is done then', async () => {
    const made = await makeArticle(app, { title: '鲸鱼将至' });
    const at = new Date(app.clock.now().getTime() + 3000).toISOString();
    await app.post(`/v1/articles/${made.id}/publish`, { at }, { ifMatch: '*' });
    await warm();
    const told = (await app.get(path)).headers['cache-control'];
    app.clock.advance(2999);
    expect(await isHit()).toBe(true);
    expect((await app.get(path)).headers['cache-control']).toBe(told);
    app.clock.advance(1);
    expect(await isHit()).toBe(false);
  });

  it('ten minutes, after which what is fresh is another matter', async () => {
    await warm();
    app.clock.advance(10 * 60_000 - 1);
    expect(await isHit()).toBe(true);
    app.clock.advance(1);
    expect(await isHit()).toBe(false);
  });
});

it('a kept answer is not dropped by what nobody sees', async () => {
  await warm();
  await makeArticle(app, { title: '鲸鱼草稿' });
  expect(await isHit()).toBe(true);
});

it('one answer is kept for one meaning, whichever order its parameters have', async () => {
  await app.get('/v1/search?q=%E9%B2%B8%E9%B1%BC&limit=7');
  expect(await isHit('/v1/search?limit=7&q=%e9%b2%b8%e9%b1%bc')).toBe(true);
  expect(await isHit('/v1/search?limit=8&q=%E9%B2%B8%E9%B1%BC')).toBe(false);
});
