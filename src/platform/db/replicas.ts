// Reads on replicas that have replayed enough of the event log. No reader sees a replica fail, or one that came back with
// less than it had: the primary answers instead.
import type pg from 'pg';
import type { DbOptions, Sql } from './db.ts';
import { openPool, sqlOn } from './pool.ts';
import { type Presence, watchPresence } from './replica-presence.ts';

export type Reads = {
  /** Asks each replica whether it is there, so that the log tells of one that is not before a reader needs it. */
  start(): void;
  /** Statements that see every event up to `position`: on a replica that has them, else on the primary. */
  at(position: number): Promise<Sql>;
};

type Replica = Presence & {
  readonly sql: Sql;
  running(): number;
  close(): Promise<void>;
};

/** Slower than this it is no help. */
const answerMs = 1000;

// By the primary key, from its end.
const selectPosition = { name: 'replica_position', text: 'select max(position)::text as position from event' };

export function openReplicas(primary: Sql, options: DbOptions): Reads & { close(): Promise<void> } {
  const replicas = (options.replicaUrls ?? []).map((url) => openReplica(url, primary, options));
  const close = async () => void (await Promise.all(replicas.map((replica) => replica.close())));
  const always = Promise.resolve(primary);
  if (replicas.length === 0) return { start: () => undefined, at: () => always, close };
  let turn = 0;
  return {
    start() {
      for (const replica of replicas) void replica.ask();
    },
    async at(position) {
      turn = (turn + 1) % replicas.length;
      const inTurn = [...replicas.slice(turn), ...replicas.slice(0, turn)].filter((replica) => replica.isHere());
      const [first, ...others] = inTurn.sort((one, other) => one.running() - other.running());
      if (first === undefined) return primary;
      if (!first.isKnownToHave(position)) await first.ask();
      return [first, ...others].find((replica) => replica.isKnownToHave(position))?.sql ?? primary;
    },
    close,
  };
}

function openReplica(url: string, primary: Sql, given: DbOptions): Replica {
  // A pooler would hide that the server behind it was restarted.
  const options: DbOptions = { ...given, pooler: 'none' };
  const presence = watchPresence(nameServer(url), options.log, () => askPosition(pool));
  const pool = openPool(options, url, {
    connectionTimeoutMillis: answerMs,
    // The server ends a slow statement itself; this is for one that does not answer any more.
    query_timeout: options.statementTimeoutMs + answerMs,
    verify: (client, done) => void verifyConnection(client, presence.known()).then(() => done(), done),
  });
  options.watchPool?.('replica', pool);
  pool.on('error', (error) => presence.leave(error));
  const own = sqlOn(pool, options);
  let running = 0;

  async function rows<Row extends object>(...statement: Parameters<Sql['rows']>): Promise<Row[]> {
    // It may have gone since the handle was given.
    if (!presence.isHere()) return primary.rows<Row>(...statement);
    const answersBefore = presence.answers();
    running += 1;
    try {
      const found = await own.rows<Row>(...statement);
      presence.answer();
      return found;
    } catch (error) {
      const fault = judge(error);
      if (fault === 'own') throw error;
      if (fault === 'gone') presence.leave(error, answersBefore);
    } finally {
      running -= 1;
    }
    return primary.rows<Row>(...statement);
  }

  const close = async () => {
    presence.end();
    await pool.end();
  };
  return { ...presence, sql: { rows }, running: () => running, close };
}

/** For the log: never the whole address, which may hold a password. */
function nameServer(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || 5432}`;
}

/** It may lead to a server that was restarted, or to another one, and that is behind what was known before. */
async function verifyConnection(client: pg.PoolClient, known: number): Promise<void> {
  const position = await askPosition(client);
  if (position < known) throw new Error(`The replica was at position ${known}, and is at ${position}.`);
}

async function askPosition(client: pg.Pool | pg.PoolClient): Promise<number> {
  const statement = { ...selectPosition, query_timeout: answerMs };
  const { rows } = await client.query<{ position: string | null }>(statement);
  return Number(rows[0]?.position ?? 0);
}

// What the primary would say as well: data and writes that are not allowed, a statement that takes too long.
const ownStates = /^(?:22|25|57014)/;
// One statement suffered: it was in the way of the replay, or ahead of it (a column that a migration has just added).
const passingStates = /^(?:40|42|55)/;

function judge(error: unknown): 'own' | 'passing' | 'gone' {
  const code = String((error as { code?: unknown })?.code ?? '');
  if (ownStates.test(code)) return 'own';
  return passingStates.test(code) ? 'passing' : 'gone';
}
