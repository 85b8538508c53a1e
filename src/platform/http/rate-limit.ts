// How often one sender may ask: a steady rate with room for a burst of a minute's worth, judged by the generic cell rate
// algorithm (ITU-T I.371), which keeps one instant for each sender. Those heard of last are remembered, so memory has an end.
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.ts';
import { type Problem, problem } from '../../core/problems.ts';

export type RateLimit = {
  /** Counts one; the problem to answer with when that was one too many, which then does not count. */
  take(sender: string): Problem | null;
  /** Whether the next one would be too many. */
  isReached(sender: string): boolean;
};

export type RateLimitOptions = {
  /** Names the limit to clients. */
  readonly name: string;
  /** 0: no limit. */
  readonly perMinute: number;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
};

const minuteMs = 60_000;
// 3 MB. More senders within a minute are a flood from everywhere, which admission holds off.
const sendersMax = 20_000;

const unlimited: RateLimit = { take: () => null, isReached: () => false };

export function createRateLimit(options: RateLimitOptions, clock: Clock): RateLimit {
  const { perMinute } = options;
  if (perMinute === 0) return unlimited;
  const intervalMs = minuteMs / perMinute;
  // When everything that a sender did would have happened at the steady rate.
  const spentUntil = new LRUCache<string, number>({ max: sendersMax });

  function look(sender: string) {
    const nowMs = clock.now().getTime();
    // Never further ahead than a burst goes: a clock that was set back locks nobody out.
    const spent = Math.min(Math.max(spentUntil.get(sender) ?? nowMs, nowMs), nowMs + minuteMs);
    // A rounding error is no request.
    return { spent, waitMs: spent + intervalMs - minuteMs - nowMs - intervalMs / 1000 };
  }

  return {
    take(sender) {
      const { spent, waitMs } = look(sender);
      const isTooMany = waitMs > 0;
      spentUntil.set(sender, isTooMany ? spent : spent + intervalMs);
      return isTooMany ? refuse(options, Math.ceil(waitMs / 1000)) : null;
    },
    isReached: (sender) => look(sender).waitMs > 0,
  };
}

/** With the fields of draft-ietf-httpapi-ratelimit-headers-10. */
function refuse({ name, perMinute, detail, headers }: RateLimitOptions, retryAfterSeconds: number): Problem {
  return problem('request.rate_limited', {
    detail,
    headers: {
      ...headers,
      'Retry-After': String(retryAfterSeconds),
      'RateLimit-Policy': `"${name}";q=${perMinute};w=60`,
      RateLimit: `"${name}";r=0;t=${retryAfterSeconds}`,
    },
  });
}
