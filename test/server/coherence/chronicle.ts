// What happened, in the order of the event log: the state after every event, whose write it was, and when that write was
// asked for and answered.
import type pg from 'pg';
import { follow, type LoggedEvent, type Named, nothing, type State, turnsWithin } from './model.ts';

/** A write as its client saw it: instants of `performance.now`. */
export type Written = { readonly startedAt: number; answeredAt: number; position: number; record?: Named };

export type Chapter = {
  readonly state: State;
  /** Of its last event. */
  readonly type: string;
  readonly written: Written | undefined;
  /** When the clock changes something, from a minute ago on. */
  readonly turns: readonly number[];
  /** What it was found to answer. */
  readonly known: Map<string, string>;
};

export type Chronicle = ReturnType<typeof createChronicle>;

const turnsKeptMs = 60_000;
const begun: Chapter = { state: nothing, type: '', written: undefined, turns: [], known: new Map() };

export function createChronicle(database: pg.Client) {
  const chapters: Chapter[] = [begun];
  const writes = new Map<string, Written>();
  const running = new Set<Written>();
  /** In the order in which they were answered; each with the furthest position until then. */
  const answered: { readonly at: number; readonly position: number }[] = [];
  let events = 0;

  const answeredBefore = (at: number) => answered.findLast((each) => each.at < at)?.position ?? 0;
  const indexOf = (position: number) =>
    Math.max(
      0,
      chapters.findLastIndex(({ state }) => state.position <= position),
    );

  return {
    chapters: chapters as readonly Chapter[],
    answeredBefore,
    /** Of the state that knows of this position and of nothing after it. */
    indexOf,
    begin(requestId: string): Written {
      const written = { startedAt: performance.now(), answeredAt: Number.POSITIVE_INFINITY, position: 0 };
      writes.set(requestId, written);
      running.add(written);
      return written;
    },
    end(written: Written): void {
      written.answeredAt = performance.now();
      running.delete(written);
      const position = Math.max(written.position, answered.at(-1)?.position ?? 0);
      answered.push({ at: written.answeredAt, position });
    },
    /** The position of the last write that was answered. */
    lastAnswered: () => answered.at(-1)?.position ?? 0,
    /** Before it began no write that is still under way. */
    certainUntil: () => Math.min(performance.now(), ...[...running].map(({ startedAt }) => startedAt)),
    async readOn(): Promise<void> {
      for (const event of await readLog(database, chapters.at(-1)!.state.position)) {
        const written = writes.get(event.requestId ?? '');
        // What it made is known when it is answered.
        if (written !== undefined && running.has(written)) return;
        const state = follow(chapters.at(-1)!.state, event, written?.record);
        const turns = [...turnsWithin(state, Date.now() - turnsKeptMs)].sort((a, b) => a - b);
        chapters.push({ state, type: event.type, written, turns, known: new Map() });
        events += 1;
      }
    },
    forget(before: number): void {
      chapters.splice(0, indexOf(answeredBefore(before)));
      answered.splice(
        0,
        answered.findLastIndex(({ at }) => at < before),
      );
    },
    count: () => ({ writes: writes.size, events }),
  };
}

type Row = LoggedEvent & { readonly requestId: string | null };

// By the primary key, in the order of the log.
const selectEvents = `
  select position::int, type, subject_id::text as "subjectId", request_id as "requestId", recorded_at as "recordedAt", payload
  from event where position > $1 order by position`;

async function readLog(database: pg.Client, position: number): Promise<Row[]> {
  return (await database.query<Row>(selectEvents, [position])).rows;
}
