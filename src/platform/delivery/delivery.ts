// What a process needs to answer reads at speed: the finished answers it keeps, and the feed of events that tells it
// what they are still worth.
import type { Logger } from 'pino';
import type { Clock } from '../../core/clock.ts';
import { createDataVersions, type DataVersions } from '../events/data-version.ts';
import { type Feed, followEvents } from '../events/feed.ts';
import { tagsTouched } from '../events/touches.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type AnswerCache, createAnswerCache } from './cache.ts';
import type { Prepared } from './prepared.ts';
import type { PurgeTarget } from './purge/targets.ts';

export type Delivery = {
  /** Null: switched off. */
  readonly cache: AnswerCache<Prepared> | null;
  readonly feed: Feed;
  readonly dataVersions: DataVersions;
  /** The shared cache in front that is told what to forget; null: there is none. */
  readonly purgeTarget: PurgeTarget | null;
  /** The instant that public reads are about: not before what was heard, though clocks of hosts differ by milliseconds. */
  now(): Date;
  /** The position of the last event that changed what the public reads: what a replica must know of. */
  lastTouch(): number;
  close(): Promise<void>;
};

// Clocks follow the database's; what is further apart is no skew, but a clock that was set.
const skewMaxMs = 1000;

export type DeliveryOptions = {
  /** A session of its own (DATABASE_DIRECT_URL behind a transaction pooler). */
  readonly url: string;
  readonly log: Logger;
  readonly cacheBytes: number;
  /** The secret name of the event log. */
  readonly epoch: string | null;
  readonly purgeTarget: PurgeTarget | null;
  readonly clock: Clock;
  readonly metrics: Metrics;
};

export function openDelivery({ url, log, cacheBytes, epoch, purgeTarget, clock, metrics }: DeliveryOptions): Delivery {
  const cache = cacheBytes === 0 ? null : createAnswerCache<Prepared>(cacheBytes, metrics.cache);
  if (cache !== null) metrics.cache.watch(cache.stats);
  let touch: number | null = null;
  let newestMs = Number.NEGATIVE_INFINITY;
  const isAhead = (instantMs: number) => {
    const aheadMs = instantMs - clock.now().getTime();
    return aheadMs > 0 && aheadMs <= skewMaxMs;
  };
  const feed = followEvents({
    url,
    log,
    hear(events) {
      if (events === null) {
        touch = null;
        cache?.clear();
        return;
      }
      for (const { position, type, subjectId, recordedAtMs } of events) {
        metrics.feed.heard(Math.max(0, clock.now().getTime() - recordedAtMs) / 1000);
        if (!isAhead(newestMs) || recordedAtMs > newestMs) newestMs = recordedAtMs;
        const tags = tagsTouched(type, subjectId);
        if (tags === null) cache?.clear();
        else cache?.drop(tags);
        if (tags === null || tags.length > 0) touch = position;
      }
    },
  });
  metrics.feed.watch(() => feed.silenceMs() / 1000);
  return {
    cache,
    feed,
    dataVersions: createDataVersions(epoch),
    purgeTarget,
    now() {
      return isAhead(newestMs) ? new Date(newestMs) : clock.now();
    },
    // While no touch is known, everything that was heard may have been one.
    lastTouch: () => touch ?? feed.position(),
    close: () => feed.close(),
  };
}
