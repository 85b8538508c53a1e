// A write is one transaction, and its answer is made inside of it. So every write can be rehearsed (`dryRun`), retried
// (`Idempotency-Key`) and carried out together with others (batch.ts), and no command knows of any of the three.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { ProblemCode } from '../../core/problems.ts';
import { type Handles, runTransaction } from '../db/transactions.ts';
import { noStore } from '../delivery/policy.ts';
import type { Deps } from '../deps.ts';
import type { Act } from '../events/record.ts';
import { actOf } from './act.ts';
import { declareRoute, type RouteDeclaration, type RouteRequest } from './declaration.ts';
import { type KeptAnswer, readIdempotencyKey } from './idempotency.ts';
import { carryOut, type Done, rehearseWrite, runOnce, toKept, type Write } from './write-run.ts';

/** Reads and judges what needs no transaction (headers, body text), and answers with the write itself. */
export type Prepare<P, Q, B, H extends keyof Handles> = (
  request: RouteRequest<P, Q, B>,
) => Write<H> | Promise<Write<H>>;

// biome-ignore lint/suspicious/noExplicitAny: the shapes were checked where the route was declared.
export type AnyPrepare = Prepare<any, any, any, any>;

export type WriteDeclaration<P extends z.ZodType, Q extends z.ZodObject, B extends z.ZodType, H> = Omit<
  RouteDeclaration<P, Q, B>,
  'cache' | 'method' | 'write'
> & {
  readonly method: 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Of the transaction; or which one this request needs. */
  readonly handle: H | ((request: RouteRequest<z.output<P>, z.output<Q>, z.output<B>>) => keyof Handles);
  /** False: cannot be an operation of a batch. */
  readonly inBatch?: boolean;
};

/** How an operation of a batch reaches a write that was declared as a route. */
export type DeclaredWrite = {
  readonly prepare: AnyPrepare;
  readonly handle: keyof Handles | null;
  readonly inBatch: boolean;
};

export const dryRunParameter = z
  .enum(['true', 'false'])
  .optional()
  .describe('`true`: judges and answers as if, without `Location` and `ETag`, and stores nothing.');

const idempotencyHeader = {
  'idempotency-key': z
    .string()
    .optional()
    .describe('A text of your own, such as a UUID. The same request with the same key gets the first answer again.'),
};

const writeProblems: readonly ProblemCode[] = [
  'request.invalid_header',
  'idempotency.key_reused',
  'idempotency.in_progress',
];

export function declareWrite<
  H extends keyof Handles,
  P extends z.ZodType = z.ZodObject<Record<never, never>>,
  Q extends z.ZodObject = z.ZodObject<Record<never, never>>,
  B extends z.ZodType = z.ZodUndefined,
>(
  app: FastifyInstance,
  deps: Deps,
  declaration: WriteDeclaration<P, Q, B, H>,
  prepare: Prepare<z.output<P>, z.output<Q>, z.output<B>, H>,
): void {
  const { handle, inBatch = true, ...route } = declaration;
  const query = (declaration.query ?? z.strictObject({})).extend({ dryRun: dryRunParameter });
  const headers = z.looseObject({ ...idempotencyHeader, ...headersOf(declaration.headers) });
  declareRoute(
    app,
    {
      ...route,
      cache: 'private',
      query,
      headers,
      problems: [...new Set([...declaration.problems, ...writeProblems])],
      write: { prepare, handle: typeof handle === 'function' ? null : handle, inBatch },
    },
    async (request, reply) => {
      const { dryRun, ...query } = request.query as Record<string, unknown>;
      const asked = { ...request, query: query as z.output<Q> };
      const write = (await prepare(asked)) as Write;
      const key = readIdempotencyKey(request.raw.headers['idempotency-key'] as string | undefined);
      const act = actOf(deps, request);
      const on = typeof handle === 'function' ? handle(asked) : handle;
      if (dryRun === 'true') return send(reply, await rehearseWrite(deps, on, act, write));
      const done = key === null ? await run(deps, on, act, write) : await runOnce(deps, on, act, asked, key, write);
      return send(reply, await settle(deps, done));
    },
  );
}

async function run(deps: Deps, handle: keyof Handles, act: Act, write: Write): Promise<Done> {
  const { answer, position } = await runTransaction(deps.db, handle, (tx) => carryOut(tx, act, write));
  return { kept: toKept(answer, 'made'), position };
}

/** Before a write is answered, this process has dropped what it made out of date. `Data-Version` says how far that was. */
async function settle({ delivery }: Deps, { kept, position }: Done): Promise<KeptAnswer> {
  if (position === null || position === 0) return kept;
  await delivery.feed.heard(position);
  return { ...kept, headers: { ...kept.headers, 'Data-Version': delivery.dataVersions.print(position) } };
}

const headersOf = (schema: z.ZodType | undefined) => (schema instanceof z.ZodObject ? schema.shape : {});

function send(reply: FastifyReply, { status, headers, body }: KeptAnswer): FastifyReply {
  reply.code(status).headers({ 'Cache-Control': noStore, ...headers });
  return body === null ? reply.send() : reply.send(Buffer.from(body));
}
