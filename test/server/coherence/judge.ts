// Holds every answer against the event log. An answer is right where there is a state of the log, neither older than its
// floor nor with anything that was begun after it came, and an instant while it was asked, at which the model says the same.
import type pg from 'pg';
import type { Target, View } from './answers.ts';
import { type Content, follow, type LoggedEvent, type Named, nothing, type State, turnsWithin } from './model.ts';

/** A write as its client saw it: instants of `performance.now`. */
export type Written = { readonly startedAt: number; answeredAt: number; position: number; record?: Named };

export type Read = {
  readonly server: string;
  readonly target: Target;
  readonly found: string;
  /** Instants of `Date.now`. */
  readonly from: number;
  readonly to: number;
  /** Instants of `performance.now`. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** The position that the answer must know of; null: what had been answered a second before. */
  readonly floor: number | null;
};

/** Beyond this silence a process believes nothing that it keeps. */
const silenceMaxMs = 1000;

export type Judge = ReturnType<typeof createJudge>;

export function createJudge(database: pg.Client) {
  const writes = new Map<string, Written>();
  const contents = new Map<string, Content>();
  const states: {
    readonly state: State;
    /** Of its last event. */
    readonly type: string;
    readonly written: Written | undefined;
    readonly known: Map<string, string>;
  }[] = [{ state: nothing, type: '', written: undefined, known: new Map() }];
  /** In the order in which they were answered; each with the furthest position until then. */
  const answered: { readonly at: number; readonly position: number }[] = [];
  const running = new Set<Written>();
  let waiting: Read[] = [];
  const lags: number[] = [];
  let checked = 0;
  let firstAt = 0;

  async function readLog(): Promise<void> {
    const { rows } = await database.query(selectEvents, [states.at(-1)!.state.position]);
    for (const row of rows as (Omit<LoggedEvent, 'position'> & { position: string; requestId: string | null })[]) {
      const event = { ...row, position: Number(row.position) };
      const written = row.requestId === null ? undefined : writes.get(row.requestId);
      // What it made is known when it is answered.
      if (written !== undefined && running.has(written)) return;
      const state = follow(states.at(-1)!.state, event, written?.record);
      states.push({ state, type: event.type, written, known: new Map() });
    }
  }

  const answeredBefore = (at: number) => answered.findLast((each) => each.at < at)?.position ?? 0;

  function expectAt(index: number, { target }: Read, at: number): string {
    const { state, known } = states[index - firstAt]!;
    const view = (instant: number): View => ({
      state,
      contents,
      instant: { at: target.asOf ?? instant, isPast: target.asOf !== undefined },
    });
    // Between two turns of the clock a state is answered in one way.
    const key = `${target.path} ${target.asOf ?? Math.max(0, ...turnsWithin(state, 0, at))}`;
    const expected = known.get(key) ?? target.expect(view(at));
    known.set(key, expected);
    return expected;
  }

  function fits(index: number, read: Read): boolean {
    if (expectAt(index, read, read.from) === read.found) return true;
    if (read.target.asOf !== undefined) return false;
    const turns = [...turnsWithin(states[index - firstAt]!.state, read.from, read.to)];
    return turns.some((turn) => expectAt(index, read, turn) === read.found);
  }

  const indexOf = (position: number) => {
    const found = states.findLastIndex(({ state }) => state.position <= position);
    return (found === -1 ? 0 : found) + firstAt;
  };

  function judge(read: Read): void {
    const floor = read.floor ?? answeredBefore(read.startedAt - silenceMaxMs);
    const tooLate = states.findIndex(({ written }) => written !== undefined && written.startedAt > read.endedAt);
    const newest = (tooLate === -1 ? states.length : tooLate) - 1 + firstAt;
    const oldest = indexOf(floor);
    let index = newest;
    while (index >= oldest && !fits(index, read)) index -= 1;
    checked += 1;
    if (index < oldest) throw new Error(explain(read, oldest, newest));
    const next = states[index + 1 - firstAt]?.written;
    if (index < indexOf(answeredBefore(read.startedAt)) && next !== undefined) {
      lags.push(Math.max(0, read.startedAt - next.answeredAt));
    }
  }

  function explain(read: Read, oldest: number, newest: number): string {
    const past = Array.from({ length: oldest - firstAt }, (_, n) => oldest - 1 - n).find((n) => fits(n, read));
    const since = past === undefined ? undefined : states[past + 1 - firstAt];
    const stale =
      since === undefined
        ? 'what was never true'
        : `what was out of date for ${Math.round(read.startedAt - (since.written?.answeredAt ?? 0))} ms, since position ${since.state.position} (${since.type})`;
    const expected = [oldest, newest].map((n) => expectAt(n, read, read.from)).join('\n  or ');
    return `${read.server} answered ${stale}, to ${read.target.path}\n  ${read.found}\ninstead of\n  ${expected}`;
  }

  return {
    contents,
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
    note: (read: Read) => void waiting.push(read),
    /** Judges what is certain by now: reads that ended before every write began that is still under way. */
    async catchUp(): Promise<void> {
      const certainUntil = Math.min(performance.now(), ...[...running].map(({ startedAt }) => startedAt));
      await readLog();
      const certain = waiting.filter(({ endedAt }) => endedAt < certainUntil);
      waiting = waiting.filter(({ endedAt }) => endedAt >= certainUntil);
      for (const read of certain) judge(read);
      forget(Math.min(certainUntil, ...waiting.map(({ startedAt }) => startedAt)) - 10 * silenceMaxMs);
    },
    summary: () => ({ checked, writes: writes.size, events: states.length + firstAt - 1, lags }),
  };

  function forget(before: number): void {
    const position = answeredBefore(before);
    const count = states.findLastIndex(({ state }) => state.position <= position);
    if (count <= 0) return;
    states.splice(0, count);
    firstAt += count;
    answered.splice(
      0,
      Math.max(
        0,
        answered.findLastIndex(({ at }) => at < before),
      ),
    );
  }
}

// By the primary key, in the order of the log.
const selectEvents = `
  select position::text, type, subject_id::text as "subjectId", request_id as "requestId",
    recorded_at as "recordedAt", payload
  from event where position > $1 order by position`;
