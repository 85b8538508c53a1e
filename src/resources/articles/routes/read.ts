// Reading articles: one, or a list; as the public sees them, or the working copies.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { decodeCursor, encodeCursor, invalidCursor } from '../../../core/cursor.ts';
import type { Principal } from '../../../platform/auth/principal.ts';
import { readerOf } from '../../../platform/auth/reader.ts';
import { sendPrivate } from '../../../platform/delivery/send.ts';
import type { Deps } from '../../../platform/deps.ts';
import { findLastChange } from '../../../platform/events/last-change.ts';
import { declareRoute } from '../../../platform/http/declaration.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { linkNextPage } from '../../../platform/http/listing.ts';
import { idOrSlugParams, listOf } from '../../../platform/http/parameters.ts';
import { requireDraftsFor, requirePerspective } from '../../../platform/http/perspective.ts';
import { countArticles } from '../queries/count.ts';
import { deskNames, resolveMe } from '../queries/desk-query.ts';
import { type ListedRow, type ListOrder, listDrafts, listPublished } from '../queries/list.ts';
import { findDraft } from '../queries/one.ts';
import { fitsSort } from '../queries/order.ts';
import {
  type ArticleListQuery,
  articleListQuery,
  articleQuery,
  fingerprintArticles,
  readFilters,
} from '../queries/query.ts';
import { printArticle, type Shape, wantsBody } from '../view.ts';
import { articleDraft, articleView } from '../view-schemas.ts';
import { articleExamples } from './examples.ts';
import { openReading, sendPublished, sendReading } from './published.ts';

const tag = 'Articles';
const answer = z.union([articleView, articleDraft]);

export function registerArticleReads(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'GET',
      url: '/v1/articles/:idOrSlug',
      operationId: 'getArticle',
      tag,
      summary: 'Read one article',
      description:
        'By id or slug. A former slug answers 301 with the current one, an article that was retracted 410 with its `notice` and `retractedAt`.',
      permission: 'public',
      cache: 'article',
      params: idOrSlugParams,
      query: articleQuery,
      responses: {
        200: { description: 'The article.', schema: answer },
        301: { description: 'The article has another slug now; `Location` names it.' },
        304: { description: 'Not modified.' },
      },
      problems: ['auth.missing', 'resource.not_found', 'article.gone'],
      examples: { response: articleExamples.published },
    },
    async ({ params, query, principal, raw }, reply) => {
      requirePerspective(query.perspective, principal);
      requireDraftsFor(query, ['trashed']);
      const reading = openReading(deps, reply, principal, query);
      if (query.perspective === 'draft') return sendDraft(deps, reply, principal!, params.idOrSlug, query);
      return sendPublished(deps, raw, reply, params.idOrSlug, reading, query);
    },
  );
  declareRoute(
    app,
    {
      method: 'GET',
      url: '/v1/articles',
      operationId: 'listArticles',
      tag,
      summary: 'List articles',
      description: 'Keyset pages: a page never repeats or skips a row because others were inserted.',
      permission: 'public',
      cache: 'list',
      query: articleListQuery,
      responses: {
        200: { description: 'A page.', schema: listOf(answer, 'ArticleList') },
        304: { description: 'Not modified.' },
      },
      problems: ['auth.missing', 'request.invalid_cursor', 'request.query_too_slow'],
      examples: { response: articleExamples.list },
    },
    ({ query, principal, raw }, reply) => sendList(deps, raw, reply, principal, query),
  );
}

type DraftShape = Shape & { readonly trashed?: 'true' | 'false' | undefined };

async function sendDraft(deps: Deps, reply: FastifyReply, principal: Principal, idOrSlug: string, shape: DraftShape) {
  const context = { now: deps.clock.now(), publicUrl: deps.publicUrl };
  const order = { withBody: wantsBody(shape), trashed: shape.trashed === 'true' };
  const row = await findDraft(deps.db.sql, idOrSlug, context, order, readerOf(principal));
  if (row === null) throw notFound();
  return sendPrivate(reply, printArticle(row, shape), { revision: row.revision });
}

async function sendList(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  principal: Principal | null,
  asked: ArticleListQuery,
) {
  requirePerspective(asked.perspective, principal);
  requireDraftsFor(asked, deskNames);
  const query = resolveMe(asked, principal);
  const isDraft = query.perspective === 'draft';
  const reading = openReading(deps, reply, principal, query);
  const { context, moment } = reading;
  const fingerprint = fingerprintArticles(query);
  const filters = readFilters(query, deps.config.timeZone);
  const limit = filters.ids === undefined ? query.limit : filters.ids.length;
  const after = query.cursor === undefined ? null : decodeCursor(fingerprint, query.cursor);
  if (after !== null && !fitsSort(query.sort, after.value)) throw invalidCursor('It was altered.');
  const order: ListOrder = { filters, sort: query.sort, after, limit, withBody: wantsBody(query) };
  const { sql } = deps.db;
  const reader = isDraft && principal !== null ? readerOf(principal) : undefined;
  const [rows, total, lastModified] = await Promise.all([
    reader === undefined ? listPublished(sql, order, context) : listDrafts(sql, order, context, reader),
    query.count === undefined ? undefined : countArticles(sql, { filters, kind: query.count, context, reader }),
    isDraft || moment.isPast ? null : findLastChange(sql, moment.now),
  ]);
  const shown = filters.ids === undefined ? rows.slice(0, limit) : inOrder(rows, filters.ids);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const nextCursor = last === undefined ? null : encodeCursor(fingerprint, { value: last.sort_value, id: last.id });
  const page = { limit, nextCursor, ...(total === undefined ? {} : { total }) };
  linkNextPage(request, reply, deps.publicUrl, page);
  const content = `{"data":[${shown.map((row) => printArticle(row, query)).join(',')}],"page":${JSON.stringify(page)}}`;
  if (isDraft) return sendPrivate(reply, content);
  const surrogateKeys = ['articles', ...new Set(shown.flatMap((row) => row.surrogate_keys ?? []))];
  return sendReading(request, reply, { content, surrogateKeys, lastModified, endsAt: null }, reading, 'list');
}

function inOrder(rows: readonly ListedRow[], ids: readonly string[]): ListedRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
