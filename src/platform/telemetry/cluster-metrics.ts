// Metrics of a cluster: a worker that is asked for them asks the primary, which asks all workers and adds up. The primary
// serves no requests: of its own it adds only what it does in the background, which no worker does.
import cluster from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';
import { askPrimary } from '../cluster/worker.ts';

// Made only to have it answer the primary; from the start on, with nothing, so that nobody waits for a worker that is
// still on its way.
if (cluster.isWorker) new AggregatorRegistry();

/** In the primary: its answer to the question `metrics`. */
export function collectWorkers(collectBackground: () => Promise<string>): () => Promise<string> {
  const workers = new AggregatorRegistry();
  return async () => (await Promise.all([workers.clusterMetrics(), collectBackground()])).join('');
}

/** In a worker: what `metrics.collect` does there. */
export function collectFromCluster(registries: readonly Registry[]): () => Promise<string> {
  AggregatorRegistry.setRegistries([...registries]);
  return () => askPrimary<string>('metrics');
}
