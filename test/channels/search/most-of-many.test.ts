// Where there are many of something, those are taken that matter most.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeTag } from '../../support/factories.ts';
import { askingOf } from './asking.ts';

let app: TestApp;
const { ask, found, publish } = askingOf(() => app);

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

it('of more than fifty values a facet has those with most', async () => {
  const tags = Array.from({ length: 51 }, (_, n) => `标签${n}`);
  await publish('many', { title: '货轮', tags: tags.slice(0, 50) });
  await publish('few', { title: '货轮', tags: tags.slice(49) });
  const { values } = (await ask('货轮', 'facets=tag')).body.facets.tag;
  expect(values).toHaveLength(50);
  expect(values[0]).toMatchObject({ name: '标签49', count: 2 });
});

it('of more names than are looked for the shortest are', async () => {
  for (let n = 0; n < 25; n += 1) await makeTag(app, { name: `海星${'观察'.repeat(1 + (n % 3))}${n}` });
  await publish('starfish', { title: '别处见闻', tags: ['海星'] });
  expect(await found('海星')).toEqual(['starfish']);
});
