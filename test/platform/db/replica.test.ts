// Reads on a real streaming replica: never older than asked for, and never failing because of the replica.
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { createIdSource } from '../../../src/core/ids.ts';
import { systemPrincipal } from '../../../src/platform/auth/principal.ts';
import { type Db, openDb, type Sql } from '../../../src/platform/db/db.ts';
import { recordEvents } from '../../../src/platform/events/record.ts';
import { query } from './embedded-folder.ts';
import {
  copyAsStandby,
  type Folder,
  fillFolder,
  followPrimary,
  type Line,
  makeDataFolder,
  openLine,
} from './replica-servers.ts';

const patience = { timeout: 20_000, interval: 20 };
const folders: Folder[] = [];
let primaryUrl: string;
let standby: Folder;
let standbyUrl: string;
/** A replica that stays where the copy was made: it has no event. */
let behindUrl: string;
let line: Line;
let db: Db;
const stops: (() => Promise<void>)[] = [];
let lines: { level: number; msg: string; replica?: string }[] = [];
const log = pino({ level: 'info' }, { write: (text: string) => void lines.push(JSON.parse(text)) });

beforeAll(async () => {
  const primary = makeDataFolder();
  folders.push(primary);
  await fillFolder(primary);
  standby = copyAsStandby(primary);
  const behind = copyAsStandby(primary);
  folders.push(standby, behind);
  const server = await primary.start();
  stops.push(server.stop);
  primaryUrl = server.url;
  followPrimary(standby, primaryUrl);
  [standbyUrl, behindUrl] = await Promise.all([startStandby(standby), startStandby(behind)]);
  line = await openLine(standbyUrl);
  db = open([line.url]);
});
afterAll(async () => {
  await db?.close();
  await line?.close();
  for (const stop of stops.reverse()) await stop();
  for (const folder of folders) folder.remove();
});
beforeEach(async () => {
  await waitForReplica();
  lines = [];
});

async function startStandby(folder: Folder): Promise<string> {
  const server = await folder.start();
  stops.push(server.stop);
  return server.url;
}

function open(replicaUrls: string[], name = ''): Db {
  return openDb({
    url: primaryUrl,
    replicaUrls: replicaUrls.map((url) => `${url}?application_name=${name}`),
    poolSize: 8,
    statementTimeoutMs: 1500,
    slowQueryMs: 60_000,
    log,
  });
}

const selectPort = 'select inet_server_port() as port';
const isReplica = async (sql: Sql) =>
  (await sql.rows<{ replica: boolean }>('select pg_is_in_recovery() as replica', [], 'where'))[0]?.replica;
const leadsToReplica = async (position: number, from = db) => isReplica(await from.reads.at(position));
const waitForReplica = async () => expect.poll(async () => leadsToReplica(await newest()), patience).toBe(true);

async function newest(sql: Sql = db.sql): Promise<number> {
  const [row] = await sql.rows<{ position: number }>(
    'select coalesce(max(position), 0)::int as position from event',
    [],
  );
  return row!.position;
}

/** One more event, as every write records it; its position. */
async function write(): Promise<number> {
  const newId = createIdSource({ now: () => new Date() });
  const act = {
    principal: systemPrincipal('test'),
    now: new Date(),
    newId,
    requestId: null,
    project: async () => undefined,
  };
  const event = { type: 'tag.created', subjectId: newId(), payload: {} } as const;
  await db.transaction((tx) => recordEvents(tx, act, [event]));
  return newest();
}

async function setReplay(how: 'pause' | 'resume'): Promise<void> {
  await query(standbyUrl, `select pg_wal_replay_${how}()`);
  const state = () => query(standbyUrl, 'select pg_get_wal_replay_pause_state() as state');
  await expect.poll(state, patience).toEqual([{ state: how === 'pause' ? 'paused' : 'not paused' }]);
}

it('the replica of this test really streams, and refuses writes', async () => {
  const receiver = () => query(standbyUrl, 'select pg_is_in_recovery() as standby, status from pg_stat_wal_receiver');
  await expect.poll(receiver, patience).toEqual([{ standby: true, status: 'streaming' }]);
  const sql = await db.reads.at(0);
  await expect(sql.rows(`select setval('event_position_seq', 1)`, [])).rejects.toMatchObject({ code: '25006' });
  expect(await leadsToReplica(0)).toBe(true);
});

it('sessions on the replica are set up like those on the primary, and prepare named statements', async () => {
  const settings = `select name, setting from pg_settings where name in
    ('TimeZone', 'statement_timeout', 'lock_timeout', 'plan_cache_mode') order by name`;
  const sql = await db.reads.at(0);
  expect(await sql.rows(settings, [])).toEqual(await db.sql.rows(settings, []));
  expect(await sql.rows(settings, [])).toContainEqual({ name: 'TimeZone', setting: 'UTC' });
  await isReplica(sql);
  expect(await sql.rows(`select name from pg_prepared_statements where name = 'where'`, [])).toHaveLength(1);
});

it('a reader who knows of a write that the replica has not replayed gets the primary; one who does not, the replica', async () => {
  const before = await newest();
  await setReplay('pause');
  onTestFinished(() => setReplay('resume'));
  const after = await write();
  expect(await leadsToReplica(after)).toBe(false);
  expect(await leadsToReplica(before)).toBe(true);
  await setReplay('resume');
  await expect.poll(() => leadsToReplica(after), patience).toBe(true);
  expect(await newest(await db.reads.at(after))).toBe(after);
});

it('what is asked of a replica is asked once for all who wait', async () => {
  const other = open([line.url], 'askers');
  onTestFinished(() => other.close());
  await expect.poll(async () => leadsToReplica(await newest(), other), patience).toBe(true);
  const after = await write();
  await Promise.all(Array.from({ length: 50 }, () => other.reads.at(after)));
  const sessions = `select count(*)::int as n from pg_stat_activity where application_name = 'askers'`;
  expect(await query(standbyUrl, sessions)).toEqual([{ n: 1 }]);
});

it('of several replicas only those that have enough answer, and they take turns', async () => {
  const after = await write();
  const other = open([standbyUrl, behindUrl]);
  onTestFinished(() => other.close());
  const ports = async (position: number) => {
    const handles = await Promise.all(Array.from({ length: 8 }, () => other.reads.at(position)));
    const answers = await Promise.all(handles.map((sql) => sql.rows<{ port: number }>(selectPort, [])));
    return [...new Set(answers.flat().map(({ port }) => String(port)))].sort();
  };
  await expect.poll(() => ports(0), patience).toEqual([standbyUrl, behindUrl].map((url) => new URL(url).port).sort());
  await expect.poll(() => ports(after), patience).toEqual([new URL(standbyUrl).port]);
});

it('a statement that is in the way of the replay is answered by the primary', async () => {
  await db.sql.rows('create table if not exists conflict (id int)', []);
  await expect
    .poll(() => query(standbyUrl, `select to_regclass('conflict') is not null as is`), patience)
    .toEqual([{ is: true }]);
  const text = `select pg_is_in_recovery() as replica, (select count(*)::int from conflict) as n,
    case when pg_is_in_recovery() then (select 1 from pg_sleep(1)) end as slept`;
  const answer = (await db.reads.at(0)).rows(text, []);
  const sleeping = `select count(*)::int as n from pg_stat_activity where wait_event = 'PgSleep'`;
  await expect.poll(() => query(standbyUrl, sleeping), patience).toEqual([{ n: 1 }]);
  await db.sql.rows('alter table conflict add column if not exists more int', []);
  expect(await answer).toEqual([{ replica: false, n: 0, slept: null }]);
  expect(lines).toEqual([]);
  expect(await leadsToReplica(0)).toBe(true);
});

it('a statement that takes too long, or is wrong, fails once and is not repeated', async () => {
  const sql = await db.reads.at(0);
  await expect(sql.rows('select pg_sleep(5)', [])).rejects.toMatchObject({ code: '57014' });
  await expect(sql.rows(`select 'x'::int`, [])).rejects.toMatchObject({ code: '22P02' });
  expect(await leadsToReplica(0)).toBe(true);
  expect(lines).toEqual([]);
});

it('sessions that the replica ends are not noticed by those who read', async () => {
  const sql = await db.reads.at(0);
  const answers = Array.from({ length: 4 }, () => sql.rows(`select pg_is_in_recovery() as replica, pg_sleep(0.5)`, []));
  const sleeping = `select count(*)::int as n from pg_stat_activity where wait_event = 'PgSleep'`;
  await expect.poll(() => query(standbyUrl, sleeping), patience).toEqual([{ n: 4 }]);
  await query(standbyUrl, `select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'`);
  expect((await Promise.all(answers)).flat()).toMatchObject(Array.from({ length: 4 }, () => ({ replica: false })));
});

it('a session that is ended the moment it has said its first word harms nobody', async () => {
  const other = open([line.url], 'verified');
  onTestFinished(() => other.close());
  const ofIts = `from pg_stat_activity where application_name = 'verified'`;
  const count = (text: string) => query<{ n: number }>(standbyUrl, `select count(*)::int as n ${text}`);
  // The standby holds the locks that the primary holds: the first question of a new connection waits.
  await db.transaction(async (tx) => {
    await tx.rows('lock table event in access exclusive mode', []);
    await query(primaryUrl, 'select pg_switch_wal()');
    const locked = `from pg_locks where relation = 'event'::regclass and mode = 'AccessExclusiveLock'`;
    await expect.poll(() => count(locked), patience).toEqual([{ n: 1 }]);
    expect(await other.reads.at(0)).toBe(other.sql);
    await expect.poll(() => count(`${ofIts} and wait_event_type = 'Lock'`), patience).toEqual([{ n: 1 }]);
    line.setHeld(true);
  });
  onTestFinished(() => line.setHeld(false));
  await query(primaryUrl, 'select pg_switch_wal()');
  await expect.poll(() => count(`${ofIts} and wait_event_type = 'Lock'`), patience).toEqual([{ n: 0 }]);
  await query(standbyUrl, `select pg_terminate_backend(pid) ${ofIts}`);
  await expect.poll(() => count(ofIts), patience).toEqual([{ n: 0 }]);
  line.setHeld(false);
  await expect.poll(() => lines.length, patience).toBe(1);
  expect(await leadsToReplica(0, other)).toBe(false);
});

it('an address that leads to a server that is behind is not believed to have what the one before had', async () => {
  const after = await write();
  await expect.poll(() => leadsToReplica(after), patience).toBe(true);
  const handle = await db.reads.at(after);
  line.leadTo(behindUrl);
  onTestFinished(() => line.leadTo(standbyUrl));
  // More at once than there are connections: new ones are opened, and they lead to the other server.
  const text = 'select max(position)::int as position, pg_sleep(0.2) from event';
  const answers = await Promise.all(Array.from({ length: 12 }, () => handle.rows<{ position: number }>(text, [])));
  expect(new Set(answers.flat().map(({ position }) => position))).toEqual(new Set([after]));
});

it('a replica that says nothing any more delays a reader, fails none, and is left out until it is back', async () => {
  const position = await newest();
  const handle = await db.reads.at(position);
  line.setDead(true);
  onTestFinished(() => line.setDead(false));
  expect(await isReplica(handle)).toBe(false);
  expect(lines).toMatchObject([{ level: 40, msg: 'a replica is left out; the primary answers' }]);
  expect(await leadsToReplica(position)).toBe(false);
  line.setDead(false);
  await waitForReplica();
  expect(lines.slice(1)).toMatchObject([{ level: 30, msg: 'the replica is back' }]);
});

it('a replica that is killed under load fails no read, is told of once without its password, and is used again', async () => {
  const position = await write();
  let isOver = false;
  const replicas = new Set<unknown>();
  const read = async () => {
    while (!isOver) replicas.add(await leadsToReplica(position));
  };
  const readers = Array.from({ length: 8 }, read);
  await expect.poll(() => replicas.has(true), patience).toBe(true);
  process.kill(standby.postmaster(), 'SIGKILL');
  await expect.poll(() => replicas.has(false), patience).toBe(true);
  isOver = true;
  await Promise.all(readers);

  const later = await write();
  expect(await leadsToReplica(later)).toBe(false);
  expect(lines).toMatchObject([{ level: 40, replica: new URL(line.url).host }]);
  expect(JSON.stringify(lines)).not.toContain(new URL(primaryUrl).password);

  standbyUrl = await startStandby(standby);
  line.leadTo(standbyUrl);
  await waitForReplica();
  expect(lines.slice(1)).toMatchObject([{ level: 30, msg: 'the replica is back' }]);
});

it('a replica that was never there is told of once, and reads and the end are not held up', async () => {
  const other = open(['postgresql://postgres:nothing@127.0.0.1:1/masthead']);
  for (let n = 0; n < 3; n += 1) expect(await leadsToReplica(0, other)).toBe(false);
  await expect.poll(() => lines.length, patience).toBe(1);
  await other.close();
});

it('a replica that is dead at the start is told of without any read, by host and port, and so is its return', async () => {
  line.setDead(true);
  onTestFinished(() => line.setDead(false));
  const other = open([line.url]);
  onTestFinished(() => other.close());
  other.reads.start();
  const { port, password } = new URL(line.url);
  await expect.poll(() => lines, patience).toMatchObject([{ level: 40, replica: `127.0.0.1:${port}` }]);
  line.setDead(false);
  await expect.poll(() => lines.slice(1), patience).toMatchObject([{ msg: 'the replica is back' }]);
  expect(JSON.stringify(lines)).not.toContain(password);
});

it('without replicas the handle is the primary, and nothing is asked', async () => {
  const other = open([]);
  expect(await other.reads.at(Number.MAX_SAFE_INTEGER)).toBe(other.sql);
  await other.close();
});
