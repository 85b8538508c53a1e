// Writing records: create, change, upsert by external id, trash. Every write answers with the draft.
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ProblemCode } from '../../core/problems.ts';
import { parsePrecondition, requirePrecondition } from '../delivery/etag.ts';
import { noStore } from '../delivery/policy.ts';
import { sendPrivate } from '../delivery/send.ts';
import type { Deps } from '../deps.ts';
import { actOf } from '../http/act.ts';
import { declareRoute } from '../http/declaration.ts';
import * as parameters from '../http/parameters.ts';
import { changeRecord, createRecord, trashRecord, upsertRecord } from './commands.ts';
import { capitalise, type RecordKind, type RecordRow } from './record.ts';

export function registerRecordWrites(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  registerCreate(app, deps, kind);
  registerChange(app, deps, kind);
  registerUpsert(app, deps, kind);
  registerTrash(app, deps, kind);
}

const draftExample = ({ examples }: RecordKind) => ({
  ...examples.view,
  externalId: null,
  revision: 1,
  createdAt: '2020-05-27T06:48:49.000Z',
  updatedAt: '2020-05-27T06:48:49.000Z',
});

const withArticle = (noun: string) => `${noun === 'editor' ? 'an' : 'a'} ${noun}`;

const contentProblems = (noun: RecordKind['noun']): ProblemCode[] => [
  `${noun}.slug_taken`,
  `${noun}.external_id_taken`,
  'auth.outside_sections',
  ...(noun === 'section' ? (['section.cycle', 'reference.not_found'] as const) : []),
  ...(noun === 'tag' ? (['tag.name_taken'] as const) : []),
];
const staleProblems = ['resource.not_found', 'request.precondition_failed', 'request.invalid_header'] as const;
const matchProblems = [...staleProblems, 'request.precondition_required'] as const;

function registerCreate(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  declareRoute(
    app,
    {
      method: 'POST',
      url: `/v1/${kind.plural}`,
      operationId: `create${capitalise(kind.noun)}`,
      tag: kind.tag,
      summary: `Create ${withArticle(kind.noun)}`,
      permission: 'record.create',
      cache: 'private',
      body: kind.schemas.input,
      responses: { 201: { description: 'Created; `Location` names it.', schema: kind.schemas.written } },
      problems: contentProblems(kind.noun),
      examples: { body: kind.examples.input, response: draftExample(kind) },
    },
    async (request, reply) => {
      const row = await createRecord(deps.db, kind, actOf(deps, request), request.body, deps.config.slugPolicy);
      return sendDraft(deps, kind, row, reply, 201);
    },
  );
}

function registerChange(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  declareRoute(
    app,
    {
      method: 'PATCH',
      url: `/v1/${kind.plural}/:idOrSlug`,
      operationId: `update${capitalise(kind.noun)}`,
      tag: kind.tag,
      summary: `Change ${withArticle(kind.noun)}`,
      description: 'JSON Merge Patch (RFC 7396): an absent field stays, a value sets, null clears.',
      permission: 'record.edit',
      cache: 'private',
      params: parameters.idOrSlugParams,
      headers: parameters.ifMatchHeaders,
      body: kind.schemas.patch,
      consumes: ['application/merge-patch+json', 'application/json'],
      responses: { 200: { description: 'The changed draft.', schema: kind.schemas.written } },
      problems: [...matchProblems, ...contentProblems(kind.noun)],
      examples: { body: kind.examples.patch, response: draftExample(kind) },
    },
    async (request, reply) => {
      const condition = requirePrecondition(request.raw.headers['if-match']);
      const act = actOf(deps, request);
      const row = await changeRecord(deps.db, kind, act, request.params.idOrSlug, condition, request.body);
      return sendDraft(deps, kind, row, reply, 200);
    },
  );
}

function registerUpsert(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  declareRoute(
    app,
    {
      method: 'PUT',
      url: `/v1/${kind.plural}/by-external-id/:externalId`,
      operationId: `upsert${capitalise(kind.noun)}`,
      tag: kind.tag,
      summary: `Create or replace ${withArticle(kind.noun)} by its external id`,
      description: 'Replaces the whole: an absent field is cleared; only the slug stays. `If-Match` is optional.',
      permission: 'record.edit',
      cache: 'private',
      params: parameters.externalIdParams,
      headers: parameters.ifMatchHeaders,
      body: kind.schemas.input,
      responses: {
        200: { description: 'Replaced.', schema: kind.schemas.written },
        201: { description: 'Created.', schema: kind.schemas.written },
      },
      problems: [...staleProblems, ...contentProblems(kind.noun)],
      examples: { body: kind.examples.input, response: draftExample(kind) },
    },
    async (request, reply) => {
      const condition = parsePrecondition(request.raw.headers['if-match']);
      const act = actOf(deps, request);
      const target = { externalId: request.params.externalId, condition, slugPolicy: deps.config.slugPolicy };
      const { row, created } = await upsertRecord(deps.db, kind, act, target, request.body);
      return sendDraft(deps, kind, row, reply, created ? 201 : 200);
    },
  );
}

function registerTrash(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  declareRoute(
    app,
    {
      method: 'DELETE',
      url: `/v1/${kind.plural}/:idOrSlug`,
      operationId: `trash${capitalise(kind.noun)}`,
      tag: kind.tag,
      summary: `Move ${withArticle(kind.noun)} to the trash`,
      description: 'Refused with 409 while something still uses it; the answer names what.',
      permission: 'record.trash',
      cache: 'private',
      params: parameters.idOrSlugParams,
      headers: parameters.ifMatchHeaders,
      responses: { 204: { description: 'In the trash.' } },
      problems: [...matchProblems, 'auth.outside_sections', `${kind.noun}.in_use`],
    },
    async (request, reply) => {
      const condition = requirePrecondition(request.raw.headers['if-match']);
      await trashRecord(deps.db, kind, actOf(deps, request), request.params.idOrSlug, condition);
      return reply.header('Cache-Control', noStore).code(204).send();
    },
  );
}

async function sendDraft(deps: Deps, kind: RecordKind, row: RecordRow, reply: FastifyReply, status: 200 | 201) {
  const view = (await kind.toViews(deps.db.prisma, [row], 'draft'))[0]!;
  const location = status === 201 ? `${deps.publicUrl}/v1/${kind.plural}/${row.id}` : undefined;
  return sendPrivate(reply, view.json, { status, revision: row.revision, location });
}
