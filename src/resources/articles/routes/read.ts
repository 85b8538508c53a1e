// Reading articles: one, or a list; as the public sees them, or the working copies.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { decodeCursor, encodeCursor, invalidCursor } from '../../../core/cursor.ts';
import type { Principal } from '../../../platform/auth/principal.ts';
import { type Reader, readerOf } from '../../../platform/auth/reader.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { sendPrivate } from '../../../platform/delivery/send.ts';
import type { Deps } from '../../../platform/deps.ts';
import { datePast, type Moment, readMoment } from '../../../platform/http/as-of.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { nextPageHeaders, type Page } from '../../../platform/http/listing.ts';
import { idOrSlugParams, listOf } from '../../../platform/http/parameters.ts';
import { requireDraftsFor, requirePerspective } from '../../../platform/http/perspective.ts';
import { type Address, addressOf, declarePublicRead, type PublicReading } from '../../../platform/http/public-read.ts';
import { sendPrivately } from '../../../platform/http/send-prepared.ts';
import { countArticles } from '../queries/count.ts';
import { deskNames, resolveMe } from '../queries/desk-query.ts';
import { listDrafts } from '../queries/list-drafts.ts';
import { listPublished } from '../queries/list-published.ts';
import type { ListedPage, ListedRow, ListOrder } from '../queries/list-statement.ts';
import { findDraft, type ReadContext } from '../queries/one.ts';
import { fitsSort } from '../queries/order.ts';
import {
  type ArticleListQuery,
  type ArticleQuery,
  articleListQuery,
  articleQuery,
  fingerprintArticles,
  readFilters,
} from '../queries/query.ts';
import { printArticle, type Shape, wantsBody } from '../view.ts';
import { articleDraft, articleView } from '../view-schemas.ts';
import { articleExamples } from './examples.ts';
import { readPublished } from './published.ts';

const tag = 'Articles';
const answer = z.union([articleView, articleDraft]);

export function registerArticleReads(app: FastifyInstance, deps: Deps): void {
  registerOne(app, deps);
  registerList(app, deps);
}

function registerOne(app: FastifyInstance, deps: Deps): void {
  declarePublicRead(
    app,
    deps,
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
    {
      isPastPrivate: true,
      read: (asked) => readOne(deps, asked.sql, { ...asked, idOrSlug: asked.params.idOrSlug }),
      async readPrivate({ params: { idOrSlug }, query, principal, raw }, reply) {
        requirePerspective(query.perspective, principal);
        const now = deps.clock.now();
        readMoment(query, now, deps.config.timeZone);
        if (query.perspective === 'draft') return sendDraft(deps, reply, principal!, idOrSlug, query);
        const asked = { idOrSlug, query, address: addressOf(raw), now };
        return sendPrivately(raw, reply, await readOne(deps, deps.db.sql, asked, principal!.sectionIds));
      },
    },
  );
}

function registerList(app: FastifyInstance, deps: Deps): void {
  declarePublicRead(
    app,
    deps,
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
    {
      isPastPrivate: true,
      read: (asked) => readList(deps, asked.sql, asked),
      async readPrivate({ query, principal, raw }, reply) {
        requirePerspective(query.perspective, principal);
        if (query.perspective === 'draft') return sendDrafts(deps, reply, principal!, query, addressOf(raw));
        const asked = { query, address: addressOf(raw), now: deps.clock.now() };
        return sendPrivately(raw, reply, await readList(deps, deps.db.sql, asked, principal!.sectionIds));
      },
    },
  );
}

type Asked<Query> = { readonly query: Query; readonly address: Address; readonly now: Date };

/** `retractedWithin`: of the past, the sections within which the caller sees what was retracted since. */
async function readOne(
  deps: Deps,
  sql: Sql,
  { idOrSlug, query, address, now }: Asked<ArticleQuery> & { readonly idOrSlug: string },
  retractedWithin: readonly string[] | null = [],
): Promise<PublicReading> {
  requireDraftsFor(query, ['trashed']);
  const moment = readMoment(query, now, deps.config.timeZone);
  const context = contextOf(deps, moment, retractedWithin);
  return tellPast(await readPublished(sql, { idOrSlug, moment, context, address, shape: query }), moment);
}

/** Keys that read drafts see more of the past, and are told so in answers of their own. */
const tellPast = (reading: PublicReading, moment: Moment) =>
  datePast(moment.isPast ? { ...reading, vary: 'Authorization' } : reading, moment);

function contextOf(deps: Deps, { at, isPast }: Moment, retractedWithin: readonly string[] | null): ReadContext {
  return { now: at, publicUrl: deps.publicUrl, ...(isPast && { retractedWithin }) };
}

async function readList(
  deps: Deps,
  sql: Sql,
  { query, address, now }: Asked<ArticleListQuery>,
  retractedWithin: readonly string[] | null = [],
): Promise<PublicReading> {
  requireDraftsFor(query, deskNames);
  const moment = readMoment(query, now, deps.config.timeZone);
  const context = contextOf(deps, moment, retractedWithin);
  const { order, fingerprint } = readOrder(deps, query);
  const [listed, total] = await Promise.all([
    listPublished(sql, order, context),
    query.count === undefined
      ? undefined
      : countArticles(sql, { filters: order.filters, kind: query.count, context, reader: undefined }),
  ]);
  const { surrogateKeys, changedAt: lastModified, nextChangeAt } = listed;
  const { shown, page } = toPage(listed, order, fingerprint, total);
  const headers = nextPageHeaders(address, deps.publicUrl, page);
  const content = printPage(shown, query, page);
  return tellPast({ content, surrogateKeys, lastModified, endsAt: null, nextChangeAt, headers }, moment);
}

async function sendDrafts(
  deps: Deps,
  reply: FastifyReply,
  principal: Principal,
  asked: ArticleListQuery,
  address: Address,
) {
  const query = resolveMe(asked, principal);
  const { now } = readMoment(query, deps.clock.now(), deps.config.timeZone);
  const { order, fingerprint } = readOrder(deps, query);
  const { sql } = deps.db;
  const reader: Reader = readerOf(principal);
  const context = { now, publicUrl: deps.publicUrl };
  const [listed, total] = await Promise.all([
    listDrafts(sql, order, context, reader),
    query.count === undefined
      ? undefined
      : countArticles(sql, { filters: order.filters, kind: query.count, context, reader }),
  ]);
  const { shown, page } = toPage(listed, order, fingerprint, total);
  reply.headers(nextPageHeaders(address, deps.publicUrl, page));
  return sendPrivate(reply, printPage(shown, query, page));
}

function readOrder(deps: Deps, query: ArticleListQuery): { order: ListOrder; fingerprint: string } {
  const fingerprint = fingerprintArticles(query);
  const filters = readFilters(query, deps.config.timeZone);
  const limit = filters.ids === undefined ? query.limit : filters.ids.length;
  const after = query.cursor === undefined ? null : decodeCursor(fingerprint, query.cursor);
  if (after !== null && !fitsSort(query.sort, after.value)) throw invalidCursor('It was altered.');
  return { order: { filters, sort: query.sort, after, limit, withBody: wantsBody(query) }, fingerprint };
}

function toPage(
  { rows, next }: ListedPage,
  { filters, limit }: ListOrder,
  fingerprint: string,
  total: number | undefined,
): { shown: readonly ListedRow[]; page: Page } {
  const shown = filters.ids === undefined ? rows : inOrder(rows, filters.ids);
  const nextCursor = next === null ? null : encodeCursor(fingerprint, next);
  return { shown, page: { limit, nextCursor, ...(total === undefined ? {} : { total }) } };
}

const printPage = (shown: readonly ListedRow[], shape: Shape, page: Page) =>
  `{"data":[${shown.map((row) => printArticle(row, shape)).join(',')}],"page":${JSON.stringify(page)}}`;

type DraftShape = Shape & { readonly trashed?: 'true' | 'false' | undefined };

async function sendDraft(deps: Deps, reply: FastifyReply, principal: Principal, idOrSlug: string, shape: DraftShape) {
  const context = { now: deps.clock.now(), publicUrl: deps.publicUrl };
  const order = { withBody: wantsBody(shape), trashed: shape.trashed === 'true' };
  const row = await findDraft(deps.db.sql, idOrSlug, context, order, readerOf(principal));
  if (row === null) throw notFound();
  return sendPrivate(reply, printArticle(row, shape), { revision: row.revision });
}

function inOrder(rows: readonly ListedRow[], ids: readonly string[]): ListedRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
