// The six routes of a record noun: list, get, create, change, upsert by external id, trash.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ProblemCode } from '../../core/problems.ts';
import { parsePrecondition, requirePrecondition } from '../delivery/etag.ts';
import { sendPrivate, sendPublic } from '../delivery/send.ts';
import type { Deps } from '../deps.ts';
import { actOf } from '../http/act.ts';
import { declareRoute, type RouteRequest } from '../http/declaration.ts';
import { notFound } from '../http/errors.ts';
import { linkNextPage, pickFields } from '../http/listing.ts';
import * as parameters from '../http/parameters.ts';
import { requirePerspective } from '../http/perspective.ts';
import { changeRecord, createRecord, trashRecord, upsertRecord } from './commands.ts';
import { findRecord, listRecords } from './queries.ts';
import type { RecordInput, RecordKind, RecordRow } from './record.ts';

export function registerRecordRoutes(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  registerReads(app, deps, kind);
  registerCreate(app, deps, kind);
  registerChange(app, deps, kind);
  registerUpsert(app, deps, kind);
  registerTrash(app, deps, kind);
}

const capital = (noun: string) => noun.charAt(0).toUpperCase() + noun.slice(1);
const ownProblems = (noun: string): ProblemCode[] => [
  `${noun}.slug_taken` as ProblemCode,
  `${noun}.external_id_taken` as ProblemCode,
  'auth.outside_sections',
  ...(noun === 'section' ? (['section.cycle', 'reference.not_found'] as const) : []),
  ...(noun === 'tag' ? (['tag.name_taken'] as const) : []),
];

function registerReads(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  const { schemas, examples, plural, tag } = kind;
  const name = capital(kind.noun);
  const answer = z.union([schemas.view, schemas.draft]);
  const shape = { perspective: parameters.perspectiveParameter, fields: parameters.fieldsParameter(schemas.fields) };
  const sorts = Object.keys(kind.sorts) as [string, ...string[]];
  const listQuery = z.strictObject({
    limit: parameters.limitParameter,
    cursor: parameters.cursorParameter,
    sort: z.enum(sorts).default(kind.defaultSort),
    ids: parameters.idsParameter,
    count: parameters.countParameter,
    ...shape,
    ...schemas.filters,
  });
  declareRoute(
    app,
    {
      method: 'GET',
      url: `/v1/${plural}`,
      operationId: `list${capital(plural)}`,
      tag,
      summary: `List ${plural}`,
      permission: 'public',
      cache: 'list',
      query: listQuery,
      responses: {
        200: { description: 'A page.', schema: parameters.listOf(answer, `${name}List`) },
        304: { description: 'Not modified.' },
      },
      problems: ['auth.missing', 'request.invalid_cursor', 'request.query_too_slow'],
      examples: { response: { data: [examples.view], page: { limit: 20, nextCursor: null } } },
    },
    async ({ query, principal, raw }, reply) => {
      const { limit, cursor, sort, ids, count, perspective, fields, ...filters } = query;
      requirePerspective(perspective, principal);
      const { rows, page } = await listRecords(deps.db.prisma, kind, { limit, cursor, sort, ids, count, filters });
      const views = await kind.toViews(deps.db.prisma, rows, perspective);
      linkNextPage(raw, reply, deps.publicUrl, page);
      const content = { data: views.map((view) => pickFields(view.json, fields)), page };
      if (perspective === 'draft') return sendPrivate(reply, content);
      const surrogateKeys = [plural, ...new Set(views.flatMap((view) => view.keys))];
      return sendPublic(
        raw,
        reply,
        { content: JSON.stringify(content), surrogateKeys, lastModified: null, endsAt: null },
        'list',
        deps.clock.now(),
      );
    },
  );
  declareRoute(
    app,
    {
      method: 'GET',
      url: `/v1/${plural}/:idOrSlug`,
      operationId: `get${name}`,
      tag,
      summary: `Read one ${kind.noun}`,
      permission: 'public',
      cache: 'record',
      params: parameters.idOrSlugParams,
      query: z.strictObject(shape),
      responses: { 200: { description: `The ${kind.noun}.`, schema: answer }, 304: { description: 'Not modified.' } },
      problems: ['auth.missing', 'resource.not_found'],
      examples: { response: examples.view },
    },
    async ({ params, query, principal, raw }, reply) => {
      requirePerspective(query.perspective, principal);
      const row = await findRecord(deps.db.prisma, kind, params.idOrSlug);
      if (row === null) throw notFound();
      const [view] = await kind.toViews(deps.db.prisma, [row], query.perspective);
      const content = pickFields(view!.json, query.fields);
      if (query.perspective === 'draft') return sendPrivate(reply, content, { revision: row.revision });
      const answered = {
        content: JSON.stringify(content),
        surrogateKeys: view!.keys,
        lastModified: view!.changedAt,
        endsAt: null,
      };
      return sendPublic(raw, reply, answered, 'record', deps.clock.now());
    },
  );
}

function registerCreate(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  declareRoute(
    app,
    {
      method: 'POST',
      url: `/v1/${kind.plural}`,
      operationId: `create${capital(kind.noun)}`,
      tag: kind.tag,
      summary: `Create ${article(kind.noun)}`,
      permission: 'record.create',
      cache: 'private',
      body: kind.schemas.input,
      responses: { 201: { description: 'Created; `Location` names it.', schema: kind.schemas.draft } },
      problems: ownProblems(kind.noun),
      examples: { body: kind.examples.input, response: kind.examples.draft },
    },
    async (request, reply) => {
      const row = await createRecord(deps.db, kind, actOf(deps, request), request.body, deps.config.slugPolicy);
      return answerDraft(deps, kind, row, reply, 201);
    },
  );
}

function registerChange(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  declareRoute(
    app,
    {
      method: 'PATCH',
      url: `/v1/${kind.plural}/:idOrSlug`,
      operationId: `update${capital(kind.noun)}`,
      tag: kind.tag,
      summary: `Change ${article(kind.noun)}`,
      description: 'JSON Merge Patch (RFC 7396): an absent field stays, a value sets, null clears.',
      permission: 'record.edit',
      cache: 'private',
      params: parameters.idOrSlugParams,
      headers: parameters.ifMatchHeaders,
      body: kind.schemas.patch,
      consumes: ['application/merge-patch+json', 'application/json'],
      responses: { 200: { description: 'The changed draft.', schema: kind.schemas.draft } },
      problems: [
        'resource.not_found',
        'request.precondition_required',
        'request.precondition_failed',
        'request.invalid_header',
        ...ownProblems(kind.noun),
      ],
      examples: {
        body: { name: kind.examples.input && 'name' in kind.examples.input ? kind.examples.input.name : '' },
        response: kind.examples.draft,
      },
    },
    async (request, reply) => {
      const condition = requirePrecondition(request.raw.headers['if-match']);
      const act = actOf(deps, request);
      const row = await changeRecord(deps.db, kind, act, request.params.idOrSlug, condition, request.body);
      return answerDraft(deps, kind, row, reply, 200);
    },
  );
}

function registerUpsert(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  declareRoute(
    app,
    {
      method: 'PUT',
      url: `/v1/${kind.plural}/by-external-id/:externalId`,
      operationId: `upsert${capital(kind.noun)}`,
      tag: kind.tag,
      summary: `Create or replace ${article(kind.noun)} by its external id`,
      description:
        'Replaces the whole: a field that is absent is cleared; only the slug stays. `If-Match` is optional.',
      permission: 'record.edit',
      cache: 'private',
      params: parameters.externalIdParams,
      headers: parameters.ifMatchHeaders,
      body: kind.schemas.input,
      responses: {
        200: { description: 'Replaced.', schema: kind.schemas.draft },
        201: { description: 'Created.', schema: kind.schemas.draft },
      },
      problems: [
        'resource.not_found',
        'request.precondition_failed',
        'request.invalid_header',
        ...ownProblems(kind.noun),
      ],
      examples: { body: kind.examples.input, response: kind.examples.draft },
    },
    async (request, reply) => {
      const condition = parsePrecondition(request.raw.headers['if-match']);
      const act = actOf(deps, request);
      const { externalId } = request.params;
      const { row, created } = await upsertRecord(
        deps.db,
        kind,
        act,
        externalId,
        condition,
        request.body,
        deps.config.slugPolicy,
      );
      return answerDraft(deps, kind, row, reply, created ? 201 : 200);
    },
  );
}

function registerTrash(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  declareRoute(
    app,
    {
      method: 'DELETE',
      url: `/v1/${kind.plural}/:idOrSlug`,
      operationId: `trash${capital(kind.noun)}`,
      tag: kind.tag,
      summary: `Move ${article(kind.noun)} to the trash`,
      description: 'Refused with 409 while something still uses it; the answer names what.',
      permission: 'record.trash',
      cache: 'private',
      params: parameters.idOrSlugParams,
      headers: parameters.ifMatchHeaders,
      responses: { 204: { description: 'In the trash.' } },
      problems: [
        'resource.not_found',
        'request.precondition_required',
        'request.precondition_failed',
        'request.invalid_header',
        'auth.outside_sections',
        `${kind.noun}.in_use` as ProblemCode,
      ],
    },
    async (request, reply) => {
      const condition = requirePrecondition(request.raw.headers['if-match']);
      await trashRecord(deps.db, kind, actOf(deps, request), request.params.idOrSlug, condition);
      return reply.header('Cache-Control', 'private, no-store').code(204).send();
    },
  );
}

const article = (noun: string) => `${noun === 'editor' ? 'an' : 'a'} ${noun}`;

async function answerDraft(
  deps: Deps,
  kind: RecordKind,
  row: RecordRow,
  reply: Parameters<typeof sendPrivate>[0],
  status: 200 | 201,
) {
  const [view] = await kind.toViews(deps.db.prisma, [row], 'draft');
  const location = status === 201 ? `${deps.publicUrl}/v1/${kind.plural}/${row.id}` : undefined;
  return sendPrivate(reply, view!.json, { status, revision: row.revision, location });
}

export type { RouteRequest };
