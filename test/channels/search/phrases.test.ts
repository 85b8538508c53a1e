// An exact phrase is one where it stands: words that are there apart are none, wherever they are.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { askingOf } from './asking.ts';

let app: TestApp;
const { found, publish } = askingOf(() => app);

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  await publish('in the title', { title: 'A red lighthouse', body: { text: '灯塔' } });
  await publish('apart in the title', { title: 'Lighthouse in red', body: { text: '灯塔 red lighthouse' } });
  await publish('apart', { title: '见闻', body: { text: '灯塔 lighthouse, red' } });
});
afterAll(() => app.close());

it('of a title is looked for in the title alone', async () => {
  expect(await found('title:"red lighthouse"')).toEqual(['in the title']);
  expect(await found('"red lighthouse"')).toEqual(['apart in the title', 'in the title']);
});

it('that is excluded takes away what has it, and not what has its words apart', async () => {
  expect(await found('灯塔 -"red lighthouse"')).toEqual(['apart']);
  expect(await found('灯塔 -title:"red lighthouse"')).toEqual(['apart', 'apart in the title']);
});
