// Reading records: a list, or one; as the public sees them, or as editors do.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Principal } from '../auth/principal.ts';
import { readerOf } from '../auth/reader.ts';
import { policyOfPast } from '../delivery/policy.ts';
import { sendPrivate, sendPublic } from '../delivery/send.ts';
import type { Deps } from '../deps.ts';
import { findLastChange } from '../events/last-change.ts';
import { asOfParameter, type Moment, readMoment } from '../http/as-of.ts';
import { declareRoute } from '../http/declaration.ts';
import { notFound } from '../http/errors.ts';
import { linkNextPage, pickFields } from '../http/listing.ts';
import * as parameters from '../http/parameters.ts';
import { requireDraftsFor, requirePerspective } from '../http/perspective.ts';
import { findRecord, listRecords, type RecordQuery, type Sight } from './queries.ts';
import { capitalise, type Perspective, type RecordKind } from './record.ts';

export function registerRecordReads(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  const answer = z.union([kind.schemas.view, kind.schemas.draft]);
  const shape = {
    perspective: parameters.perspectiveParameter,
    trashed: parameters.trashedParameter,
    asOf: asOfParameter('Those that were there, as they are called and placed today.'),
    fields: parameters.fieldsParameter(kind.schemas.fields),
  };
  registerList(app, deps, kind, answer, shape);
  registerOne(app, deps, kind, answer, shape);
}

type Shape = {
  perspective: typeof parameters.perspectiveParameter;
  trashed: typeof parameters.trashedParameter;
  asOf: ReturnType<typeof asOfParameter>;
  fields: ReturnType<typeof parameters.fieldsParameter>;
};
type Shaped = {
  perspective: Perspective;
  trashed?: 'true' | 'false' | undefined;
  asOf?: string | undefined;
  fields?: string[];
};

function registerList(app: FastifyInstance, deps: Deps, kind: RecordKind, answer: z.ZodType, shape: Shape): void {
  const query = z.strictObject({
    limit: parameters.limitParameter,
    cursor: parameters.cursorParameter,
    sort: z.enum(Object.keys(kind.sorts) as [string, ...string[]]).default(kind.defaultSort),
    ids: parameters.idsParameter,
    count: parameters.countParameter,
    ...shape,
    ...kind.schemas.filters,
  });
  declareRoute(
    app,
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
    (
      { query: { perspective, trashed, asOf, fields, limit, cursor, sort, ids, count, ...filters }, principal, raw },
      reply,
    ) => {
      const asked = { limit, cursor, sort, ids, count, filters };
      return sendList(deps, kind, raw, reply, principal, { perspective, trashed, asOf, fields }, asked);
    },
  );
}

async function sendList(
  deps: Deps,
  kind: RecordKind,
  request: FastifyRequest,
  reply: FastifyReply,
  principal: Principal | null,
  shaped: Shaped,
  query: Omit<RecordQuery, 'sight'>,
) {
  const { perspective, asOf, fields } = shaped;
  requirePerspective(perspective, principal);
  requireDraftsFor(shaped, ['trashed']);
  const moment = readMoment({ perspective, asOf }, deps.clock.now(), deps.config.timeZone);
  const [{ rows, page }, lastModified] = await Promise.all([
    listRecords(deps.db.prisma, kind, { ...query, sight: sightOf(shaped, principal, moment) }),
    findLastChange(deps.db.sql, moment.now),
  ]);
  const views = await kind.toViews(deps.db.prisma, rows, perspective);
  linkNextPage(request, reply, deps.publicUrl, page);
  const answer = { data: views.map((view) => pickFields(view.json, fields)), page };
  if (perspective === 'draft') return sendPrivate(reply, answer);
  const surrogateKeys = [kind.plural, ...new Set(views.flatMap((view) => view.keys))];
  const content = { content: JSON.stringify(answer), surrogateKeys, lastModified, endsAt: null };
  return sendPublic(request, reply, content, policyOf(moment, 'list'), moment.now);
}

function registerOne(app: FastifyInstance, deps: Deps, kind: RecordKind, answer: z.ZodType, shape: Shape): void {
  declareRoute(
    app,
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
    ({ params, query, principal, raw }, reply) => {
      requirePerspective(query.perspective, principal);
      requireDraftsFor(query, ['trashed']);
      return sendOne(deps, kind, raw, reply, principal, params.idOrSlug, query);
    },
  );
}

async function sendOne(
  deps: Deps,
  kind: RecordKind,
  request: FastifyRequest,
  reply: FastifyReply,
  principal: Principal | null,
  idOrSlug: string,
  shaped: Shaped,
) {
  const { perspective, asOf, fields } = shaped;
  const moment = readMoment({ perspective, asOf }, deps.clock.now(), deps.config.timeZone);
  const row = await findRecord(deps.db.prisma, kind, idOrSlug, sightOf(shaped, principal, moment));
  if (row === null) throw notFound();
  const view = (await kind.toViews(deps.db.prisma, [row], perspective))[0]!;
  const answer = pickFields(view.json, fields);
  if (perspective === 'draft') return sendPrivate(reply, answer, { revision: row.revision });
  const content = {
    content: JSON.stringify(answer),
    surrogateKeys: view.keys,
    lastModified: view.changedAt,
    endsAt: null,
  };
  return sendPublic(request, reply, content, policyOf(moment, 'record'), moment.now);
}

function sightOf({ perspective, trashed }: Shaped, principal: Principal | null, moment: Moment): Sight {
  if (perspective === 'published' || principal === null) return moment;
  return { reader: readerOf(principal), now: moment.now, inTrash: trashed === 'true' };
}

const policyOf = ({ at, now, isPast }: Moment, present: 'list' | 'record') =>
  isPast ? policyOfPast(at, now) : present;
