// A route is a declaration: what it is called, who may use it, how its answers are cached, which problems it can answer
// with. `declareRoute` is the only way to add one; a route that came in otherwise stops the boot (app.ts).
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { z } from 'zod';
import type { ProblemCode } from '../../core/problems.ts';
import type { Permission } from '../auth/permissions.ts';
import type { Principal } from '../auth/principal.ts';
import type { CachePolicyName } from '../delivery/policy.ts';
import { problemResponses } from './problem-responses.ts';
import type { DeclaredWrite } from './write.ts';

export type Example = { readonly summary: string; readonly value: unknown };

export type RouteDeclaration<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  url: string;
  /** Unique; generated clients name their functions by it. */
  operationId: string;
  tag: string;
  summary: string;
  description?: string;
  /** `public` must be written: everything else needs a key whose role has the permission. */
  permission: 'public' | Permission;
  cache: CachePolicyName;
  params?: P;
  query?: Q;
  headers?: z.ZodType;
  body?: B;
  /** The path holds a secret: the log gets the route's template instead. */
  secretPath?: boolean;
  /** Media types of the body; JSON unless said otherwise. */
  consumes?: readonly string[];
  /** Media types of the answer; JSON unless said otherwise. */
  produces?: readonly string[];
  responses: Readonly<Record<number, { description: string; schema?: z.ZodType }>>;
  problems: readonly ProblemCode[];
  /** Example of the body, and of the successful answer. */
  examples?: { body?: unknown; response?: unknown };
  /** The handler judges path and query itself, when it comes to that (public-read.ts). */
  isParsedLate?: boolean;
  /** However much there is to do (admission-hooks.ts): it costs next to nothing, or tells how the server fares. */
  isAlwaysAnswered?: boolean;
  /** Set by `declareWrite` (write.ts). */
  write?: DeclaredWrite;
};

export type RouteRequest<P, Q, B> = {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The `If-Match` header; of an operation in a batch, its own. */
  readonly ifMatch: string | undefined;
  readonly principal: Principal | null;
  readonly raw: FastifyRequest;
};

export type RouteFacts = Pick<
  RouteDeclaration<z.ZodType, z.ZodType, z.ZodType>,
  | 'method'
  | 'url'
  | 'operationId'
  | 'params'
  | 'tag'
  | 'summary'
  | 'permission'
  | 'cache'
  | 'query'
  | 'body'
  | 'responses'
  | 'produces'
  | 'consumes'
  | 'examples'
  | 'problems'
  | 'secretPath'
  | 'isParsedLate'
  | 'isAlwaysAnswered'
  | 'write'
>;

declare module 'fastify' {
  interface FastifyContextConfig {
    facts?: RouteFacts;
  }
  interface FastifyRequest {
    principal: Principal | null;
  }
}

type Handler<P, Q, B> = (request: RouteRequest<P, Q, B>, reply: FastifyReply) => FastifyReply | Promise<unknown>;

const takeAsItIs = () => (value: unknown) => ({ value });

const nothing = z.strictObject({});

export function declareRoute<
  P extends z.ZodType = z.ZodObject<Record<never, never>>,
  Q extends z.ZodType = z.ZodObject<Record<never, never>>,
  B extends z.ZodType = z.ZodUndefined,
>(
  app: FastifyInstance,
  declaration: RouteDeclaration<P, Q, B>,
  handler: Handler<z.output<P>, z.output<Q>, z.output<B>>,
): void {
  const { method, url, operationId, tag, summary, description, permission, body } = declaration;
  app.route({
    method: method as HTTPMethods,
    url,
    config: { facts: declaration },
    ...(declaration.isParsedLate && { validatorCompiler: takeAsItIs }),
    schema: {
      operationId,
      tags: [tag],
      summary,
      description,
      security: permission === 'public' ? [{}, { apiKey: [] }] : [{ apiKey: [] }],
      params: declaration.params ?? nothing,
      querystring: declaration.query ?? nothing,
      ...(declaration.headers && { headers: declaration.headers }),
      ...(body && { body }),
      ...(declaration.consumes && { consumes: [...declaration.consumes] }),
      ...(declaration.produces && { produces: [...declaration.produces] }),
      response: describeResponses(declaration),
    },
    handler: (request, reply) =>
      handler(
        {
          params: request.params as z.output<P>,
          query: request.query as z.output<Q>,
          body: request.body as z.output<B>,
          ifMatch: request.headers['if-match'],
          principal: request.principal,
          raw: request,
        },
        reply,
      ),
  });
}

type AnyDeclaration = Pick<
  RouteDeclaration<z.ZodType, z.ZodType, z.ZodType>,
  'responses' | 'problems' | 'produces' | 'permission' | 'query' | 'body'
>;

function describeResponses(declaration: AnyDeclaration): Record<number, unknown> {
  const types = declaration.produces ?? ['application/json'];
  const answers = Object.entries(declaration.responses).map(([status, { description, schema }]) => [
    status,
    schema === undefined
      ? z.undefined().describe(description)
      : { description, content: Object.fromEntries(types.map((type) => [type, { schema }])) },
  ]);
  return { ...problemResponses(declaration), ...Object.fromEntries(answers) };
}

const declared = new WeakMap<FastifyInstance, Map<string, RouteFacts>>();

/** A route that does not say who may use it and how its answer is cached stops the boot. */
export function requireDeclarations(app: FastifyInstance): void {
  const facts = new Map<string, RouteFacts>();
  declared.set(app, facts);
  app.addHook('onRoute', (route) => {
    if (route.config?.facts !== undefined) facts.set(route.config.facts.operationId, route.config.facts);
    else if (route.schema?.hide !== true) {
      throw new Error(`${String(route.method)} ${route.url} came in without a declaration; use declareRoute.`);
    }
  });
}

/** Every route of an app, as it was declared; what the access matrix is made of. */
export function listDeclarations(app: FastifyInstance): RouteFacts[] {
  return [...(declared.get(app)?.values() ?? [])];
}
