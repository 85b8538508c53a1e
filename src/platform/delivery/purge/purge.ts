// Tells the shared cache in front which answers it has to forget, from the event log: at least once each, late rather than
// never. While the cache cannot be told, the log waits.
import { setTimeout as delay } from 'node:timers/promises';
import type { Deps } from '../../deps.ts';
import { consumeEvents, findWaitingSince } from '../../events/consume.ts';
import { tagsTouched } from '../../events/touches.ts';
import type { PurgeTarget } from './targets.ts';

export type Purging = Pick<Deps, 'db' | 'clock' | 'log' | 'delivery' | 'metrics'>;

const consumer = 'purge';
const timeoutMs = 10_000;
const retryMs = { min: 1000, max: 60_000 };
// How long it sleeps where nothing happens; an event that is heard wakes it.
const idleMs = 1000;

/** Until it is stopped. Does nothing where no cache stands in front. */
export async function runPurging(deps: Purging, stop: AbortSignal): Promise<void> {
  const { delivery, log, metrics } = deps;
  const target = delivery.purgeTarget;
  if (target === null) return;
  const { name, setting } = target;
  delivery.feed.start();
  metrics.purges.watch(name, () => readLagSeconds(deps));
  let waitMs = retryMs.min;
  while (!stop.aborted) {
    try {
      const told = await purgeOnce(deps, target, stop);
      if (waitMs > retryMs.min) log.info({ target: name }, `the cache in front (${setting}) forgets again`);
      waitMs = retryMs.min;
      const { feed } = delivery;
      if (told === 0)
        await whileRunning(stop, (ended) => Promise.race([feed.heard(feed.position() + 1, idleMs), ended]));
    } catch (error) {
      if (stop.aborted) return;
      log.error({ err: error, target: name }, `the cache in front (${setting}) was not told; it is tried again`);
      await delay(waitMs, undefined, { signal: stop }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, retryMs.max);
    }
  }
}

/** `ended` settles with the signal. What waits for it does not stay with a signal that lives as long as the process. */
async function whileRunning<T>(stop: AbortSignal, work: (ended: Promise<void>) => Promise<T>): Promise<T> {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  stop.addEventListener('abort', end);
  if (stop.aborted) end();
  try {
    return await work(ended);
  } finally {
    stop.removeEventListener('abort', end);
  }
}

async function readLagSeconds({ db, clock }: Purging): Promise<number> {
  const since = await findWaitingSince(db.probe, consumer);
  return since === null ? 0 : Math.max(0, clock.now().getTime() - since.getTime()) / 1000;
}

/** How many events were dealt with. */
export function purgeOnce(deps: Purging, target: PurgeTarget, stop: AbortSignal): Promise<number> {
  const { db, clock, log, metrics } = deps;
  return consumeEvents(db.sql, consumer, clock.now(), async (events) => {
    // A type that is not known here is one of a newer release, whose processes purge for it.
    const keys = [...new Set(events.flatMap(({ type, subjectId }) => tagsTouched(type, subjectId) ?? []))];
    for (let from = 0; from < keys.length; from += target.keysMax) {
      try {
        await tell(target, keys.slice(from, from + target.keysMax), stop);
        metrics.purges.told(target.name, 'done');
      } catch (error) {
        // What was broken off by a stop is told by the next process.
        if (!stop.aborted) metrics.purges.told(target.name, 'failed');
        throw error;
      }
    }
    if (keys.length > 0) log.debug({ target: target.name, keys: keys.length }, 'purged');
  });
}

async function tell(target: PurgeTarget, keys: readonly string[], stop: AbortSignal): Promise<void> {
  const { url, headers, body } = target.describe(keys);
  const giveUp = new AbortController();
  const limit = setTimeout(() => giveUp.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  const status = await whileRunning(stop, async (ended) => {
    void ended.then(() => giveUp.abort());
    const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal: giveUp.signal });
    await answer.body?.cancel();
    return answer.ok ? null : answer.status;
  }).finally(() => clearTimeout(limit));
  if (status !== null) throw new Error(`${target.setting} answered ${status} to a purge of ${keys.length} names`);
}
