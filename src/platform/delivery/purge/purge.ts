// Tells the shared cache in front which answers it has to forget, from the event log: at least once each, late rather than
// never. While the cache cannot be told, the log waits.
import { setTimeout as delay } from 'node:timers/promises';
import type { Deps } from '../../deps.ts';
import { consumeEvents } from '../../events/consume.ts';
import { tagsTouched } from '../../events/touches.ts';
import type { PurgeTarget } from './targets.ts';

export type Purging = Pick<Deps, 'db' | 'clock' | 'log' | 'delivery'>;

const timeoutMs = 10_000;
const retryMs = { min: 1000, max: 60_000 };
// How long it sleeps where nothing happens; an event that is heard wakes it.
const idleMs = 1000;

/** Until it is stopped. Does nothing where no cache stands in front. */
export async function runPurging(deps: Purging, stop: AbortSignal): Promise<void> {
  const { delivery, log } = deps;
  const target = delivery.purgeTarget;
  if (target === null) return;
  delivery.feed.start();
  let waitMs = retryMs.min;
  while (!stop.aborted) {
    try {
      const told = await purgeOnce(deps, target, stop);
      waitMs = retryMs.min;
      if (told === 0)
        await Promise.race([delivery.feed.heard(delivery.feed.position() + 1, idleMs), untilAborted(stop)]);
    } catch (error) {
      if (stop.aborted) return;
      log.error({ err: error, target: target.name }, 'purging failed; it is tried again');
      await delay(waitMs, undefined, { signal: stop }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, retryMs.max);
    }
  }
}

const untilAborted = (stop: AbortSignal) =>
  new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));

/** How many events were dealt with. */
export function purgeOnce({ db, clock, log }: Purging, target: PurgeTarget, stop: AbortSignal): Promise<number> {
  return consumeEvents(db.sql, 'purge', clock.now(), async (events) => {
    // A type that is not known here is one of a newer release, whose processes purge for it.
    const keys = [...new Set(events.flatMap(({ type, subjectId }) => tagsTouched(type, subjectId) ?? []))];
    for (let from = 0; from < keys.length; from += target.keysMax)
      await tell(target, keys.slice(from, from + target.keysMax), stop);
    if (keys.length > 0) log.debug({ target: target.name, keys: keys.length }, 'purged');
  });
}

async function tell(target: PurgeTarget, keys: readonly string[], stop: AbortSignal): Promise<void> {
  const { url, headers, body } = target.describe(keys);
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
  const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`${target.name} answered ${answer.status} to a purge of ${keys.length} keys`);
}
