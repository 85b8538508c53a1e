// `minVersion` that cannot be had: the client learns whether to leave it out or to try again.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildApp } from '../../../src/app.ts';
import { openDelivery } from '../../../src/platform/delivery/delivery.ts';
import { createDataVersions, findEpoch } from '../../../src/platform/events/data-version.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { createTestDatabase } from '../../support/database.ts';
import { makeSection } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const leaveItOut = /^\?minVersion: Not a Data-Version of this database: .* Leave it out\.$/;

it.each([
  ['another database', () => createDataVersions('11111111-1111-4111-8111-111111111111').print(1)],
  // Signed as it should be, but the log does not reach so far any more.
  ['this database before it was restored', () => app.deps.delivery.dataVersions.print(1_000_000_000)],
])('of %s is a 400 that says to leave it out', async (_name, version) => {
  const { id } = await makeSection(app);
  const answer = await app.get(`/v1/sections/${id}?minVersion=${version()}`);
  expect([answer.status, answer.body.code, answer.headers['cache-control']]).toEqual([
    400,
    'request.invalid',
    'no-store',
  ]);
  expect(answer.body.detail).toMatch(leaveItOut);
  expect(answer.body.errors).toMatchObject([{ pointer: '?minVersion', code: 'invalid_value' }]);
  expect((await app.get(`/v1/sections/${id}`)).status).toBe(200);
});

it('of a write that is there, but not heard of in time, is a 503 that says to try again', async () => {
  // It listens where nothing is told.
  const elsewhere = await createTestDatabase(`${import.meta.url}-elsewhere`);
  const { clock, config, log, metrics, db } = app.deps;
  const delivery = openDelivery({
    url: elsewhere.url,
    log,
    cacheBytes: config.cacheSizeBytes,
    epoch: await findEpoch(db.sql),
    purgeTarget: null,
    clock,
    metrics,
  });
  delivery.feed.start();
  await expect.poll(() => delivery.feed.isCurrent()).toBe(true);
  const server = await buildApp({ ...app.deps, delivery });
  await makeSection(app);
  const { headers, body } = await app.post('/v1/sections', { name: '财经' });
  const url = `/v1/sections/${body.id}?minVersion=${headers['data-version']}`;
  const answer = await server.inject({ method: 'GET', url });
  expect([answer.statusCode, answer.headers['retry-after'], answer.headers['cache-control']]).toEqual([
    503,
    '1',
    'no-store',
  ]);
  expect(answer.json().detail).toMatch(/Try again in a second\.$/);
  expect((await app.get(url)).status).toBe(200);
  await server.close();
  await delivery.close();
  await elsewhere.drop();
});
