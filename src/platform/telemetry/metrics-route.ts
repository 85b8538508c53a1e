// What Prometheus reads. It tells how the service fares and nothing of what it holds; all the same it is not for everyone.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { problem } from '../../core/problems.ts';
import { noStore } from '../delivery/policy.ts';
import type { Deps } from '../deps.ts';
import { declareRoute } from '../http/declaration.ts';
import { collectProcessMetrics } from './process-metrics.ts';

/** Prometheus' text format. */
const metricsType = 'text/plain; version=0.0.4';

const metricsText = z.string().meta({ id: 'Metrics', description: "Lines in Prometheus' text format." });

const example = `# HELP masthead_cache_entries Answers that the cache holds.
# TYPE masthead_cache_entries gauge
masthead_cache_entries 1024
`;

export function registerMetrics(app: FastifyInstance, { metrics, log }: Pick<Deps, 'metrics' | 'log'>): void {
  // The event loop is watched from here on, not from the first time that somebody asks.
  collectProcessMetrics();
  declareRoute(
    app,
    {
      method: 'GET',
      url: '/metrics',
      operationId: 'getMetrics',
      tag: 'Health',
      summary: 'How the service fares, for Prometheus',
      description: 'Of the process that answers; where one port is served by several, the sum over all of them.',
      permission: 'metrics.read',
      cache: 'private',
      isAlwaysAnswered: true,
      produces: [metricsType],
      responses: { 200: { description: 'The metrics.', schema: metricsText } },
      problems: ['server.unavailable'],
      examples: { response: example },
    },
    async (_request, reply) => {
      const text = await metrics.collect().catch((cause: unknown) => {
        log.warn({ err: cause }, 'the metrics could not be collected');
        throw problem('server.unavailable', { detail: 'Another process of the cluster does not answer.', cause });
      });
      return reply.header('Cache-Control', noStore).type(`${metricsType}; charset=utf-8`).send(Buffer.from(text));
    },
  );
}
