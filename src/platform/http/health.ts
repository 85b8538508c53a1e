// Is the process alive; can it serve. Ready means that the database answers and has every migration.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { problem } from '../../core/problems.ts';
import { sendPrivate } from '../delivery/send.ts';
import type { Deps } from '../deps.ts';
import { declareRoute } from './declaration.ts';

const health = z.object({ status: z.literal('ok') }).meta({ id: 'Health', description: 'All is well.' });

export function registerHealth(app: FastifyInstance, deps: Deps): void {
  const common = {
    method: 'GET',
    tag: 'Health',
    permission: 'public',
    cache: 'private',
    examples: { response: { status: 'ok' } },
  } as const;
  const responses = { 200: { description: 'Yes.', schema: health } };
  declareRoute(
    app,
    {
      ...common,
      url: '/health/live',
      operationId: 'getLiveness',
      summary: 'Whether the process runs',
      responses,
      problems: [],
    },
    async (_request, reply) => sendPrivate(reply, { status: 'ok' }),
  );
  declareRoute(
    app,
    {
      ...common,
      url: '/health/ready',
      operationId: 'getReadiness',
      summary: 'Whether requests can be served',
      responses,
      problems: ['server.unavailable'],
    },
    async (_request, reply) => {
      await requireReady(deps);
      return sendPrivate(reply, { status: 'ok' });
    },
  );
}

async function requireReady(deps: Deps): Promise<void> {
  try {
    // A database without our migrations has no such table.
    const rows = await deps.db.sql.rows('select 1 as one from installation', []);
    if (rows.length === 1) return;
  } catch (cause) {
    throw problem('server.unavailable', {
      detail: 'The database does not answer, or has not been migrated.',
      headers: { 'Retry-After': '5' },
      cause,
    });
  }
  throw problem('server.unavailable', {
    detail: 'The database has not been migrated.',
    headers: { 'Retry-After': '5' },
  });
}
