// Hosts whose clocks differ by milliseconds: what was heard has happened, whatever the own clock says.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildApp } from '../../../src/app.ts';
import { openDelivery } from '../../../src/platform/delivery/delivery.ts';
import { findEpoch } from '../../../src/platform/events/data-version.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

async function openBehind(byMs: number) {
  const { clock: ahead, config, log, metrics, db } = app.deps;
  const clock = { now: () => new Date(ahead.now().getTime() - byMs) };
  const delivery = openDelivery({
    url: app.databaseUrl,
    log,
    cacheBytes: config.cacheSizeBytes,
    epoch: await findEpoch(db.sql),
    purgeTarget: null,
    clock,
    metrics,
  });
  delivery.feed.start();
  await expect.poll(() => delivery.feed.isCurrent()).toBe(true);
  const server = await buildApp({ ...app.deps, clock, delivery });
  return {
    read: (path: string) => server.inject({ method: 'GET', url: path }),
    close: async () => {
      await server.close();
      await delivery.close();
    },
  };
}

it.each([[5], [900]])('a process whose clock is %i ms behind shows what it has heard of', async (byMs) => {
  const article = await makeArticle(app);
  app.clock.advance(10_000);
  const published = await app.post(`/v1/articles/${article.id}/publish`, {}, { ifMatch: article.etag });
  const behind = await openBehind(byMs);
  // Heard by itself, after it was started.
  const again = await app.patch(`/v1/articles/${article.id}`, { title: '新题' }, { ifMatch: published.headers.etag! });
  app.clock.advance(2);
  const second = await app.post(`/v1/articles/${article.id}/publish`, {}, { ifMatch: again.headers.etag! });
  const answer = await behind.read(`/v1/articles/${article.id}?minVersion=${second.headers['data-version']}`);
  expect([answer.statusCode, answer.json().title]).toEqual([200, '新题']);
  await behind.close();
});

it('a clock that was set is believed', async () => {
  const article = await makeArticle(app);
  const soon = new Date(app.clock.now().getTime() + 3_600_000);
  await app.post(`/v1/articles/${article.id}/publish`, { at: soon.toISOString() }, { ifMatch: article.etag });
  app.clock.advance(7_200_000);
  await makeArticle(app);
  expect((await app.get(`/v1/articles/${article.id}`)).status).toBe(200);
  app.clock.advance(-7_200_000);
  // Another address, so that nothing is kept for it.
  expect((await app.get(`/v1/articles/${article.id}?fields=title`)).status).toBe(404);
});
