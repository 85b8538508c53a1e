// When the public's view last changed is found without reading the log, however long it is and however rare a type.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { publicEvents } from '../../../src/platform/events/catalogue.ts';
import { findLastChange } from '../../../src/platform/events/last-change.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeSection } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const lastChange = () => findLastChange(app.deps.db.sql, app.clock.now());

it('is that of the newest event that the public may know of, of whichever type', async () => {
  for (const make of [makeSection, makePublished, makeSection]) {
    app.clock.advance(60_000);
    await make(app);
    expect(await lastChange()).toEqual(app.clock.now());
  }
  const before = app.clock.now();
  app.clock.advance(60_000);
  await makeArticle(app);
  expect(await lastChange()).toEqual(before);
});

it('costs a row for each type, behind thousands of events of others', async () => {
  await app.deps.db.sql.rows(
    `insert into event (position, id, type, subject_type, subject_id, actor_type, actor_id, occurred_at, recorded_at, payload)
     select nextval('event_position_seq'), gen_random_uuid(), 'article.' || verb, 'article', gen_random_uuid(), 'service',
       'test', $1::timestamptz, $1::timestamptz, '{}'
     from generate_series(1, 1000), unnest('{created,revised,submitted,approved,commented,assigned,returned}'::text[]) as verb`,
    [app.clock.now().toISOString()],
  );
  await app.deps.db.sql.rows('analyze event', []);
  const rows = await app.deps.db.transaction(async (tx) => {
    const countRows = async () => {
      const [read] = await tx.rows<{ rows: number }>(
        `select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables where relname = 'event'`,
        [],
      );
      return read!.rows;
    };
    const before = await countRows();
    await findLastChange(tx, app.clock.now());
    return (await countRows()) - before;
  });
  expect(rows).toBeGreaterThan(0);
  expect(rows).toBeLessThanOrEqual(publicEvents.length);
});
