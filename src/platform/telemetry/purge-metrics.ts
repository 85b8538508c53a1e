// What is counted about telling the cache in front what to forget. Only the process that tells it has these lines; where
// several serve one port, that is the first one, which serves nothing (cluster-metrics.ts).
import { Counter, Gauge, type Registry } from 'prom-client';

export type PurgeMetrics = {
  /** A request to the cache in front succeeded, or did not. */
  told(target: string, outcome: 'done' | 'failed'): void;
  /** Seconds since the oldest event was recorded that the cache has not been told of; asked at each scrape. */
  watch(target: string, readLagSeconds: () => Promise<number>): void;
};

export function countPurges(registry: Registry): PurgeMetrics {
  const requests = new Counter({
    name: 'masthead_purge_requests_total',
    help: 'Requests to the cache in front to forget something, by outcome: done, failed (each is tried again).',
    labelNames: ['target', 'outcome'],
    registers: [registry],
  });
  const lags = new Map<string, () => Promise<number>>();
  new Gauge({
    name: 'masthead_purge_lag_seconds',
    help: 'Age of the oldest event that the cache in front has not been told of; 0: it knows of all.',
    labelNames: ['target'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const [target, read] of lags) {
        // Without the database there is no line rather than a wrong one.
        const seconds = await read().catch(() => null);
        if (seconds !== null) this.set({ target }, seconds);
      }
    },
  });
  return {
    told: (target, outcome) => requests.inc({ target, outcome }),
    watch(target, readLagSeconds) {
      lags.set(target, readLagSeconds);
      // From the start on, so that the first one of each is a rise.
      for (const outcome of ['done', 'failed']) requests.inc({ target, outcome }, 0);
    },
  };
}
