// Follows the event log as it grows, over one connection that listens. A process may believe what it keeps only while
// this is current: a beat asks the server for the newest position, and what no notification told is read from the log.
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { createHearing, type Hear, type Heard, type Hearing } from './hearing.ts';
import { eventChannel } from './record.ts';

export type FeedOptions = {
  /** A session of its own: a transaction pooler in between would swallow what is told. */
  readonly url: string;
  readonly log: Logger;
  readonly hear: Hear;
};

export type Feed = Pick<Hearing, 'silenceMs' | 'isCurrent'> & {
  /** Begins to listen. Until then nothing is heard, and so nothing is believed. */
  start(): void;
  /** The position up to which everything was heard. */
  position(): number;
  /** Resolves once a position is heard: true; or when the feed turns out not to be current, or time is up: false. */
  heard: Hearing['wait'];
  close(): Promise<void>;
};

const beatEveryMs = 250;
// A beat that takes longer will not be answered any more: the link is cut, though nobody said so.
const beatTimeoutMs = 2000;
const connectTimeoutMs = 5000;
const goodbyeTimeoutMs = 500;
const retryMs = { min: 50, max: 2000 };
// More than that is not caught up with, but forgotten altogether.
const missedMax = 10_000;

export function followEvents({ url, log, hear }: FeedOptions): Feed {
  const stopping = new AbortController();
  const hearing = createHearing(hear);
  let isSilenceTold = false;
  const onCurrent = () => {
    if (isSilenceTold) log.info('the event log is heard again');
    isSilenceTold = false;
  };

  async function keepFollowing(): Promise<void> {
    let waitMs = retryMs.min;
    while (!stopping.signal.aborted) {
      const error = await follow(url, hearing, stopping.signal, onCurrent).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (stopping.signal.aborted) return;
      if (!isSilenceTold) {
        waitMs = retryMs.min;
        log.warn({ err: error }, 'the event log is not heard; nothing is answered from the cache');
      }
      isSilenceTold = true;
      await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, retryMs.max);
    }
  }

  let finished: Promise<void> | undefined;
  return {
    start() {
      finished ??= keepFollowing();
    },
    position: () => hearing.position() ?? 0,
    silenceMs: hearing.silenceMs,
    isCurrent: hearing.isCurrent,
    heard: hearing.wait,
    async close() {
      stopping.abort();
      await finished;
    },
  };
}

/** Until the link breaks, or for ever. */
async function follow(url: string, hearing: Hearing, stop: AbortSignal, onCurrent: () => void): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: beatTimeoutMs,
  });
  const broken = new AbortController();
  const breakOff = () => {
    broken.abort();
    hearing.lose();
  };
  client.on('error', breakOff);
  client.on('end', breakOff);
  stop.addEventListener('abort', breakOff);
  // What is told while the log is to be caught up with comes after it.
  let held: Heard[] | null = [];
  client.on('notification', ({ payload }) => {
    const event = readPayload(payload ?? '');
    if (event === null) held = [...(held ?? [])];
    else if (held === null) hearing.take([event]);
    else held.push(event);
  });
  try {
    await client.connect();
    await client.query(`listen ${eventChannel}`);
    while (!broken.signal.aborted) {
      const toFollow: Heard[] | null = held;
      await beat(client, hearing);
      // Unless something came meanwhile that could not be read: this beat may have been too early for it.
      if (held === toFollow) {
        hearing.take(held ?? []);
        held = null;
      }
      onCurrent();
      await delay(beatEveryMs, undefined, { signal: broken.signal }).catch(() => undefined);
    }
  } finally {
    stop.removeEventListener('abort', breakOff);
    hearing.lose();
    // A link that is cut says no goodbye either.
    const ended = client.end().catch(() => undefined);
    await Promise.race([ended, delay(goodbyeTimeoutMs, undefined, { ref: false })]);
  }
}

// By the primary key, from its end.
const selectNewest = 'select coalesce(max(position), 0)::text as position from event';
// By the primary key, in the order of the log.
const selectMissed = `
  select e.position::text as position, e.type, e.subject_id::text as subject_id, e.recorded_at from event e
  where e.position > $1 order by e.position limit ${missedMax + 1}`;
type MissedRow = { position: string; type: string; subject_id: string; recorded_at: Date };

/** Asks how far the log reaches, and reads what was not told. */
async function beat(client: pg.Client, hearing: Hearing): Promise<void> {
  const askedAtMs = performance.now();
  const before = hearing.position();
  const newest = Number((await client.query<{ position: string }>(selectNewest)).rows[0]!.position);
  const position = hearing.position();
  // At the start nothing is kept yet; a log that became shorter is another log.
  if (before === null || position === null || newest < before) hearing.restart(newest);
  else if (newest > position) {
    const { rows } = await client.query<MissedRow>(selectMissed, [position]);
    if (rows.length > missedMax) hearing.restart(newest);
    else hearing.take(rows.map(toHeard));
  }
  hearing.confirm(askedAtMs);
}

const toHeard = (row: MissedRow): Heard => ({
  position: Number(row.position),
  type: row.type,
  subjectId: row.subject_id,
  recordedAtMs: row.recorded_at.getTime(),
});

const payloadForm = /^(\d{1,15}) (\S+) (\S+) (\d+)$/;

/** As record.ts prints it. What another release told otherwise is read from the log, at the next beat. */
function readPayload(payload: string): Heard | null {
  const [, position, type, subjectId, recordedAtMs] = payloadForm.exec(payload) ?? [];
  if (type === undefined || subjectId === undefined) return null;
  return { position: Number(position), type, subjectId, recordedAtMs: Number(recordedAtMs) };
}
