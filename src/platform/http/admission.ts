// Who may use the database now. Reads without a key, reads with one, writes, and looking up keys each have a share of its
// connections, so that whatever floods, the others go on; what is too much is refused at once. Answers from the cache and
// health are never asked about.
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../core/clock.ts';
import { Problem } from '../../core/problems.ts';
import { networkOf } from '../auth/network.ts';
import type { Config } from '../config/config.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createShare, overloaded, type Share } from './admission-share.ts';
import type { Pressure } from './pressure.ts';
import { createRateLimit } from './rate-limit.ts';

export type Kind = 'read' | 'write';
/** What admission needs to know of a request. */
export type Asking = Pick<FastifyRequest, 'ip' | 'principal'>;

export type Admission = {
  /** Counts the request and judges whether it may begin; throws a 429 or a 503. Once for each that is not answered from the cache. */
  admit(asking: Asking, kind: Kind): void;
  /** Does what needs the database, in its turn; throws a 503 where none comes. Several askers may wait for one work. */
  run<T>(asking: Asking, kind: Kind, work: () => Promise<T>): Promise<T>;
  /** Finds out whose key came. Who fails too often is told so; whoever has a key that holds is let in all the same. */
  identify<T>(asking: Asking, find: () => Promise<T>): Promise<T>;
  /** Takes room for a body until it is given back; throws a 503. */
  holdBody(bytes: number): () => void;
  close(): void;
};

export type AdmissionOptions = {
  readonly config: Config;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'shed' | 'rateLimited'>;
  readonly pressure: Pressure;
};

type ShareName = 'visitor_reads' | 'reads' | 'writes' | 'keys';

// A waiting read is a few kilobytes, a waiting write a body.
const waitingMax = { visitor_reads: 1000, reads: 1000, writes: 200, keys: 1000 } as const;
const bodiesBytesMax = 64 * 1024 ** 2;

export function createAdmission(options: AdmissionOptions): Admission {
  const { config, metrics, pressure } = options;
  const shares = createShares(config);
  const limits = createLimits(options);
  const bodiesMax = Math.max(bodiesBytesMax, 2 * config.bodyLimitBytes);
  let bodies = 0;

  const nameShare = ({ principal }: Asking, kind: Kind): ShareName =>
    kind === 'write' ? 'writes' : principal === null ? 'visitor_reads' : 'reads';
  const shed = (reason: string): Problem => {
    metrics.shed(reason);
    return overloaded();
  };
  const limit = (scope: keyof typeof limits, sender: string) => {
    const refusal = limits[scope].take(sender);
    if (refusal === null) return;
    metrics.rateLimited(scope);
    throw refusal;
  };
  const runIn = async <T>(name: ShareName, work: () => Promise<T>): Promise<T> => {
    let hasBegun = false;
    const begin = () => {
      hasBegun = true;
      return work();
    };
    try {
      return await shares[name].run(begin);
    } catch (error) {
      if (!hasBegun) metrics.shed(name);
      throw error;
    }
  };

  return {
    admit(asking, kind) {
      limit(kind === 'write' ? 'writes' : 'misses', senderOf(asking));
      const short = pressure.read();
      if (short !== null) throw shed(short);
      const name = nameShare(asking, kind);
      if (shares[name].state() === 'full') throw shed(name);
    },
    run: (asking, kind, work) => runIn(nameShare(asking, kind), work),
    async identify(asking, find) {
      const network = networkOf(asking.ip);
      // Who guesses does not keep others waiting.
      if (limits.failed_auth.isReached(network) && shares.keys.state() !== 'free') throw shed('keys');
      try {
        return await runIn('keys', find);
      } catch (error) {
        if (error instanceof Problem && error.code === 'auth.invalid') limit('failed_auth', network);
        throw error;
      }
    },
    holdBody(bytes) {
      if (bodies + bytes > bodiesMax) throw shed('bodies');
      bodies += bytes;
      return () => {
        bodies -= bytes;
      };
    },
    close: () => pressure.stop(),
  };
}

const senderOf = ({ principal, ip }: Asking) => principal?.keyId ?? networkOf(ip);

function createShares({ databasePoolSize, databaseReplicaUrls, overloadWaitMs: waitMs }: Config) {
  // Of the connections for SQL (db/pool.ts) a share may take four fifths: the rest is there for the others.
  const slots = Math.max(1, Math.floor(Math.ceil(databasePoolSize / 2) * 0.8));
  const servers = 1 + (databaseReplicaUrls?.length ?? 0);
  const share = (name: ShareName, slots: number): Share => createShare({ slots, waitingMax: waitingMax[name], waitMs });
  return {
    // Only these are spread over the replicas.
    visitor_reads: share('visitor_reads', slots * servers),
    reads: share('reads', slots),
    writes: share('writes', slots),
    keys: share('keys', slots),
  };
}

function createLimits({ config, clock }: AdmissionOptions) {
  const { rateLimitWrites, rateLimitMisses, rateLimitFailedAuth } = config;
  return {
    writes: createRateLimit(
      { name: 'writes', perMinute: rateLimitWrites, detail: 'Too many writes. Send several together as a batch.' },
      clock,
    ),
    misses: createRateLimit(
      { name: 'misses', perMinute: rateLimitMisses, detail: 'Too many reads that the cache could not answer.' },
      clock,
    ),
    failed_auth: createRateLimit(
      {
        name: 'failed_auth',
        perMinute: rateLimitFailedAuth,
        detail: 'Too many requests with keys that are not valid, this one among them.',
        // The next guess takes a connection of its own.
        headers: { Connection: 'close' },
      },
      clock,
    ),
  };
}
