// How much of the event log a process has heard, and since when it is certain that this was all. Who waits for a position
// is told when it is heard. Knows no connection.
import { performance } from 'node:perf_hooks';

/** What everyone who keeps something needs to know of an event. */
export type Heard = {
  readonly position: number;
  readonly type: string;
  readonly subjectId: string;
  /** Epoch milliseconds. */
  readonly recordedAtMs: number;
};

/** Takes events in the order of their positions. Null: some were missed for good, so nothing can be believed. */
export type Hear = (events: readonly Heard[] | null) => void;

/** Beyond this silence nothing is believed any more. */
export const silenceMaxMs = 1000;

export type Hearing = {
  /** Null: nothing was heard yet. */
  position(): number | null;
  silenceMs(): number;
  isCurrent(): boolean;
  /**
   * Resolves once a position is heard: true; or when time is up or the link breaks: false. Who gives no time will go on in
   * any case; then nothing is believed before that position is heard.
   */
  wait(position: number, timeoutMs?: number): Promise<boolean>;
  /** As it comes; what was heard before is passed over. */
  take(events: readonly Heard[]): void;
  /** Everything is forgotten; what follows begins behind this position. */
  restart(position: number): void;
  /** Nothing was missed up to this instant (of `performance.now`). */
  confirm(atMs: number): void;
  lose(): void;
};

type Waiter = { readonly position: number; settle(isHeard: boolean): void };

export function createHearing(hear: Hear): Hearing {
  let position: number | null = null;
  let confirmedAtMs = Number.NEGATIVE_INFINITY;
  let owed = 0;
  const waiters = new Set<Waiter>();
  const silenceMs = () => performance.now() - confirmedAtMs;

  function moveTo(newest: number): void {
    position = newest;
    for (const waiter of waiters) if (waiter.position <= newest) waiter.settle(true);
  }

  return {
    position: () => position,
    silenceMs,
    isCurrent: () => silenceMs() < silenceMaxMs && (position ?? 0) >= owed,
    async wait(wanted, timeoutMs) {
      if (position !== null && position >= wanted) return true;
      const leftMs = timeoutMs ?? silenceMaxMs - silenceMs();
      const isHeard =
        leftMs > 0 && (await new Promise<boolean>((resolve) => addWaiter(waiters, wanted, leftMs, resolve)));
      // The link may come back with an answer that was given before.
      if (!isHeard && timeoutMs === undefined) owed = Math.max(owed, wanted);
      return isHeard;
    },
    take(events) {
      const fresh = events.filter((event) => event.position > (position ?? 0));
      if (fresh.length === 0) return;
      hear(fresh);
      moveTo(fresh.at(-1)!.position);
    },
    restart(newest) {
      hear(null);
      owed = 0;
      moveTo(newest);
    },
    confirm(atMs) {
      confirmedAtMs = atMs;
    },
    lose() {
      confirmedAtMs = Number.NEGATIVE_INFINITY;
      for (const waiter of waiters) waiter.settle(false);
    },
  };
}

function addWaiter(
  waiters: Set<Waiter>,
  position: number,
  timeoutMs: number,
  resolve: (isHeard: boolean) => void,
): void {
  const waiter: Waiter = {
    position,
    settle(isHeard) {
      clearTimeout(timer);
      waiters.delete(waiter);
      resolve(isHeard);
    },
  };
  const timer = setTimeout(() => waiter.settle(false), timeoutMs);
  waiters.add(waiter);
}
