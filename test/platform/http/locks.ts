// Makes a write wait exactly where a test wants it: the test holds what the write needs next.
import pg from 'pg';
import type { TestApp } from '../../support/app.ts';

export type Holder = {
  query: pg.Client['query'];
  /** Returns when so many others wait for a lock. */
  untilWaiting(count?: number): Promise<void>;
  release(): Promise<void>;
};

const selectWaiting = `
  select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

/** Runs `work` while a session of its own holds what the statement takes. */
export async function whileHolding<T>(
  app: Pick<TestApp, 'databaseUrl'>,
  statement: string,
  values: readonly unknown[],
  work: (holder: Holder) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: app.databaseUrl });
  const watch = new pg.Client({ connectionString: app.databaseUrl });
  await Promise.all([client.connect(), watch.connect()]);
  try {
    await client.query('begin');
    await client.query(statement, [...values]);
    return await work({
      query: client.query.bind(client) as pg.Client['query'],
      async untilWaiting(count = 1) {
        for (;;) {
          const { rows } = await watch.query<{ count: number }>(selectWaiting);
          if (rows[0]!.count >= count) return;
        }
      },
      release: async () => void (await client.query('commit')),
    });
  } finally {
    await Promise.all([client.end(), watch.end()]);
  }
}

/** The lock that every write takes last. */
export const eventLock = `select pg_advisory_xact_lock(hashtext('event_position'))`;
/** What whoever takes this slug needs. */
export const slugLock = `select pg_advisory_xact_lock(hashtext('slug'), hashtext($1))`;
export const rowLock = (table: 'article' | 'api_key') => `select id from ${table} where id = $1 for update`;
