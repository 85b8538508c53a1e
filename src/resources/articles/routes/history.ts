// Who did what to an article and when, for those who may read its working copy. Read off the event log.
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { z } from 'zod';
import { fingerprintList } from '../../../core/cursor.ts';
import type { PrismaTx } from '../../../platform/db/db.ts';
import { sendPrivate } from '../../../platform/delivery/send.ts';
import type { Deps } from '../../../platform/deps.ts';
import { type LoggedEvent, listEvents } from '../../../platform/events/log.ts';
import { declareRoute, type RouteRequest } from '../../../platform/http/declaration.ts';
import { linkNextPage } from '../../../platform/http/listing.ts';
import { idOrSlugParams, listOf } from '../../../platform/http/parameters.ts';
import { articleEvents, assigneeOf, describeEvent, type Person } from '../history.ts';
import { historyEntry } from '../version-schemas.ts';
import { openReadable, pageQuery } from './beside.ts';
import { versionExamples } from './version-examples.ts';

export function registerArticleHistory(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'GET',
      url: '/v1/articles/:idOrSlug/history',
      operationId: 'listArticleHistory',
      tag: 'Articles',
      summary: 'Who did what to an article, newest first',
      permission: 'draft.read',
      cache: 'private',
      params: idOrSlugParams,
      query: pageQuery,
      responses: { 200: { description: 'A page.', schema: listOf(historyEntry, 'ArticleHistory') } },
      problems: ['resource.not_found', 'request.invalid_cursor'],
      examples: { response: versionExamples.history },
    },
    (request, reply) => sendHistory(deps, request, reply),
  );
}

type HistoryRequest = RouteRequest<{ idOrSlug: string }, z.output<typeof pageQuery>, undefined>;

async function sendHistory(deps: Deps, { params, query: page, principal, raw }: HistoryRequest, reply: FastifyReply) {
  const { prisma } = deps.db;
  const { id } = (await openReadable(deps, principal, params.idOrSlug)).article;
  const condition = { subjectType: 'article', subjectId: id, type: { in: [...articleEvents] } };
  const fingerprint = fingerprintList(['history', id]);
  const found = await listEvents(prisma, condition, { limit: page.limit, cursor: page.cursor }, fingerprint);
  const people = await findPeople(prisma, found.events);
  linkNextPage(raw, reply, deps.publicUrl, found.page);
  return sendPrivate(reply, { data: found.events.map((event) => describeEvent(event, people)), page: found.page });
}

async function findPeople(prisma: PrismaTx, events: readonly LoggedEvent[]): Promise<Map<string, Person>> {
  const ids = [...new Set(events.flatMap((event) => assigneeOf(event) ?? []))];
  if (ids.length === 0) return new Map();
  const select = { id: true, slug: true, name: true };
  const rows = await prisma.editor.findMany({ where: { id: { in: ids } }, select });
  return new Map(rows.map((row) => [row.id, row]));
}
