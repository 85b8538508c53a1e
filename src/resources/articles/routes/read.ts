// Reading articles: one, or a list; as the public sees them, or the working copies.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { decodeCursor, encodeCursor, invalidCursor } from '../../../core/cursor.ts';
import { isUuid } from '../../../core/ids.ts';
import type { Principal } from '../../../platform/auth/principal.ts';
import { sendPrivate, sendPublic } from '../../../platform/delivery/send.ts';
import type { Deps } from '../../../platform/deps.ts';
import { findLastChange } from '../../../platform/events/last-change.ts';
import { declareRoute } from '../../../platform/http/declaration.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { linkNextPage } from '../../../platform/http/listing.ts';
import { idOrSlugParams, listOf } from '../../../platform/http/parameters.ts';
import { requirePerspective } from '../../../platform/http/perspective.ts';
import { countArticles } from '../queries/count.ts';
import { fitsSort, type ListedRow, type ListOrder, listDrafts, listPublished } from '../queries/list.ts';
import { findDraft, findPublished } from '../queries/one.ts';
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
      description: 'By id or slug. A former slug answers 301 with the current one.',
      permission: 'public',
      cache: 'article',
      params: idOrSlugParams,
      query: articleQuery,
      responses: {
        200: { description: 'The article.', schema: answer },
        301: { description: 'The article has another slug now; `Location` names it.' },
        304: { description: 'Not modified.' },
      },
      problems: ['auth.missing', 'resource.not_found'],
      examples: { response: articleExamples.published },
    },
    async ({ params, query, principal, raw }, reply) => {
      requirePerspective(query.perspective, principal);
      if (query.perspective === 'draft') return sendDraft(deps, reply, principal!, params.idOrSlug, query);
      return sendPublished(deps, raw, reply, params.idOrSlug, query);
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

// Short, so that a slug which moves again is soon followed; purges name the article.
const redirectCacheControl = 'public, max-age=60';

async function sendPublished(deps: Deps, request: FastifyRequest, reply: FastifyReply, idOrSlug: string, shape: Shape) {
  const now = deps.clock.now();
  const row = await findPublished(deps.db.sql, idOrSlug, { now, publicUrl: deps.publicUrl }, wantsBody(shape));
  if (row === null) throw notFound();
  if (!isUuid(idOrSlug) && row.slug !== idOrSlug) {
    const search = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '';
    return reply
      .code(301)
      .headers({
        Location: `${deps.publicUrl}/v1/articles/${encodeURIComponent(row.slug)}${search}`,
        'Cache-Control': redirectCacheControl,
        'Surrogate-Key': row.surrogate_keys.join(' '),
      })
      .send();
  }
  const content = {
    content: printArticle(row, shape),
    surrogateKeys: row.surrogate_keys,
    lastModified: row.changed_at,
    endsAt: row.ends_at,
  };
  return sendPublic(request, reply, content, 'article', now);
}

async function sendDraft(deps: Deps, reply: FastifyReply, principal: Principal, idOrSlug: string, shape: Shape) {
  const context = { now: deps.clock.now(), publicUrl: deps.publicUrl };
  const row = await findDraft(deps.db.sql, idOrSlug, context, wantsBody(shape), principal.sectionIds);
  if (row === null) throw notFound();
  return sendPrivate(reply, printArticle(row, shape), { revision: row.revision });
}

async function sendList(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  principal: Principal | null,
  query: ArticleListQuery,
) {
  requirePerspective(query.perspective, principal);
  const isDraft = query.perspective === 'draft';
  const fingerprint = fingerprintArticles(query);
  const filters = readFilters(query, deps.config.timeZone);
  const limit = filters.ids === undefined ? query.limit : filters.ids.length;
  const after = query.cursor === undefined ? null : decodeCursor(fingerprint, query.cursor);
  if (after !== null && !fitsSort(query.sort, after.value)) throw invalidCursor('It was altered.');
  const order: ListOrder = { filters, sort: query.sort, after, limit, withBody: wantsBody(query) };
  const context = { now: deps.clock.now(), publicUrl: deps.publicUrl };
  const { sql } = deps.db;
  const sectionIds = principal?.sectionIds ?? null;
  const [rows, total, lastModified] = await Promise.all([
    isDraft ? listDrafts(sql, order, context, sectionIds) : listPublished(sql, order, context),
    query.count === undefined
      ? undefined
      : countArticles(sql, { filters, kind: query.count, now: context.now, drafts: isDraft ? sectionIds : undefined }),
    isDraft ? null : findLastChange(sql, context.now),
  ]);
  const shown = filters.ids === undefined ? rows.slice(0, limit) : inOrder(rows, filters.ids);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const nextCursor = last === undefined ? null : encodeCursor(fingerprint, { value: last.sort_value, id: last.id });
  const page = { limit, nextCursor, ...(total === undefined ? {} : { total }) };
  linkNextPage(request, reply, deps.publicUrl, page);
  const content = `{"data":[${shown.map((row) => printArticle(row, query)).join(',')}],"page":${JSON.stringify(page)}}`;
  if (isDraft) return sendPrivate(reply, content);
  const surrogateKeys = ['articles', ...new Set(shown.flatMap((row) => row.surrogate_keys ?? []))];
  return sendPublic(request, reply, { content, surrogateKeys, lastModified, endsAt: null }, 'list', context.now);
}

function inOrder(rows: readonly ListedRow[], ids: readonly string[]): ListedRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
