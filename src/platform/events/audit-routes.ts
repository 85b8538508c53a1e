// The audit log: everything that happened, and every key that was refused, for admins. It spans all sections, so a key
// that is limited to some does not read it.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { fingerprintList } from '../../core/cursor.ts';
import { formatInstant } from '../../core/time.ts';
import { requireKey } from '../auth/authenticate.ts';
import { requireUnlimited } from '../auth/principal.ts';
import type { PrismaTx } from '../db/db.ts';
import { sendPrivate } from '../delivery/send.ts';
import type { Deps } from '../deps.ts';
import { declareRoute, type RouteRequest } from '../http/declaration.ts';
import { linkNextPage } from '../http/listing.ts';
import { listOf } from '../http/parameters.ts';
import { type AuditQuery, auditQuery, toCondition } from './audit-query.ts';
import { type LoggedEvent, listEvents } from './log.ts';

const instant = z.iso.datetime();

const auditEvent = z
  .object({
    id: z.uuid(),
    type: z.string().describe('What happened, such as `article.published`.'),
    subject: z.object({ type: z.string(), id: z.uuid() }),
    actor: z.object({ type: z.enum(['editor', 'service', 'anonymous']), id: z.string(), name: z.string() }),
    key: z.object({ id: z.uuid(), prefix: z.string().nullable() }).nullable().describe('The key that was used.'),
    requestId: z.string().nullable(),
    occurredAt: instant,
    recordedAt: instant.describe('Later than `occurredAt` where the worker told what the clock did.'),
    payload: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEvent', description: 'Something that happened: what, to what, by whom, when.' });

const example = {
  id: '0195f2a0-0000-7000-8000-000000000020',
  type: 'article.revised',
  subject: { type: 'article', id: '0195f2a0-0000-7000-8000-000000000010' },
  actor: { type: 'editor', id: '0195f2a0-0000-7000-8000-000000000002', name: '刘莹莹' },
  key: { id: '0195f2a0-0000-7000-8000-000000000009', prefix: 'q3Zt81Xw' },
  requestId: '0195f2a0-0000-7000-8000-000000000021',
  occurredAt: '2020-05-27T06:45:00.000Z',
  recordedAt: '2020-05-27T06:45:00.000Z',
  payload: { revision: 2, version: 2, fields: ['kicker'] },
};

export function registerAudit(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'GET',
      url: '/v1/audit',
      operationId: 'listAuditEvents',
      tag: 'Audit',
      summary: 'Everything that happened, newest first',
      description: 'In the order in which it was recorded. Refused attempts on keys are `api_key.refused`.',
      permission: 'audit.read',
      cache: 'private',
      query: auditQuery,
      responses: { 200: { description: 'A page.', schema: listOf(auditEvent, 'AuditEventList') } },
      problems: ['auth.outside_sections', 'request.invalid_cursor', 'request.query_too_slow'],
      examples: { response: { data: [example], page: { limit: 20, nextCursor: null } } },
    },
    (request, reply) => sendAudit(deps, request, reply),
  );
}

type AuditRequest = RouteRequest<unknown, AuditQuery, undefined>;

async function sendAudit(
  { db, config, publicUrl }: Deps,
  { query, principal, raw }: AuditRequest,
  reply: FastifyReply,
) {
  requireUnlimited(requireKey(principal), 'The log tells of all sections, and the key is limited to some.');
  const { limit, cursor, ...filters } = query;
  const condition = await toCondition(db.prisma, query, config.timeZone);
  const fingerprint = fingerprintList(['audit', JSON.parse(JSON.stringify(filters))]);
  const { events, page } = await listEvents(db.prisma, condition, { limit, cursor }, fingerprint);
  const prefixes = await findPrefixes(db.prisma, events);
  linkNextPage(raw, reply, publicUrl, page);
  return sendPrivate(reply, { data: events.map((event) => toView(event, prefixes)), page });
}

async function findPrefixes(prisma: PrismaTx, events: readonly LoggedEvent[]): Promise<Map<string, string>> {
  const ids = [...new Set(events.flatMap(({ keyId }) => keyId ?? []))];
  const rows = await prisma.apiKey.findMany({ where: { id: { in: ids } }, select: { id: true, prefix: true } });
  return new Map(rows.map(({ id, prefix }) => [id, prefix]));
}

function toView(event: LoggedEvent, prefixes: ReadonlyMap<string, string>): Record<string, unknown> {
  const { id, type, subject, actor, keyId, requestId, payload } = event;
  return {
    id,
    type,
    subject,
    actor,
    key: keyId === null ? null : { id: keyId, prefix: prefixes.get(keyId) ?? null },
    requestId,
    occurredAt: formatInstant(event.occurredAt),
    recordedAt: formatInstant(event.recordedAt),
    payload,
  };
}
