// Idempotency-Key across processes, and across their deaths: an act that was carried out is not repeated, one that was
// not is not lost, whenever the process was killed.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventLock, slugLock, whileHolding } from '../platform/http/locks.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { onDatabase } from '../support/database-address.ts';
import { type Serving, serve } from '../support/masthead.ts';

const patience = 120_000;
const key = 'a-bootstrap-key-of-more-than-32-characters';
// Held by the test: whoever keeps an answer waits for it at the commit (see `holdCommits`).
const commitLock = `select pg_advisory_xact_lock(4242)`;

let database: TestDatabase;
let at: { databaseUrl: string };
beforeAll(async () => {
  database = await createTestDatabase(import.meta.url);
  at = { databaseUrl: database.url };
  await onDatabase(database.url, (client) =>
    client.query(`create function wait_for_test() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock_shared(4242); return null; end $$;
      create constraint trigger wait_for_test after insert on idempotent_answer deferrable initially deferred
        for each row execute function wait_for_test()`),
  );
});
afterAll(() => database.drop());

const start = () =>
  serve({
    DATABASE_URL: database.url,
    MASTHEAD_BOOTSTRAP_KEY: key,
    DATABASE_STATEMENT_TIMEOUT_MS: '60000',
  });

type Answer = { status: number; text: string; replayed: string | null; retryAfter: string | null };

async function create(server: Serving, name: string): Promise<Answer> {
  const answer = await fetch(`${server.url}/v1/articles`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', 'Idempotency-Key': name },
    body: JSON.stringify({ title: name, slug: name }),
  });
  const { headers, status } = answer;
  return {
    status,
    text: await answer.text(),
    replayed: headers.get('idempotency-replayed'),
    retryAfter: headers.get('retry-after'),
  };
}

const readArticles = (slug: string) =>
  onDatabase(database.url, async (client) => {
    const { rows } = await client.query<{ id: string }>('select id from article where slug = $1', [slug]);
    return rows.map(({ id }) => id);
  });

/** Answered, or cut off. */
const settle = (request: Promise<Answer>) =>
  request.then(
    ({ status }) => status,
    () => 'cut off' as const,
  );

async function stop(server: Serving): Promise<void> {
  server.kill('SIGSTOP');
  await expect.poll(() => /\) T /.test(readFileSync(`/proc/${server.pid}/stat`, 'utf8'))).toBe(true);
}

async function kill(server: Serving): Promise<void> {
  server.kill('SIGKILL');
  await server.ended;
}

/** The answer of a retry, once what is still running has settled. */
async function retry(server: Serving, name: string): Promise<Answer> {
  for (;;) {
    const answer = await create(server, name);
    if (answer.status !== 409) return answer;
  }
}

describe('one key, two processes:', () => {
  it('at once, one carries it out and the other is told to wait; killed between commit and answer, the other answers', {
    timeout: patience,
  }, async () => {
    const [one, two] = await Promise.all([start(), start()]);
    const first = await whileHolding(at, slugLock, ['at-once'], async ({ untilWaiting, release }) => {
      const running = create(one, 'at-once');
      await untilWaiting();
      expect(await create(two, 'at-once')).toMatchObject({ status: 409, retryAfter: '1', replayed: null });
      await release();
      return running;
    });
    expect([first.status, first.replayed]).toEqual([201, null]);
    expect(await create(two, 'at-once')).toEqual({ ...first, replayed: 'true' });
    expect(await readArticles('at-once')).toHaveLength(1);

    await whileHolding(at, commitLock, [], async ({ untilWaiting, release }) => {
      const sent = settle(create(one, 'committed'));
      await untilWaiting();
      expect(await readArticles('committed')).toEqual([]);
      // From here on it reads nothing, not even that its transaction was committed.
      await stop(one);
      await release();
      await expect.poll(() => readArticles('committed'), { timeout: 30_000 }).toHaveLength(1);
      await kill(one);
      expect(await sent).toBe('cut off');
    });
    const [id] = await readArticles('committed');
    const again = await create(two, 'committed');
    expect([again.status, again.replayed]).toEqual([201, 'true']);
    expect(JSON.parse(again.text)).toMatchObject({ id, slug: 'committed', revision: 1 });
    expect(await create(two, 'committed')).toEqual(again);
    expect(await readArticles('committed')).toEqual([id]);
  });

  it('killed before the commit, the retry is the first one; killed while it commits, the retry waits and gets its answer', {
    timeout: patience,
  }, async () => {
    const [one, two] = await Promise.all([start(), start()]);
    await whileHolding(at, eventLock, [], async ({ untilWaiting, release }) => {
      const sent = settle(create(one, 'undone'));
      await untilWaiting();
      await kill(one);
      expect(await sent).toBe('cut off');
      await release();
    });
    // Postgres notices that its client is gone when the statement has ended.
    const first = await retry(two, 'undone');
    expect([first.status, first.replayed]).toEqual([201, null]);
    expect(await readArticles('undone')).toHaveLength(1);

    const three = await start();
    await whileHolding(at, commitLock, [], async ({ untilWaiting, release }) => {
      const sent = settle(create(two, 'settling'));
      await untilWaiting();
      await kill(two);
      expect(await sent).toBe('cut off');
      expect(await create(three, 'settling')).toMatchObject({ status: 409, retryAfter: '1' });
      await release();
    });
    const answer = await retry(three, 'settling');
    expect([answer.status, answer.replayed]).toEqual([201, 'true']);
    expect(await readArticles('settling')).toHaveLength(1);
  });
});
