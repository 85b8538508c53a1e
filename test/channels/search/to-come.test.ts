// What is scheduled has a date in the future, which counts for nothing before it has come.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { askingOf } from './asking.ts';

let app: TestApp;
const { found, ranked, publish } = askingOf(() => app);

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const hour = 3_600_000;
const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();

it('a working copy that is to come is no fresher than what is there', async () => {
  await publish('in its body', { title: '见闻', body: { text: '彗星' } }, { at: fromNow(9000 * hour) });
  await publish('in its title', { title: '彗星', body: { text: '见闻' } });
  expect(await ranked('彗星', 'perspective=draft', 'admin')).toEqual(['in its title', 'in its body']);
});

it('an article is not updated by what the same version is scheduled for', async () => {
  const { id } = await publish('daily', { title: '每日快讯' });
  const scheduled = await app.post(
    `/v1/articles/${id}/publish`,
    { at: fromNow(2 * hour) },
    { as: 'admin', ifMatch: '*' },
  );
  expect(scheduled.status, scheduled.text).toBe(200);
  const updatedAfter = `updatedAfter=${encodeURIComponent(fromNow(hour))}`;
  expect(await found('每日快讯', updatedAfter)).toEqual([]);
  app.clock.advance(2 * hour);
  expect(await found('每日快讯', updatedAfter)).toEqual(['daily']);
});
