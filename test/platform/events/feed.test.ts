// The feed of the event log: all is heard, in order, whatever happens to the link; and who may have missed something
// knows.
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Feed, followEvents } from '../../../src/platform/events/feed.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { onDatabase } from '../../support/database-address.ts';
import { makeSection } from '../../support/factories.ts';
import { type Link, openLink } from '../../support/link.ts';

const patience = { timeout: 60_000 };
let app: TestApp;
let link: Link;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  link = await openLink(app.databaseUrl);
});
afterAll(async () => {
  await link.close();
  await app.close();
});

/** Null: everything was to be forgotten. */
type Told = number | null;
type Followed = { readonly feed: Feed; readonly told: Told[]; readonly name: string };

async function follow(): Promise<Followed> {
  const name = `feed-${randomUUID()}`;
  const told: Told[] = [];
  const url = new URL(link.url);
  url.searchParams.set('application_name', name);
  const feed = followEvents({
    url: url.href,
    log: pino({ level: 'silent' }),
    hear: (events) => void (events === null ? told.push(null) : told.push(...events.map(({ position }) => position))),
  });
  onTestFinished(() => feed.close());
  feed.start();
  await untilCurrent(feed);
  expect(told).toEqual([null]);
  told.length = 0;
  return { feed, told, name };
}

const poll = { timeout: 30_000, interval: 10 };
const untilCurrent = (feed: Feed) => expect.poll(() => feed.isCurrent(), poll).toBe(true);
const untilHeard = (feed: Feed, position: number) => expect.poll(() => feed.position(), poll).toBe(position);
const query = (text: string, values: unknown[] = []) =>
  onDatabase(app.databaseUrl, async (client) => (await client.query(text, values)).rows as Record<string, unknown>[]);

/** Positions of the events that were written since the last time. */
const written = async () => (await app.newEvents()).map(({ position }) => position);

/** Ends the feed's own connection on the server, and waits until that is known. */
async function hangUp({ feed, name }: Followed): Promise<void> {
  const broken = feed.heard(never, 1_000_000);
  const text = 'select pg_terminate_backend(pid) as ended from pg_stat_activity where application_name = $1';
  expect(await query(text, [name])).toEqual([{ ended: true }]);
  expect(await broken).toBe(false);
}

/** A position that no log of these tests reaches. */
const never = 1_000_000_000;

const insertEvents = `
  insert into event (position, id, type, subject_type, subject_id, actor_type, actor_id, occurred_at, recorded_at, payload)
  select nextval('event_position_seq'), gen_random_uuid(), 'section.updated', 'section', gen_random_uuid(), 'service',
    'test', now(), now(), '{}' from generate_series(1, $1) returning position::int as position`;

describe('what is heard', () => {
  it('is every event, once, in the order of the log', patience, async () => {
    await written();
    const { feed, told } = await follow();
    await Promise.all(Array.from({ length: 8 }, () => makeSection(app)));
    const operations = [1, 2, 3].map((n) => ({
      method: 'POST',
      path: '/v1/tags',
      body: { name: `批 ${n} ${randomUUID()}` },
    }));
    expect((await app.post('/v1/batch', { operations })).status).toBe(200);
    const positions = await written();
    expect(positions).toHaveLength(11);
    expect(await feed.heard(positions.at(-1)!, 30_000)).toBe(true);
    expect(told).toEqual(positions);
  });

  it('is caught up with after the server has ended the connection', patience, async () => {
    await written();
    const followed = await follow();
    const { feed, told } = followed;
    await makeSection(app);
    await hangUp(followed);
    await Promise.all(Array.from({ length: 5 }, () => makeSection(app)));
    const positions = await written();
    await untilHeard(feed, positions.at(-1)!);
    expect(told).toEqual(positions);
  });

  it('is read from the log where nobody told it', patience, async () => {
    const { feed, told } = await follow();
    const positions = (await query(insertEvents, [3])).map(({ position }) => position as number);
    await untilHeard(feed, positions.at(-1)!);
    expect(told).toEqual(positions);
  });

  it.each([
    ['of another form', (position: number) => `2 {"position":${position}}`],
    ['that is none', () => ''],
    ['whose position is no number', (position: number) => `p${position} section.updated ${randomUUID()} 1`],
  ])(
    'is everything, too, where one event is told by a text %s and the next as usual',
    patience,
    async (_name, tell) => {
      const { feed, told } = await follow();
      const positions = await onDatabase(app.databaseUrl, async (client) => {
        await client.query('begin');
        const rows: { position: number }[] = (await client.query(insertEvents, [2])).rows;
        const [first, second] = rows.map(({ position }) => position) as [number, number];
        const usual = `${second} section.updated ${randomUUID()} ${Date.now()}`;
        await client.query(`select pg_notify('masthead_event', $1), pg_notify('masthead_event', $2)`, [
          tell(first),
          usual,
        ]);
        await client.query('commit');
        return [first, second];
      });
      await untilHeard(feed, positions[1]!);
      expect(told).toEqual(positions);
    },
  );

  it('is forgotten altogether when more than 10,000 were missed', patience, async () => {
    const { feed, told } = await follow();
    const positions = (await query(insertEvents, [10_001])).map(({ position }) => position as number);
    await untilHeard(feed, positions.at(-1)!);
    expect(told).toEqual([null]);
    const [next] = await query(insertEvents, [1]);
    await untilHeard(feed, next!.position as number);
    expect(told).toEqual([null, next!.position]);
  });

  it('begins anew when the log has become shorter', patience, async () => {
    const rows = await query(insertEvents, [2]);
    const { feed, told } = await follow();
    const [first, second] = rows.map(({ position }) => position as number) as [number, number];
    expect(feed.position()).toBe(second);
    await onDatabase(app.databaseUrl, async (client) => {
      // As a restored database would be: nothing else takes events away.
      await client.query('set session_replication_role = replica');
      await client.query('delete from event where position = $1', [second]);
    });
    await untilHeard(feed, first);
    expect(told).toEqual([null]);
  });
});

describe('a link that is cut without a goodbye', () => {
  it(
    'is not believed after a second of silence, and what was missed is heard before it is believed again',
    patience,
    async () => {
      await written();
      const { feed, told } = await follow();
      link.cut();
      onTestFinished(() => link.mend());
      const waiting = feed.heard(feed.position() + 1);
      await makeSection(app);
      expect(await waiting).toBe(false);
      expect(feed.isCurrent()).toBe(false);
      await expect.poll(() => feed.silenceMs(), poll).toBeGreaterThan(1000);
      expect(told).toEqual([]);
      link.mend();
      await untilCurrent(feed);
      expect(told).toEqual(await written());
    },
  );
});

describe('who waits for a position', () => {
  it('is told at once when it was heard before', patience, async () => {
    const { feed } = await follow();
    expect(await feed.heard(feed.position())).toBe(true);
  });

  it('is told when time is up, and when the link breaks', patience, async () => {
    const followed = await follow();
    const { feed } = followed;
    expect(await feed.heard(never, 1)).toBe(false);
    expect(feed.isCurrent()).toBe(true);
    await hangUp(followed);
  });

  it(
    'and goes on without it, such as a write, has the feed not believed before that position is heard',
    patience,
    async () => {
      const followed = await follow();
      const { feed } = followed;
      await hangUp(followed);
      const [last] = await query('select last_value::int as position from event_position_seq');
      const next = (last!.position as number) + 1;
      expect(await feed.heard(next)).toBe(false);
      // The link is back, and has heard all there is.
      await expect.poll(() => feed.silenceMs(), poll).toBeLessThan(1000);
      expect(feed.isCurrent()).toBe(false);
      expect(await query(insertEvents, [1])).toEqual([{ position: next }]);
      await untilCurrent(feed);
      expect(feed.position()).toBe(next);
    },
  );
});
