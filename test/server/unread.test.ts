// A server whose log nobody reads any more (`| head`, `| tee` on Ctrl-C): it goes on serving, and stops as ever.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { isPortFree, isUp, serve, spawnMasthead } from '../support/masthead.ts';
import { findFreePort } from './edge.ts';

const patience = { timeout: 60_000 };
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(import.meta.url);
});
afterAll(() => database.drop());

it.each([
  ['1', 'SIGTERM'],
  ['1', 'SIGINT'],
  ['2', 'SIGTERM'],
] as const)('stops at once and with code 0: %s process(es), %s', patience, async (workers, signal) => {
  const server = await serve({ DATABASE_URL: database.url, MASTHEAD_WORKERS: workers });
  await server.says(/"msg":"Server listening/);
  server.stopReading();
  server.kill(signal);
  expect(await server.ended).toEqual({ code: 0, signal: null });
  expect(await isPortFree(server.port)).toBe(true);
});

it.each(['1', '2'])('goes on serving, then stops with code 0: %s process(es)', patience, async (workers) => {
  const server = await serve({ DATABASE_URL: database.url, MASTHEAD_WORKERS: workers, LOG_LEVEL: 'debug' });
  server.stopReading();
  // More lines than the log's buffer holds.
  for (let asked = 0; asked < 60; asked++) expect((await fetch(`${server.url}/v1/articles`)).status).toBe(200);
  server.kill('SIGTERM');
  expect(await server.ended).toEqual({ code: 0, signal: null });
});

it('comes up without a reader, too', patience, async () => {
  const port = await findFreePort();
  const server = spawnMasthead(['serve'], { env: { DATABASE_URL: database.url, PORT: String(port) } });
  server.stopReading();
  await expect.poll(() => isUp(server.pid), { timeout: 30_000, interval: 20 }).toBe(true);
  expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
  server.kill('SIGTERM');
  expect(await server.ended).toEqual({ code: 0, signal: null });
});
