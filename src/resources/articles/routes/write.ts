// Writing articles: create, change, upsert, publish, unpublish, trash. Every write answers with the working copy.
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ProblemCode } from '../../../core/problems.ts';
import { parsePrecondition, requirePrecondition } from '../../../platform/delivery/etag.ts';
import { noStore } from '../../../platform/delivery/policy.ts';
import { sendPrivate } from '../../../platform/delivery/send.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { Act } from '../../../platform/events/record.ts';
import { actOf } from '../../../platform/http/act.ts';
import { declareRoute } from '../../../platform/http/declaration.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { externalIdParams, idOrSlugParams, ifMatchHeaders } from '../../../platform/http/parameters.ts';
import { createArticle, type Written } from '../commands/create.ts';
import { publishArticle, readInstant, readPublishOrder } from '../commands/publish.ts';
import { reviseArticle, upsertArticle } from '../commands/revise.ts';
import { trashArticle, unpublishArticle } from '../commands/unpublish.ts';
import { findWritten } from '../queries/one.ts';
import { articleInput, articlePatch, publishInput, unpublishInput } from '../schemas.ts';
import { printArticle } from '../view.ts';
import { articleWritten } from '../view-schemas.ts';
import { articleExamples } from './examples.ts';

const tag = 'Articles';
const contentProblems: readonly ProblemCode[] = [
  'article.slug_taken',
  'article.external_id_taken',
  'reference.not_found',
  'body.invalid',
  'auth.outside_sections',
];
const matchProblems: readonly ProblemCode[] = [
  'resource.not_found',
  'request.precondition_required',
  'request.precondition_failed',
  'request.invalid_header',
  'auth.outside_sections',
];

export function registerArticleWrites(app: FastifyInstance, deps: Deps): void {
  registerCreate(app, deps);
  registerRevise(app, deps);
  registerUpsert(app, deps);
  registerTrash(app, deps);
  registerPublish(app, deps);
  registerUnpublish(app, deps);
}

function registerCreate(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'POST',
      url: '/v1/articles',
      operationId: 'createArticle',
      tag,
      summary: 'Create an article',
      description: 'A draft; publishing is an act of its own.',
      permission: 'article.create',
      cache: 'private',
      body: articleInput,
      responses: { 201: { description: 'Created; `Location` names it.', schema: articleWritten } },
      problems: contentProblems,
      examples: { body: articleExamples.input, response: articleExamples.written },
    },
    async (request, reply) => {
      const act = actOf(deps, request);
      const written = await createArticle(deps.db, act, request.body, deps.config);
      return sendWritten(deps, reply, act, written, 201);
    },
  );
}

function registerRevise(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'PATCH',
      url: '/v1/articles/:idOrSlug',
      operationId: 'updateArticle',
      tag,
      summary: 'Change the working copy',
      description:
        'JSON Merge Patch (RFC 7396): an absent field stays, a value sets, null clears. A change of content appends a version; what the public sees stays until it is published.',
      permission: 'article.edit',
      cache: 'private',
      params: idOrSlugParams,
      headers: ifMatchHeaders,
      body: articlePatch,
      consumes: ['application/merge-patch+json', 'application/json'],
      responses: { 200: { description: 'The working copy.', schema: articleWritten } },
      problems: [...contentProblems, ...matchProblems],
      examples: { body: articleExamples.patch, response: articleExamples.written },
    },
    async (request, reply) => {
      const condition = requirePrecondition(request.raw.headers['if-match']);
      const act = actOf(deps, request);
      const written = await reviseArticle(deps.db, act, request.params.idOrSlug, condition, request.body, deps.config);
      return sendWritten(deps, reply, act, written, 200);
    },
  );
}

function registerUpsert(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'PUT',
      url: '/v1/articles/by-external-id/:externalId',
      operationId: 'upsertArticle',
      tag,
      summary: 'Create or replace an article by its external id',
      description:
        'Replaces the whole working copy: a field that is absent is cleared; only the slug stays. `If-Match` is optional.',
      permission: 'article.edit',
      cache: 'private',
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
    async (request, reply) => {
      const condition = parsePrecondition(request.raw.headers['if-match']);
      const act = actOf(deps, request);
      const { externalId } = request.params;
      const written = await upsertArticle(deps.db, act, externalId, condition, request.body, deps.config);
      return sendWritten(deps, reply, act, written, written.created ? 201 : 200);
    },
  );
}

function registerTrash(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'DELETE',
      url: '/v1/articles/:idOrSlug',
      operationId: 'trashArticle',
      tag,
      summary: 'Move an article to the trash',
      description: 'Takes it from the public and calls off what is scheduled. Its slug stays taken.',
      permission: 'article.trash',
      cache: 'private',
      params: idOrSlugParams,
      headers: ifMatchHeaders,
      responses: { 204: { description: 'In the trash.' } },
      problems: matchProblems,
    },
    async (request, reply) => {
      const condition = requirePrecondition(request.raw.headers['if-match']);
      await trashArticle(deps.db, actOf(deps, request), request.params.idOrSlug, condition);
      return reply.header('Cache-Control', noStore).code(204).send();
    },
  );
}

function registerPublish(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'POST',
      url: '/v1/articles/:idOrSlug/publish',
      operationId: 'publishArticle',
      tag,
      summary: 'Publish the newest version',
      description: 'Now or at an instant, with or without an end. An older version stays up until then.',
      permission: 'article.publish',
      cache: 'private',
      params: idOrSlugParams,
      headers: ifMatchHeaders,
      body: publishInput,
      responses: { 200: { description: 'The working copy.', schema: articleWritten } },
      problems: [...matchProblems, 'article.publication_pending', 'article.publication_overlap'],
      examples: { body: articleExamples.publish, response: articleExamples.written },
    },
    async (request, reply) => {
      const condition = requirePrecondition(request.raw.headers['if-match']);
      const order = readPublishOrder(request.body, deps.config.timeZone);
      const act = actOf(deps, request);
      const written = await publishArticle(deps.db, act, request.params.idOrSlug, condition, order);
      return sendWritten(deps, reply, act, written, 200);
    },
  );
}

function registerUnpublish(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'POST',
      url: '/v1/articles/:idOrSlug/unpublish',
      operationId: 'unpublishArticle',
      tag,
      summary: 'Take an article from the public',
      description: 'Now or at an instant. What is scheduled is called off, and a warning says so.',
      permission: 'article.publish',
      cache: 'private',
      params: idOrSlugParams,
      headers: ifMatchHeaders,
      body: unpublishInput,
      responses: { 200: { description: 'The working copy.', schema: articleWritten } },
      problems: [...matchProblems, 'article.not_published'],
      examples: { body: articleExamples.unpublish, response: articleExamples.written },
    },
    async (request, reply) => {
      const condition = requirePrecondition(request.raw.headers['if-match']);
      const at = readInstant(request.body?.at, '/at', deps.config.timeZone);
      const act = actOf(deps, request);
      const written = await unpublishArticle(deps.db, act, request.params.idOrSlug, condition, at);
      return sendWritten(deps, reply, act, written, 200);
    },
  );
}

async function sendWritten(deps: Deps, reply: FastifyReply, act: Act, { id, warnings }: Written, status: 200 | 201) {
  const context = { now: deps.clock.now(), publicUrl: deps.publicUrl };
  const row = await findWritten(deps.db.sql, id, context, act.principal.sectionIds);
  if (row === null) throw notFound();
  const location = status === 201 ? `${deps.publicUrl}/v1/articles/${id}` : undefined;
  const content = printArticle(row, { body: 'blocks' }, { warnings });
  return sendPrivate(reply, content, { status, revision: row.revision, location });
}
