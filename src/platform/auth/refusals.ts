// Tells the event log that a key was refused. Anyone can send wrong keys as fast as the network allows, so each kind of
// attempt is told once a minute with a count, the memory is bounded, and no answer waits for the writing.
import { isIP } from 'node:net';
import { setImmediate as afterAnswer } from 'node:timers/promises';
import type { Deps } from '../deps.ts';
import { type PendingEvent, recordPending } from '../events/record.ts';
import { networkOf } from './network.ts';
import type { Principal } from './principal.ts';

/** `various`: from more sources than are told one by one. */
export type RefusalReason =
  | 'unknown'
  | 'mistyped'
  | 'expired'
  | 'revoked'
  | 'forbidden'
  | 'outside_sections'
  | 'various';

/** Which request it was. */
export type Attempt = { readonly operation: string; readonly address: string; readonly requestId: string };

export type Refusal = Attempt & {
  readonly reason: RefusalReason;
  /** Whose key it is; null: nobody's. */
  readonly owner: Principal | null;
  readonly prefix: string | null;
};

export type RefusalLog = {
  note(refusal: Refusal): void;
  /** Resolves when everything that was told is written. */
  settle(): Promise<void>;
  /** Tells the counts that wait for their minute, and settles. */
  close(): Promise<void>;
};

const minuteMs = 60_000;
const sourcesMax = 1000;
// Who has no key can come from any number of addresses; keys of ours are only as many as admins made.
const strangersPerMinute = 60;
// Everything that there can be to tell at once, and as much again.
const waitingMax = 2 * sourcesMax;

const nobody = { type: 'anonymous', id: 'unknown' } as const;
const noSubject = '00000000-0000-0000-0000-000000000000';

type Source = { refusal: Refusal; toldAt: number; untold: number };

export function createRefusalLog(deps: Pick<Deps, 'db' | 'clock' | 'newId' | 'log'>): RefusalLog {
  const writer = createWriter(deps);
  // In the order in which they were told last.
  const sources = new Map<string, Source>();
  let strangers = { since: 0, told: 0 };
  const rest = { untold: 0 };

  const tell = (refusal: Refusal | null, now: Date, count: number) =>
    writer.add(describe(refusal, { now, newId: deps.newId, count }));
  const tellRest = (now: Date) => {
    if (rest.untold > 0) tell(null, now, rest.untold);
    rest.untold = 0;
  };
  const isTurnLeft = (now: Date): boolean => {
    if (now.getTime() - strangers.since >= minuteMs) {
      strangers = { since: now.getTime(), told: 0 };
      tellRest(now);
    }
    strangers.told += 1;
    return strangers.told <= strangersPerMinute;
  };

  return {
    note(refusal) {
      const now = deps.clock.now();
      const name = nameSource(refusal);
      const known = sources.get(name);
      const isTold = known !== undefined && now.getTime() - known.toldAt < minuteMs;
      if (isTold || (refusal.owner === null && !isTurnLeft(now))) {
        (known ?? rest).untold += 1;
        return;
      }
      tell(refusal, now, 1 + (known?.untold ?? 0));
      sources.delete(name);
      sources.set(name, { refusal, toldAt: now.getTime(), untold: 0 });
      const [oldest] = sources;
      if (sources.size <= sourcesMax || oldest === undefined) return;
      sources.delete(oldest[0]);
      rest.untold += oldest[1].untold;
    },
    settle: writer.settle,
    async close() {
      const now = deps.clock.now();
      for (const { refusal, untold } of sources.values()) if (untold > 0) tell(refusal, now, untold);
      sources.clear();
      tellRest(now);
      await writer.settle();
    },
  };
}

function nameSource({ owner, reason, address }: Refusal): string {
  return `${reason} ${owner?.keyId ?? networkOf(address)}`;
}

type Telling = { now: Date; newId: Deps['newId']; count: number };

function describe(refusal: Refusal | null, { now, newId, count }: Telling): PendingEvent {
  const { reason = 'various', owner = null, prefix = null, operation = null, address = '' } = refusal ?? {};
  return {
    act: {
      // The key is the subject. It is not who acts: what a revoked key writes is refused.
      principal: { actor: owner?.actor ?? nobody, keyId: null },
      now,
      newId,
      requestId: refusal?.requestId ?? null,
    },
    event: {
      type: 'api_key.refused',
      subjectId: owner?.keyId ?? noSubject,
      // Behind a proxy the address is a header's text.
      payload: { reason, prefix, operation, address: isIP(address) === 0 ? null : address, count },
    },
  };
}

/** One transaction at a time, so that a flood never takes more than one connection. */
function createWriter({ db, log }: Pick<Deps, 'db' | 'log'>) {
  const waiting: PendingEvent[] = [];
  let writing: Promise<void> | null = null;

  async function write(): Promise<void> {
    await afterAnswer();
    try {
      while (waiting.length > 0) {
        const batch = waiting.splice(0);
        await db
          .transaction((tx) => recordPending(tx, batch))
          .catch((error: unknown) => log.error({ err: error, events: batch.length }, 'refused keys were not recorded'));
      }
    } finally {
      writing = null;
    }
  }

  return {
    add(event: PendingEvent): void {
      if (waiting.length < waitingMax) waiting.push(event);
      else log.warn('a refused key was not recorded: too many wait for the database');
      writing ??= write();
    },
    async settle(): Promise<void> {
      await writing;
    },
  };
}
