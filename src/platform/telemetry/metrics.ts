// What the program counts about itself, and how it is printed for Prometheus. Counting is an addition to a number; the
// rest happens when somebody asks. Labels are words of the code, never of a request, so that there is an end to them.
import { Counter, Gauge, Registry } from 'prom-client';
import { createHistogram } from './histogram.ts';
import { collectProcessMetrics } from './process-metrics.ts';
import { countPurges, type PurgeMetrics } from './purge-metrics.ts';

/** The part of a pool that is counted. */
export type PoolCounts = { readonly totalCount: number; readonly idleCount: number; readonly waitingCount: number };

export type Metrics = {
  /** Takes how long a request took; one for each route, bound once. */
  readonly requests: { bind(method: string, operation: string): (status: number, seconds: number) => void };
  /** The cache of finished answers. */
  readonly cache: {
    hit(): void;
    miss(): void;
    /** Was not asked: the request has a key, or the process hears nothing. */
    bypass(): void;
    filled(): void;
    /** Waited for another request's reading. */
    collapsed(): void;
    /** Events touched so many entries. */
    invalidated(entries: number): void;
    /** Others needed the room. */
    evicted(): void;
    watch(read: () => { readonly bytes: number; readonly entries: number }): void;
  };
  readonly feed: {
    /** An event was heard, so long after it was recorded. */
    heard(lagSeconds: number): void;
    /** Seconds since it was last certain that nothing was missed. */
    watch(silenceSeconds: () => number): void;
  };
  readonly purges: PurgeMetrics;
  /** `name`: whose connections: `primary`; `replica`, for all of them together. */
  watchPool(name: string, pool: PoolCounts): void;
  /** A request was refused because there was too much to do. */
  shed(reason: string): void;
  /** A request was refused because its sender asked too often. */
  rateLimited(scope: string): void;
  /** Everything in Prometheus' text format: of this process, or of the whole cluster (cluster-metrics.ts). */
  collect(): Promise<string>;
  /** What this process counts of its work in the background, which workers that only serve have none of. */
  collectBackground(): Promise<string>;
};

export type MetricsOptions = {
  /** Prints the sum of these registries over all processes of a cluster. */
  readonly collectCluster?: (registries: readonly Registry[]) => () => Promise<string>;
};

// From a hit in the cache to the limits of a statement and of a request.
const requestBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
// 50 ms is what is promised to other processes, a second is when nothing is believed any more.
const lagBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export function createMetrics({ collectCluster }: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  const background = new Registry();
  const collect = collectCluster?.([registry, collectProcessMetrics()]) ?? (() => print([registry, background]));
  return {
    requests: countRequests(registry),
    cache: countCache(registry),
    feed: countFeed(registry),
    purges: countPurges(background),
    watchPool: watchPools(registry),
    shed: count(registry, 'reason', {
      name: 'masthead_requests_shed_total',
      help: 'Requests refused because there was more to do than could be done.',
    }),
    rateLimited: count(registry, 'scope', {
      name: 'masthead_requests_rate_limited_total',
      help: 'Requests refused because their sender had asked too often.',
    }),
    collect,
    collectBackground: () => background.metrics(),
  };
}

const print = (registries: readonly Registry[]): Promise<string> =>
  Registry.merge([...registries, collectProcessMetrics()]).metrics();

function countRequests(registry: Registry): Metrics['requests'] {
  const durations = createHistogram<'method' | 'operation' | 'status'>(registry, {
    name: 'masthead_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer, by operation (operationId; none: no such route) and class of status.',
    buckets: requestBuckets,
  });
  return {
    bind(method, operation) {
      const byClass = [1, 2, 3, 4, 5].map((digit) => {
        const labels = { method, operation, status: `${digit}xx` };
        // Most routes never answer most classes, and what never happens has no line.
        let series: ReturnType<typeof durations.series> | undefined;
        return (seconds: number) => {
          series ??= durations.series(labels);
          series.observe(seconds);
        };
      });
      return (status, seconds) => byClass[Math.floor(status / 100) - 1]?.(seconds);
    },
  };
}

function countCache(registry: Registry): Metrics['cache'] {
  const requests = { hit: 0, miss: 0, bypass: 0 };
  const reads = { filled: 0, collapsed: 0 };
  const dropped = { invalidated: 0, evicted: 0 };
  let read = () => ({ bytes: 0, entries: 0 });
  addCounter(registry, 'result', requests, {
    name: 'masthead_cache_requests_total',
    help: 'Public reads by what the answer cache did: hit, miss, bypass (not asked).',
  });
  addCounter(registry, 'kind', reads, {
    name: 'masthead_cache_fills_total',
    help: 'Answers that misses got: filled (read from the database), collapsed (waited for a reading that ran already).',
  });
  addCounter(registry, 'reason', dropped, {
    name: 'masthead_cache_dropped_entries_total',
    help: 'Answers that left the cache: invalidated (an event touched them), evicted (others needed the room).',
  });
  addGauge(registry, () => read().bytes, {
    name: 'masthead_cache_bytes',
    help: 'Bytes that the answer cache holds.',
  });
  addGauge(registry, () => read().entries, {
    name: 'masthead_cache_entries',
    help: 'Answers that the cache holds.',
  });
  return {
    hit: adder(requests, 'hit'),
    miss: adder(requests, 'miss'),
    bypass: adder(requests, 'bypass'),
    filled: adder(reads, 'filled'),
    collapsed: adder(reads, 'collapsed'),
    invalidated: adder(dropped, 'invalidated'),
    evicted: adder(dropped, 'evicted'),
    watch: (next) => {
      read = next;
    },
  };
}

function countFeed(registry: Registry): Metrics['feed'] {
  const lag = createHistogram<never>(registry, {
    name: 'masthead_feed_lag_seconds',
    help: 'Time from the recording of an event until this process heard of it.',
    buckets: lagBuckets,
  }).series({});
  let readSilence = () => Number.POSITIVE_INFINITY;
  // Whoever has never heard anything has been deaf since it started.
  addGauge(registry, () => Math.min(readSilence(), process.uptime()), {
    name: 'masthead_feed_heartbeat_age_seconds',
    help: 'Time since it was last certain that no event was missed. From a second on, nothing is served from the cache.',
    aggregator: 'max',
  });
  return {
    heard: lag.observe,
    watch: (next) => {
      readSilence = next;
    },
  };
}

function watchPools(registry: Registry): Metrics['watchPool'] {
  const pools: { readonly name: string; readonly pool: PoolCounts }[] = [];
  const add = (read: (pool: PoolCounts) => number, options: Named) =>
    new Gauge({
      ...options,
      labelNames: ['pool'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { name, pool } of pools) this.inc({ pool: name }, read(pool));
      },
    });
  add((pool) => pool.totalCount, {
    name: 'masthead_database_pool_connections',
    help: 'Connections to the database that are open.',
  });
  add((pool) => pool.idleCount, {
    name: 'masthead_database_pool_idle_connections',
    help: 'Connections to the database that nobody uses.',
  });
  add((pool) => pool.waitingCount, {
    name: 'masthead_database_pool_waiting',
    help: 'Requests that wait for a connection to the database.',
  });
  return (name, pool) => void pools.push({ name, pool });
}

function adder<Key extends string>(counts: Record<Key, number>, key: Key): (by?: number) => void {
  return (by = 1) => {
    counts[key] += by;
  };
}

type Named = { readonly name: string; readonly help: string };

function count(registry: Registry, label: string, options: Named): (value: string) => void {
  const counts: Record<string, number> = {};
  addCounter(registry, label, counts, options);
  return (value) => {
    counts[value] = (counts[value] ?? 0) + 1;
  };
}

/** Shows numbers that are counted elsewhere, one line for each. */
function addCounter(registry: Registry, label: string, counts: Record<string, number>, options: Named): void {
  new Counter({
    ...options,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, counted] of Object.entries(counts)) this.inc({ [label]: value }, counted);
    },
  });
}

function addGauge(registry: Registry, read: () => number, options: Named & { aggregator?: 'max' }): void {
  new Gauge({
    ...options,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
