// How long an answer may be kept, by kind of answer: one table. Seconds.

export type CachePolicy = {
  readonly maxAge: number;
  /** For shared caches (`s-maxage`). */
  readonly sharedMaxAge: number;
  /** The same where a purge reaches them (purge/): what changes is taken out at once, so it may lie long. */
  readonly purgedMaxAge: number;
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
};

const day = 86_400;

export const cachePolicies = {
  /** Never stored: drafts, keys, writes, health. */
  private: null,
  article: { maxAge: 30, sharedMaxAge: 30, purgedMaxAge: day, staleWhileRevalidate: 60, staleIfError: 600 },
  /** Short and constant: a lifetime that shrinks towards a scheduled publication would give it away. */
  list: { maxAge: 10, sharedMaxAge: 10, purgedMaxAge: 3600, staleWhileRevalidate: 20, staleIfError: 600 },
  /** The public notice in place of a retracted article. */
  gone: { maxAge: 30, sharedMaxAge: 30, purgedMaxAge: day, staleWhileRevalidate: 60, staleIfError: 600 },
  /** `?asOf=`, settled: it changes with a retraction, a purge or a name, each of which is purged, and so is never immutable. */
  past: { maxAge: 60, sharedMaxAge: 3600, purgedMaxAge: day, staleWhileRevalidate: 60, staleIfError: 600 },
  /** `?asOf=` a moment ago, when something may still have been on its way into the database. */
  recent: { maxAge: 10, sharedMaxAge: 10, purgedMaxAge: 10, staleWhileRevalidate: 20, staleIfError: 600 },
  record: { maxAge: 30, sharedMaxAge: 30, purgedMaxAge: day, staleWhileRevalidate: 60, staleIfError: 600 },
  /** Nothing is there. Short and constant: what comes into being is purged, but not from a browser. */
  absent: { maxAge: 5, sharedMaxAge: 5, purgedMaxAge: 300, staleWhileRevalidate: 0, staleIfError: 0 },
  /** A former slug. Short, so that a slug which moves again is soon followed. */
  moved: { maxAge: 60, sharedMaxAge: 60, purgedMaxAge: day, staleWhileRevalidate: 60, staleIfError: 600 },
  /** It changes with the release only. */
  document: { maxAge: 300, sharedMaxAge: 300, purgedMaxAge: 300, staleWhileRevalidate: 600, staleIfError: 600 },
} as const satisfies Record<string, CachePolicy | null>;

export type CachePolicyName = keyof typeof cachePolicies;

export const settledAfterMs = 60_000;

/** The policy of an answer about the past. */
export function policyOfPast(at: Date, now: Date): 'past' | 'recent' {
  return now.getTime() - at.getTime() > settledAfterMs ? 'past' : 'recent';
}

export const noStore = 'private, no-store';

/**
 * The Cache-Control value of a public answer. Where the answer's own end is known, every lifetime is clipped to it, so
 * that no cache shows the answer after it (RFC 9111; `stale-*` by RFC 5861).
 */
export function formatCacheControl(policy: CachePolicy, now: Date, endsAt: Date | null, isPurged: boolean): string {
  const secondsLeft =
    endsAt === null ? Number.POSITIVE_INFINITY : Math.max(0, Math.floor((endsAt.getTime() - now.getTime()) / 1000));
  const maxAge = Math.min(policy.maxAge, secondsLeft);
  const sharedMaxAge = Math.min(isPurged ? policy.purgedMaxAge : policy.sharedMaxAge, secondsLeft);
  const stale = Math.max(0, secondsLeft - sharedMaxAge);
  const revalidate = Math.min(policy.staleWhileRevalidate, stale);
  const ifError = Math.min(policy.staleIfError, stale);
  return `public, max-age=${maxAge}, s-maxage=${sharedMaxAge}, stale-while-revalidate=${revalidate}, stale-if-error=${ifError}`;
}
