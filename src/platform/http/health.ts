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
    isAlwaysAnswered: true,
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

// A database without our ledger has no such table; one behind us has fewer of these rows.
const countApplied = `
  select count(distinct migration_name)::int as applied from _prisma_migrations
  where migration_name = any($1::text[]) and finished_at is not null and rolled_back_at is null`;

/** Throws `server.unavailable` while requests cannot be served. */
export async function requireReady({ db, migrations }: Deps): Promise<void> {
  const [row] = await db.probe.rows<{ applied: number }>(countApplied, [migrations]).catch((cause: unknown) => {
    throw notReady('The database does not answer, or has not been migrated.', cause);
  });
  if (row?.applied !== migrations.length) throw notReady('The database lacks migrations of this release.');
}

function notReady(detail: string, cause?: unknown) {
  return problem('server.unavailable', { detail, headers: { 'Retry-After': '5' }, cause });
}
