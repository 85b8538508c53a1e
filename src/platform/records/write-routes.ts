// Writing records: create, change, upsert by external id, trash. Every write answers with the draft.
import type { FastifyInstance } from 'fastify';
import type { ProblemCode } from '../../core/problems.ts';
import type { MixedTx } from '../db/db.ts';
import { parsePrecondition, requirePrecondition } from '../delivery/etag.ts';
import type { Deps } from '../deps.ts';
import * as parameters from '../http/parameters.ts';
import { declareWrite } from '../http/write.ts';
import type { WriteAnswer } from '../http/write-run.ts';
import { changeRecord, createRecord, trashRecord, untrashRecord, upsertRecord } from './commands.ts';
import { capitalise, type RecordKind, type RecordRow } from './record.ts';

export function registerRecordWrites(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  registerCreate(app, deps, kind);
  registerChange(app, deps, kind);
  registerUpsert(app, deps, kind);
  registerTrash(app, deps, kind);
  registerUntrash(app, deps, kind);
}

const draftExample = ({ examples }: RecordKind) => ({
  ...examples.view,
  externalId: null,
  revision: 1,
  createdAt: '2020-05-27T06:48:49.000Z',
  updatedAt: '2020-05-27T06:48:49.000Z',
  trashedAt: null,
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
  declareWrite(
    app,
    deps,
    {
      method: 'POST',
      url: `/v1/${kind.plural}`,
      operationId: `create${capitalise(kind.noun)}`,
      tag: kind.tag,
      summary: `Create ${withArticle(kind.noun)}`,
      permission: 'record.create',
      handle: 'mixed',
      body: kind.schemas.input,
      responses: { 201: { description: 'Created; `Location` names it.', schema: kind.schemas.written } },
      problems: contentProblems(kind.noun),
      examples: { body: kind.examples.input, response: draftExample(kind) },
    },
    ({ body }) =>
      async (tx, act) =>
        answerDraft(deps, kind, tx, await createRecord(tx, kind, act, body, deps.config.slugPolicy), 201),
  );
}

function registerChange(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  declareWrite(
    app,
    deps,
    {
      method: 'PATCH',
      url: `/v1/${kind.plural}/:idOrSlug`,
      operationId: `update${capitalise(kind.noun)}`,
      tag: kind.tag,
      summary: `Change ${withArticle(kind.noun)}`,
      description: 'JSON Merge Patch (RFC 7396): an absent field stays, a value sets, null clears.',
      permission: 'record.edit',
      handle: 'mixed',
      params: parameters.idOrSlugParams,
      headers: parameters.ifMatchHeaders,
      body: kind.schemas.patch,
      consumes: ['application/merge-patch+json', 'application/json'],
      responses: { 200: { description: 'The changed draft.', schema: kind.schemas.written } },
      problems: [...matchProblems, ...contentProblems(kind.noun)],
      examples: { body: kind.examples.patch, response: draftExample(kind) },
    },
    ({ params, body, ifMatch }) => {
      const condition = requirePrecondition(ifMatch);
      return async (tx, act) =>
        answerDraft(deps, kind, tx, await changeRecord(tx, kind, act, params.idOrSlug, condition, body), 200);
    },
  );
}

function registerUpsert(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  declareWrite(
    app,
    deps,
    {
      method: 'PUT',
      url: `/v1/${kind.plural}/by-external-id/:externalId`,
      operationId: `upsert${capitalise(kind.noun)}`,
      tag: kind.tag,
      summary: `Create or replace ${withArticle(kind.noun)} by its external id`,
      description: 'Replaces the whole: an absent field is cleared; only the slug stays. `If-Match` is optional.',
      permission: 'record.edit',
      handle: 'mixed',
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
    ({ params, body, ifMatch }) => {
      const condition = parsePrecondition(ifMatch);
      const target = { externalId: params.externalId, condition, slugPolicy: deps.config.slugPolicy };
      return async (tx, act) => {
        const { row, created } = await upsertRecord(tx, kind, act, target, body);
        return answerDraft(deps, kind, tx, row, created ? 201 : 200);
      };
    },
  );
}

function registerTrash(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  declareWrite(
    app,
    deps,
    {
      method: 'DELETE',
      url: `/v1/${kind.plural}/:idOrSlug`,
      operationId: `trash${capitalise(kind.noun)}`,
      tag: kind.tag,
      summary: `Move ${withArticle(kind.noun)} to the trash`,
      description: 'Refused with 409 while something still uses it; the answer names what.',
      permission: 'record.trash',
      handle: 'mixed',
      params: parameters.idOrSlugParams,
      headers: parameters.ifMatchHeaders,
      responses: { 204: { description: 'In the trash.' } },
      problems: [...matchProblems, 'auth.outside_sections', `${kind.noun}.in_use`],
    },
    ({ params, ifMatch }) => {
      const condition = requirePrecondition(ifMatch);
      return async (tx, act) => {
        await trashRecord(tx, kind, act, params.idOrSlug, condition);
        return { status: 204 };
      };
    },
  );
}

function registerUntrash(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  declareWrite(
    app,
    deps,
    {
      method: 'POST',
      url: `/v1/${kind.plural}/:idOrSlug/untrash`,
      operationId: `untrash${capitalise(kind.noun)}`,
      tag: kind.tag,
      summary: `Take ${withArticle(kind.noun)} out of the trash`,
      description: 'With the slug it had.',
      permission: 'record.trash',
      handle: 'mixed',
      params: parameters.idOrSlugParams,
      headers: parameters.ifMatchHeaders,
      responses: { 200: { description: 'The draft.', schema: kind.schemas.written } },
      problems: [...matchProblems, 'auth.outside_sections', 'reference.not_found'],
      examples: { response: draftExample(kind) },
    },
    ({ params, ifMatch }) => {
      const condition = requirePrecondition(ifMatch);
      return async (tx, act) =>
        answerDraft(deps, kind, tx, await untrashRecord(tx, kind, act, params.idOrSlug, condition), 200);
    },
  );
}

async function answerDraft(
  deps: Deps,
  kind: RecordKind,
  tx: MixedTx,
  row: RecordRow,
  status: 200 | 201,
): Promise<WriteAnswer> {
  const view = (await kind.toDrafts(tx.prisma, [row]))[0]!;
  const location = status === 201 ? `${deps.publicUrl}/v1/${kind.plural}/${row.id}` : undefined;
  return { status, view, revision: row.revision, location };
}
