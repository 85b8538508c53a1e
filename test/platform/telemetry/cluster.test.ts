// Metrics of a server with several workers: whichever answers, it is the sum, and what the first process does beside them.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { serve } from '../../support/masthead.ts';
import { parseScrape } from '../../support/prometheus.ts';

const key = 'a-bootstrap-key-of-more-than-32-characters';
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(import.meta.url);
});
afterAll(() => database.drop());

it('any worker of a cluster answers with the sum over all of them', { timeout: 120_000 }, async () => {
  const edge = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => edge.listen(0, '127.0.0.1', resolve));
  const server = await serve({
    PURGE_URL: `http://127.0.0.1:${(edge.address() as AddressInfo).port}/purge`,
    DATABASE_URL: database.url,
    MASTHEAD_BOOTSTRAP_KEY: key,
    MASTHEAD_WORKERS: '2',
    OVERLOAD_EVENT_LOOP_DELAY_MS: '0',
  });
  // The primary hands connections out in turn.
  const ask = (path: string) =>
    fetch(server.url + path, { headers: { Authorization: `Bearer ${key}`, Connection: 'close' } });
  const scrape = async () => {
    const answer = await ask('/metrics');
    expect(answer.status).toBe(200);
    return parseScrape(await answer.text());
  };
  const asked = 20;
  for (let i = 0; i < asked; i += 1) expect((await ask('/v1/me')).status).toBe(200);
  const count = async () =>
    (await scrape()).value('masthead_http_request_duration_seconds_count', { operation: 'getMe' });
  await expect.poll(count).toBe(asked);
  // Asked in turn, too.
  for (let i = 0; i < 4; i += 1) expect(await count()).toBe(asked);
  const { value } = await scrape();
  expect(value('masthead_database_pool_connections', { pool: 'primary' })).toBeGreaterThanOrEqual(2);
  expect(value('masthead_feed_heartbeat_age_seconds')).toBeLessThan(60);
  const written = await fetch(`${server.url}/v1/sections`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: '产经' }),
  });
  expect(written.status).toBe(201);
  const purges = async (outcome: string) =>
    (await scrape()).value('masthead_purge_requests_total', { target: 'http', outcome });
  await expect.poll(() => purges('done'), { timeout: 10_000 }).toBe(1);
  expect(await purges('failed')).toBe(0);
  expect((await scrape()).value('masthead_purge_lag_seconds', { target: 'http' })).toBe(0);
  server.kill('SIGTERM');
  expect(await server.ended).toEqual({ code: 0, signal: null });
  edge.close();
});
