// Reading records: a list, or one; as the public sees them, or as editors do.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Principal } from '../auth/principal.ts';
import { readerOf } from '../auth/reader.ts';
import type { Sql } from '../db/db.ts';
import { sendPrivate } from '../delivery/send.ts';
import type { Deps } from '../deps.ts';
import { asOfParameter, datePast, readMoment } from '../http/as-of.ts';
import { notFound } from '../http/errors.ts';
import { nextPageHeaders, pickFields } from '../http/listing.ts';
import * as parameters from '../http/parameters.ts';
import { requireDraftsFor, requirePerspective } from '../http/perspective.ts';
import { type Address, addressOf, declarePublicRead, type PublicReading } from '../http/public-read.ts';
import { sendPrivately } from '../http/send-prepared.ts';
import { listPublicRecords, readPublicRecord } from './public-reads.ts';
import { findRecord, listRecords, type RecordQuery, type Sight } from './queries.ts';
import { capitalise, type RecordKind } from './record.ts';

export function registerRecordReads(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  const answer = z.union([kind.schemas.view, kind.schemas.draft]);
  const shape = {
    perspective: parameters.perspectiveParameter,
    trashed: parameters.trashedParameter,
    asOf: asOfParameter('Those that were there, as they are called and placed today.'),
    fields: parameters.fieldsParameter(kind.schemas.fields),
  };
  registerList(app, { deps, kind }, answer, shape);
  registerOne(app, { deps, kind }, answer, shape);
}

type Reads = { readonly deps: Deps; readonly kind: RecordKind };

type Shape = {
  perspective: typeof parameters.perspectiveParameter;
  trashed: typeof parameters.trashedParameter;
  asOf: ReturnType<typeof asOfParameter>;
  fields: ReturnType<typeof parameters.fieldsParameter>;
};

type Shaped = {
  perspective: 'published' | 'draft';
  trashed?: 'true' | 'false' | undefined;
  asOf?: string | undefined;
  fields?: string[] | undefined;
};
type ListQuery = Shaped & Omit<RecordQuery, 'filters'>;

type AskedOne = { readonly idOrSlug: string; readonly query: Shaped; readonly now: Date };
type AskedList = { readonly query: ListQuery; readonly address: Address; readonly now: Date };

function registerList(app: FastifyInstance, reads: Reads, answer: z.ZodType, shape: Shape): void {
  const { deps, kind } = reads;
  const query = z.strictObject({
    limit: parameters.limitParameter,
    cursor: parameters.cursorParameter,
    sort: z.enum(Object.keys(kind.sorts) as [string, ...string[]]).default(kind.defaultSort),
    ids: parameters.idsParameter,
    count: parameters.countParameter,
    ...shape,
    ...kind.schemas.filters,
  });
  declarePublicRead(
    app,
    deps,
    {
      method: 'GET',
      url: `/v1/${kind.plural}`,
      operationId: `list${capitalise(kind.plural)}`,
      tag: kind.tag,
      summary: `List ${kind.plural}`,
      permission: 'public',
      cache: 'list',
      query,
      responses: {
        200: { description: 'A page.', schema: parameters.listOf(answer, `${capitalise(kind.noun)}List`) },
        304: { description: 'Not modified.' },
      },
      problems: ['auth.missing', 'request.invalid_cursor', 'request.query_too_slow'],
      examples: { response: { data: [kind.examples.view], page: { limit: 20, nextCursor: null } } },
    },
    {
      read: ({ query, sql, address, now }) => readList(reads, sql, { query: query as ListQuery, address, now }),
      async readPrivate({ query: given, principal, raw }, reply) {
        const [query, address, now] = [given as ListQuery, addressOf(raw), deps.clock.now()];
        requirePerspective(query.perspective, principal);
        if (query.perspective === 'draft') return sendDrafts(reads, reply, principal!, { query, address, now });
        return sendPrivately(raw, reply, await readList(reads, deps.db.sql, { query, address, now }));
      },
    },
  );
}

function registerOne(app: FastifyInstance, reads: Reads, answer: z.ZodType, shape: Shape): void {
  const { deps, kind } = reads;
  declarePublicRead(
    app,
    deps,
    {
      method: 'GET',
      url: `/v1/${kind.plural}/:idOrSlug`,
      operationId: `get${capitalise(kind.noun)}`,
      tag: kind.tag,
      summary: `Read one ${kind.noun}`,
      permission: 'public',
      cache: 'record',
      params: parameters.idOrSlugParams,
      query: z.strictObject(shape),
      responses: {
        200: { description: `The ${kind.noun}.`, schema: answer },
        304: { description: 'Not modified.' },
      },
      problems: ['auth.missing', 'resource.not_found'],
      examples: { response: kind.examples.view },
    },
    {
      read: ({ params: { idOrSlug }, query, sql, now }) => readOne(reads, sql, { idOrSlug, query, now }),
      async readPrivate({ params: { idOrSlug }, query, principal, raw }, reply) {
        const now = deps.clock.now();
        requirePerspective(query.perspective, principal);
        if (query.perspective === 'draft') return sendDraft(reads, reply, principal!, { idOrSlug, query, now });
        return sendPrivately(raw, reply, await readOne(reads, deps.db.sql, { idOrSlug, query, now }));
      },
    },
  );
}

async function readList({ deps, kind }: Reads, sql: Sql, { query, address, now }: AskedList): Promise<PublicReading> {
  requireDraftsFor(query, ['trashed']);
  const moment = readMoment(query, now, deps.config.timeZone);
  const order = { ...listOrderOf(query), fields: query.fields, moment };
  const { page, ...answer } = await listPublicRecords(sql, kind, order);
  return datePast({ ...answer, headers: nextPageHeaders(address, deps.publicUrl, page) }, moment);
}

async function readOne({ deps, kind }: Reads, sql: Sql, { idOrSlug, query, now }: AskedOne): Promise<PublicReading> {
  requireDraftsFor(query, ['trashed']);
  const moment = readMoment(query, now, deps.config.timeZone);
  const { content, ...answer } = await readPublicRecord(sql, kind, { idOrSlug, moment, fields: query.fields });
  if (content !== null) return datePast({ ...answer, content }, moment);
  const { surrogateKeys, untoldKeys, nextChangeAt } = answer;
  return datePast({ problem: notFound(), surrogateKeys, untoldKeys, nextChangeAt, policy: 'absent' }, moment);
}

async function sendDrafts(
  { deps, kind }: Reads,
  reply: FastifyReply,
  principal: Principal,
  { query, address, now }: AskedList,
) {
  const sight = sightOf(deps, principal, query, now);
  const { rows, page } = await listRecords(deps.db.prisma, kind, listOrderOf(query), sight);
  const drafts = await kind.toDrafts(deps.db.prisma, rows);
  reply.headers(nextPageHeaders(address, deps.publicUrl, page));
  return sendPrivate(reply, { data: drafts.map((draft) => pickFields(draft, query.fields)), page });
}

async function sendDraft(
  { deps, kind }: Reads,
  reply: FastifyReply,
  principal: Principal,
  { idOrSlug, query, now }: AskedOne,
) {
  const row = await findRecord(deps.db.prisma, kind, idOrSlug, sightOf(deps, principal, query, now));
  if (row === null) throw notFound();
  const [draft] = await kind.toDrafts(deps.db.prisma, [row]);
  return sendPrivate(reply, pickFields(draft!, query.fields), { revision: row.revision });
}

/** Refuses an instant of the past: working copies have none. */
function sightOf({ config }: Deps, principal: Principal, query: Shaped, now: Date): Sight {
  readMoment(query, now, config.timeZone);
  return { reader: readerOf(principal), now, inTrash: query.trashed === 'true' };
}

/** What is left of a list's parameters are its filters. */
function listOrderOf(query: ListQuery): RecordQuery {
  const { perspective: _1, trashed: _2, asOf: _3, fields: _4, limit, cursor, sort, ids, count, ...filters } = query;
  return { limit, cursor, sort, ids, count, filters };
}
