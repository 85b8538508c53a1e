// Health: alive says that the process runs, whatever the database does; ready says that requests can be served.
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openDb } from '../../../src/platform/db/db.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { createEmptyDatabase, createTestDatabase } from '../../support/database.ts';
import { onDatabase } from '../../support/database-address.ts';
import { listen, sendRaw } from './listening.ts';
import { expectProblem } from './refusals.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

async function listenOn(url: string) {
  const log = pino({ level: 'silent' });
  const db = openDb({ url, poolSize: 2, statementTimeoutMs: 5000, slowQueryMs: 60_000, log });
  const server = await listen(app, {}, { db });
  onTestFinished(async () => {
    await server.close();
    await db.close();
  });
  const ask = (path: string) => sendRaw(server.port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  return { ask, server };
}

it.each(['/health/live', '/health/ready'])('%s is public, small and never stored', async (path) => {
  const answer = await app.get(path);
  expect([answer.status, answer.text]).toEqual([200, '{"status":"ok"}']);
  expect(answer.headers['cache-control']).toBe('private, no-store');
});

it.each(['/health/live', '/health/ready'])('%s takes no parameter', async (path) => {
  expectProblem(await app.get(`${path}?deep=true`), { status: 400, code: 'request.invalid', pointer: '?deep' });
});

async function emptyDatabase(): Promise<string> {
  const database = await createEmptyDatabase(import.meta.url);
  onTestFinished(() => database.drop());
  return database.url;
}

async function outdatedDatabase(): Promise<string> {
  const database = await createTestDatabase(import.meta.url);
  onTestFinished(() => database.drop());
  await onDatabase(database.url, (client) =>
    client.query(
      'delete from _prisma_migrations where migration_name = (select max(migration_name) from _prisma_migrations)',
    ),
  );
  return database.url;
}

describe.each([
  ['does not answer', async () => 'postgresql://masthead:geheim@127.0.0.1:1/masthead'],
  ['is not migrated', emptyDatabase],
  ['lacks the last migration', outdatedDatabase],
])('while the database %s', (_name, getUrl) => {
  it('ready is a 503 that asks to come back and tells nothing else, and live is 200', async () => {
    const { ask, server } = await listenOn(await getUrl());
    const answer = await ask('/health/ready');
    expectProblem(answer, { status: 503, code: 'server.unavailable' });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.text).not.toMatch(/geheim|127\.0\.0\.1/);
    expect((await ask('/health/live')).status).toBe(200);
    expect(server.text()).not.toContain('geheim');
  });
});

it('while the database does not answer, a read is a 503 to try again, not a failure of ours, and asks about no write', async () => {
  const { ask } = await listenOn('postgresql://masthead:geheim@127.0.0.1:1/masthead');
  for (const path of ['/v1/articles', '/v1/sections']) {
    const answer = await ask(path);
    expectProblem(answer, { status: 503, code: 'server.unavailable' });
    expect(answer.headers['retry-after']).toBeDefined();
    expect(answer.body.detail).toBe('The database cannot be reached, or is busy with the same thing. Try again.');
  }
});
