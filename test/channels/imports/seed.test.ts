// The seed record is loaded once for each database, by whichever process comes first.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSeed } from '../../../src/channels/imports/seed.ts';
import { whileHolding } from '../../platform/http/locks.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { onDatabase } from '../../support/database-address.ts';
import { countRows, seedTitle } from './support.ts';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp(import.meta.url);
});
afterEach(() => app?.close());

describe('the seed', () => {
  it('is published, in the zone of its own place whatever zone is configured', async () => {
    await app.close();
    app = await createTestApp(import.meta.url, { MASTHEAD_TIME_ZONE: 'America/New_York' });
    const id = await loadSeed(app.deps);
    const { status, body } = await app.get(`/v1/articles/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ title: seedTitle, publishedAt: '2020-05-27T06:48:49.000Z' });
    expect(body.firstPublishedAt).toBe(app.clock.now().toISOString());
  });

  it('is loaded once: a second start does nothing', async () => {
    expect(await loadSeed(app.deps)).toEqual(expect.any(String));
    const before = await countRows(app);
    expect(await loadSeed(app.deps)).toBeNull();
    expect(await countRows(app)).toEqual(before);
  });

  it('does not come back after an editor put it into the trash', async () => {
    const id = await loadSeed(app.deps);
    const draft = await app.get(`/v1/articles/${id}?perspective=draft`, { as: 'editor' });
    const trashed = await app.delete(`/v1/articles/${id}`, { ifMatch: draft.headers.etag! });
    expect(trashed.status).toBe(204);
    app.clock.advance(1);
    expect(await loadSeed(app.deps)).toBeNull();
    expect((await app.get(`/v1/articles/${id}`)).status).toBe(404);
  });

  it('is one article when several processes start at once', async () => {
    const loaded = await Promise.all([1, 2, 3, 4].map(() => loadSeed(app.deps)));
    expect(loaded.filter((id) => id !== null)).toHaveLength(1);
    expect(await countRows(app)).toMatchObject({ article: 1, section: 1, source: 1, editor: 1, publication: 1 });
  });

  it('waits for who is at it for longer than a request may wait', async () => {
    await app.close();
    app = await createTestApp(import.meta.url, { DATABASE_STATEMENT_TIMEOUT_MS: '500' });
    await whileHolding(app, 'lock table article in exclusive mode', [], async ({ release }) => {
      const loading = loadSeed(app.deps);
      // Each attempt is a transaction of its own.
      const waiting = () =>
        onDatabase(app.databaseUrl, async (client) => {
          const { rows } = await client.query<{ since: string }>(selectWaiting);
          return rows[0]?.since;
        });
      await expect.poll(waiting).toBeDefined();
      const first = await waiting();
      await expect.poll(async () => ![undefined, first].includes(await waiting()), { timeout: 20_000 }).toBe(true);
      await release();
      expect(await loading).toEqual(expect.any(String));
    });
    expect(await countRows(app)).toMatchObject({ article: 1, publication: 1 });
  });
});

const selectWaiting = `
  select xact_start::text as since from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock'`;
