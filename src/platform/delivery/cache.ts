// Finished answers, kept in the process until an event touches them. One reading at a time fills a key. What was read
// before an event is never kept, nor given to whoever asked after it.
import { createTaggedStore, type Entry } from './tagged-store.ts';

/**
 * An answer with what it depends on (`tags`: an event that touches one of them drops it), and the instant (epoch
 * milliseconds) from which on it may not be used, whatever is heard; null: none is known.
 */
export type Filled<T> = Omit<Entry<T>, 'key'>;

/** `collapsed`: another request's reading was waited for. `passed on`: read, but already out of date, or too large. */
export type FillOutcome = 'stored' | 'passed on' | 'collapsed';

export type AnswerCache<T> = {
  /** A kept answer that holds at this instant. */
  get(key: string, nowMs: number): T | undefined;
  /** Reads the answer, together with whoever asks for the same meanwhile, and keeps it. */
  fill(
    key: string,
    nowMs: number,
    read: () => Promise<Filled<T>>,
  ): Promise<{ readonly value: T; readonly outcome: FillOutcome }>;
  /** An answer that is kept has become larger: its coded forms are made when they are asked for. */
  resize(key: string, value: T, sizeBytes: number): void;
  drop(tags: readonly string[]): void;
  clear(): void;
  stats(): { readonly entries: number; readonly bytes: number };
};

export type CacheObserver = { invalidated(count: number): void; evicted(): void };

type Landed<T> = Filled<T> & { readonly isOutdated: boolean; readonly outcome: FillOutcome };
type Flight<T> = { readonly startedAt: number; readonly result: Promise<Landed<T>> };

export function createAnswerCache<T extends object>(sizeBytesMax: number, observer: CacheObserver): AnswerCache<T> {
  const store = createTaggedStore<T>(sizeBytesMax, observer.evicted);
  const touches = createTouches();
  const flights = new Map<string, Flight<T>>();

  function start(key: string, read: () => Promise<Filled<T>>): Flight<T> {
    const startedAt = touches.tick();
    const run = async () => {
      try {
        const filled = await read();
        const isOutdated = touches.wereSince(startedAt, filled.tags);
        const outcome: FillOutcome = !isOutdated && store.put({ ...filled, key }) ? 'stored' : 'passed on';
        return { ...filled, isOutdated, outcome };
      } finally {
        flights.delete(key);
        if (flights.size === 0) touches.forget();
      }
    };
    const flight = { startedAt, result: run() };
    flights.set(key, flight);
    return flight;
  }

  return {
    get(key, nowMs) {
      const entry = store.get(key);
      if (entry === undefined) return undefined;
      if (holdsAt(entry, nowMs)) return entry.value;
      store.delete(key);
      return undefined;
    },
    async fill(key, nowMs, read) {
      const askedAt = touches.tick();
      for (;;) {
        const running = flights.get(key);
        if (running === undefined) return start(key, read).result;
        const landed = await running.result;
        // It began before we asked, and something happened since: that may have been before we asked, too.
        const isOurs = running.startedAt > askedAt || (!landed.isOutdated && holdsAt(landed, nowMs));
        if (isOurs) return { value: landed.value, outcome: 'collapsed' };
      }
    },
    resize(key, value, sizeBytes) {
      const entry = store.get(key);
      if (entry?.value === value) store.put({ ...entry, sizeBytes });
    },
    drop(tags) {
      touches.note(flights.size > 0 ? tags : []);
      for (const tag of tags) observer.invalidated(store.deleteTagged(tag));
    },
    clear() {
      touches.noteAll();
      observer.invalidated(store.stats().entries);
      store.clear();
    },
    stats: store.stats,
  };
}

const holdsAt = ({ usableUntil }: Pick<Filled<unknown>, 'usableUntil'>, nowMs: number) =>
  usableUntil === null || nowMs < usableUntil;

/** What was touched when, as far as a reading that runs could have missed it. Instants are counted, not measured. */
function createTouches() {
  const touchedAt = new Map<string, number>();
  let allAt = 0;
  let now = 0;
  const tick = () => {
    now += 1;
    return now;
  };
  return {
    tick,
    note(tags: readonly string[]): void {
      const at = tick();
      for (const tag of tags) touchedAt.set(tag, at);
    },
    noteAll(): void {
      allAt = tick();
    },
    wereSince: (startedAt: number, tags: readonly string[]) =>
      allAt > startedAt || tags.some((tag) => (touchedAt.get(tag) ?? 0) > startedAt),
    forget: () => touchedAt.clear(),
  };
}
