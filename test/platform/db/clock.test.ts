// Processes of one host have one clock, however busy the host is when they measure it.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { followDatabaseClock } from '../../../src/platform/db/clock.ts';
import type { Sql } from '../../../src/platform/db/db.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

/** How far the followed clock is from this host's, in milliseconds. */
async function measure(sql: Sql): Promise<number> {
  const clock = await followDatabaseClock(sql);
  const [before, read, after] = [Date.now(), clock.now().getTime(), Date.now()];
  clock.stop();
  return read < before ? read - before : Math.max(0, read - after);
}

it.each([
  ['the way there', 60, 0],
  ['the way back', 0, 60],
])('a database on the same host has the same time, though %s takes long', async (_name, there, back) => {
  const slow: Sql = {
    async rows<Row extends object>(...statement: Parameters<Sql['rows']>) {
      await pause(there);
      const rows = await app.deps.db.sql.rows<Row>(...statement);
      await pause(back);
      return rows;
    },
  };
  expect(await measure(slow)).toBe(0);
});

it('a database whose clock is ahead is followed', async () => {
  const ahead: Sql = {
    rows: (text, values) =>
      app.deps.db.sql.rows(text.replace('clock_timestamp()', `(clock_timestamp() + interval '1 hour')`), values),
  };
  expect(Math.round((await measure(ahead)) / 1000)).toBe(3600);
});
