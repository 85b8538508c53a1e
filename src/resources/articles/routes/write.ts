// Writing articles: create, change, upsert, trash. Every write answers with the working copy.
import type { FastifyInstance } from 'fastify';
import type { ProblemCode } from '../../../core/problems.ts';
import { parsePrecondition, requirePrecondition } from '../../../platform/delivery/etag.ts';
import type { Deps } from '../../../platform/deps.ts';
import { externalIdParams, idOrSlugParams, ifMatchHeaders } from '../../../platform/http/parameters.ts';
import { declareWrite } from '../../../platform/http/write.ts';
import { readBody } from '../changes.ts';
import { createArticle } from '../commands/create.ts';
import { reviseArticle, upsertArticle } from '../commands/revise.ts';
import { trashArticle } from '../commands/trash.ts';
import { articleInput, articlePatch } from '../schemas.ts';
import { articleWritten } from '../view-schemas.ts';
import { answerWritten, matchProblems } from './action.ts';
import { articleExamples } from './examples.ts';

const tag = 'Articles';
export const contentProblems: readonly ProblemCode[] = [
  'article.slug_taken',
  'article.external_id_taken',
  'article.embargoed',
  'reference.not_found',
  'body.invalid',
  'auth.outside_sections',
];

export function registerArticleWrites(app: FastifyInstance, deps: Deps): void {
  registerCreate(app, deps);
  registerRevise(app, deps);
  registerUpsert(app, deps);
  registerTrash(app, deps);
}

function registerCreate(app: FastifyInstance, deps: Deps): void {
  declareWrite(
    app,
    deps,
    {
      method: 'POST',
      url: '/v1/articles',
      operationId: 'createArticle',
      tag,
      summary: 'Create an article',
      description: 'A draft; publishing is an act of its own.',
      permission: 'article.create',
      handle: 'sql',
      body: articleInput,
      responses: { 201: { description: 'Created; `Location` names it.', schema: articleWritten } },
      problems: contentProblems,
      examples: { body: articleExamples.input, response: articleExamples.written },
    },
    async ({ body: input }) => {
      const sent = { input, body: await readBody(input.body) };
      return async (tx, act) => answerWritten(deps, tx, act, await createArticle(tx, act, sent, deps.config), 201);
    },
  );
}

function registerRevise(app: FastifyInstance, deps: Deps): void {
  declareWrite(
    app,
    deps,
    {
      method: 'PATCH',
      url: '/v1/articles/:idOrSlug',
      operationId: 'updateArticle',
      tag,
      summary: 'Change the working copy',
      description:
        'JSON Merge Patch (RFC 7396): an absent field stays, a value sets, null clears. A change of content appends a version; what the public sees stays until it is published.',
      permission: 'article.edit',
      handle: 'sql',
      params: idOrSlugParams,
      headers: ifMatchHeaders,
      body: articlePatch,
      consumes: ['application/merge-patch+json', 'application/json'],
      responses: { 200: { description: 'The working copy.', schema: articleWritten } },
      problems: [...contentProblems, ...matchProblems],
      examples: { body: articleExamples.patch, response: articleExamples.written },
    },
    async ({ params, body: input, ifMatch }) => {
      const target = { idOrSlug: params.idOrSlug, condition: requirePrecondition(ifMatch) };
      const sent = { input, body: await readBody(input.body) };
      return async (tx, act) => answerWritten(deps, tx, act, await reviseArticle(tx, act, target, sent, deps.config));
    },
  );
}

function registerUpsert(app: FastifyInstance, deps: Deps): void {
  declareWrite(
    app,
    deps,
    {
      method: 'PUT',
      url: '/v1/articles/by-external-id/:externalId',
      operationId: 'upsertArticle',
      tag,
      summary: 'Create or replace an article by its external id',
      description:
        'Replaces the whole working copy: a field that is absent is cleared; only the slug stays. `If-Match` is optional.',
      permission: 'article.edit',
      handle: 'sql',
      params: externalIdParams,
      headers: ifMatchHeaders,
      body: articleInput,
      responses: {
        200: { description: 'Replaced.', schema: articleWritten },
        201: { description: 'Created.', schema: articleWritten },
      },
      problems: [...contentProblems, 'resource.not_found', 'request.precondition_failed', 'request.invalid_header'],
      examples: { body: articleExamples.input, response: articleExamples.written },
    },
    async ({ params, body: input, ifMatch }) => {
      const upsert = { externalId: params.externalId, condition: parsePrecondition(ifMatch) };
      const sent = { input, body: await readBody(input.body) };
      return async (tx, act) => {
        const written = await upsertArticle(tx, act, upsert, sent, deps.config);
        return answerWritten(deps, tx, act, written, written.created ? 201 : 200);
      };
    },
  );
}

function registerTrash(app: FastifyInstance, deps: Deps): void {
  declareWrite(
    app,
    deps,
    {
      method: 'DELETE',
      url: '/v1/articles/:idOrSlug',
      operationId: 'trashArticle',
      tag,
      summary: 'Move an article to the trash',
      description: 'Takes it from the public and calls off what is scheduled. Its slug stays taken.',
      permission: 'article.trash',
      handle: 'sql',
      params: idOrSlugParams,
      headers: ifMatchHeaders,
      responses: { 204: { description: 'In the trash.' } },
      problems: matchProblems,
    },
    ({ params, ifMatch }) => {
      const target = { idOrSlug: params.idOrSlug, condition: requirePrecondition(ifMatch) };
      return async (tx, act) => {
        await trashArticle(tx, act, target);
        return { status: 204 };
      };
    },
  );
}
