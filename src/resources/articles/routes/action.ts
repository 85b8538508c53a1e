// Actions on one article, as routes: `POST /v1/articles/{idOrSlug}/<action>` with `If-Match`. Who may is said by the table
// of actions (workflow.ts). Every action answers with the working copy.
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { ProblemCode } from '../../../core/problems.ts';
import { readerOf } from '../../../platform/auth/reader.ts';
import type { Tx } from '../../../platform/db/db.ts';
import { requirePrecondition } from '../../../platform/delivery/etag.ts';
import type { Deps } from '../../../platform/deps.ts';
import { type Act, renewAct } from '../../../platform/events/record.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { idOrSlugParams, ifMatchHeaders } from '../../../platform/http/parameters.ts';
import { declareWrite } from '../../../platform/http/write.ts';
import type { WriteAnswer } from '../../../platform/http/write-run.ts';
import type { Target, Written } from '../commands/open.ts';
import { findWritten } from '../queries/one.ts';
import { printArticle } from '../view.ts';
import { articleWritten } from '../view-schemas.ts';
import { type Action, actionFacts } from '../workflow.ts';
import { articleExamples } from './examples.ts';

export const matchProblems: readonly ProblemCode[] = [
  'resource.not_found',
  'request.precondition_required',
  'request.precondition_failed',
  'request.invalid_header',
  'auth.outside_sections',
];

export type ActionDeclaration<B extends z.ZodType> = {
  readonly action: Action;
  readonly summary: string;
  readonly description: string;
  readonly body?: B;
  readonly problems?: readonly ProblemCode[];
  /** Of the body. */
  readonly example?: unknown;
};

/** What the action does, with the body the client sent; before the transaction, and in it. */
export type RunAction<B> = (body: B) => RunInside | Promise<RunInside>;
type RunInside = (tx: Tx, act: Act, target: Target) => Promise<Written>;

export function declareAction<B extends z.ZodType = z.ZodUndefined>(
  app: FastifyInstance,
  deps: Deps,
  { action, summary, description, body, problems = [], example }: ActionDeclaration<B>,
  run: RunAction<z.output<B>>,
): void {
  declareWrite(
    app,
    deps,
    {
      method: 'POST',
      url: `/v1/articles/:idOrSlug/${action}`,
      operationId: `${action}Article`,
      tag: 'Articles',
      summary,
      description,
      permission: actionFacts[action].permission,
      handle: 'sql',
      params: idOrSlugParams,
      headers: ifMatchHeaders,
      body,
      responses: { 200: { description: 'The working copy.', schema: articleWritten } },
      problems: [...matchProblems, ...problems],
      examples: { body: example, response: articleExamples.written },
    },
    async (request) => {
      const target = { idOrSlug: request.params.idOrSlug, condition: requirePrecondition(request.ifMatch) };
      const inside = await run(request.body as z.output<B>);
      return async (tx, act) => answerWritten(deps, tx, act, await inside(tx, act, target));
    },
  );
}

/** The working copy as the transaction leaves it. */
export async function answerWritten(
  deps: Deps,
  tx: Tx,
  act: Act,
  { id, warnings }: Written,
  status: 200 | 201 = 200,
): Promise<WriteAnswer> {
  const context = { now: renewAct(act).now, publicUrl: deps.publicUrl };
  const row = await findWritten(tx, id, context, readerOf(act.principal));
  if (row === null) throw notFound();
  const location = status === 201 ? `${deps.publicUrl}/v1/articles/${id}` : undefined;
  return { status, view: printArticle(row, { body: 'blocks' }, { warnings }), revision: row.revision, location };
}
