// Public reads: answered from the cache, before anything is parsed, where the very same was asked; else read once, for
// all who ask meanwhile, and kept until an event touches it. What only one caller may see never comes here.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problem } from '../../core/problems.ts';
import { grantOf, type Principal } from '../auth/principal.ts';
import type { Sql } from '../db/db.ts';
import type { Filled } from '../delivery/cache.ts';
import { type CachePolicyName, cachePolicies } from '../delivery/policy.ts';
import { type Prepared, prepare, type Reading, sizeOf } from '../delivery/prepared.ts';
import type { Deps } from '../deps.ts';
import { findPosition } from '../events/data-version.ts';
import { declareRoute, type RouteDeclaration, type RouteRequest } from './declaration.ts';
import { text } from './parameters.ts';
import { type Sending, sendHit, sendPrepared } from './send-prepared.ts';
import { isOpenToAll, standardHeaders } from './standard-headers.ts';
import { judge } from './validation.ts';

export type PublicPolicyName = Exclude<CachePolicyName, 'private'>;

/** The address as it may be printed in an answer: the path, and the parameters in the order of their names. */
export type Address = { readonly path: string; readonly search: URLSearchParams };

/** What a public read may depend on: the address, the instant and the database; never a header, never a key. */
export type PublicAsked<P, Q> = {
  readonly params: P;
  readonly query: Q;
  readonly address: Address;
  readonly sql: Sql;
  readonly now: Date;
};

/** `policy`: where it is another than the route's. */
export type PublicReading = Reading & { readonly policy?: PublicPolicyName };

export type PublicReads<P, Q, B> = {
  read(asked: PublicAsked<P, Q>): Promise<PublicReading>;
  /** Whether keys that read drafts see more of the past than the public. */
  readonly isPastPrivate?: boolean;
  /** Working copies, and what of the past only editors see. */
  readPrivate?(request: RouteRequest<P, Q, B>, reply: FastifyReply): Promise<unknown>;
};

const minVersion = text(40)
  .optional()
  .describe(
    'The `Data-Version` of a write: the answer knows of that write, and of all before it. Waits for it, if need be; 503 if it takes too long: try again. 400 where this database knows no such write, such as after it was restored: leave it out.',
  );

// How long a read with `minVersion` waits until this process has heard of the write.
const versionWaitMs = 2000;

type Declaration<P extends z.ZodType, Q extends z.ZodObject> = RouteDeclaration<P, Q, z.ZodUndefined> & {
  readonly query: Q;
  readonly cache: PublicPolicyName;
};

export function declarePublicRead<Q extends z.ZodObject, P extends z.ZodType = z.ZodObject<Record<never, never>>>(
  app: FastifyInstance,
  deps: Deps,
  declaration: Declaration<P, Q>,
  reads: PublicReads<z.output<P>, z.output<Q>, undefined>,
): void {
  const query = declaration.query.extend({ minVersion });
  const problems = [...new Set([...declaration.problems, 'server.unavailable' as const])];
  const { config } = deps;
  const standard = isOpenToAll(config) ? Object.entries(standardHeaders(config)).flat() : null;
  const route = { deps, declaration, query, reads, standard } as unknown as Route;
  declareRoute(app, { ...declaration, query, problems, isParsedLate: true }, (request, reply) =>
    answer(route, request.raw, reply),
  );
}

type Route = {
  readonly deps: Deps;
  readonly declaration: Declaration<z.ZodType, z.ZodObject>;
  readonly query: z.ZodObject;
  readonly reads: PublicReads<unknown, unknown, undefined>;
  /** Headers of every answer, as names and values in turn; null where they depend on the client's origin. */
  readonly standard: readonly string[] | null;
};

type RawParams = Readonly<Record<string, string>>;
type RawQuery = Readonly<Record<string, string | readonly string[]>>;

function answer(route: Route, request: FastifyRequest, reply: FastifyReply): FastifyReply | Promise<unknown> {
  const query = request.query as RawQuery;
  if (isPrivate(query, request.principal, route.reads)) return answerPrivately(route, request, reply);
  const { delivery, metrics } = route.deps;
  const key = keyOf(route.declaration.operationId, request.params as RawParams, query);
  if (delivery.cache !== null && query.minVersion === undefined && delivery.feed.isCurrent()) {
    const nowMs = delivery.now().getTime();
    const kept = delivery.cache.get(key, nowMs);
    if (kept !== undefined) {
      metrics.cache.hit();
      const sending: Sending = { prepared: kept, nowMs, cacheStatus: 'hit' };
      const straight = route.standard === null ? null : sendHit(request, reply, sending, route.standard);
      return straight ?? sendPrepared(request, reply, { ...sending, onCoded: () => grow(route, key, kept) });
    }
  }
  return answerByReading(route, request, reply, key);
}

/** Whether the caller asks for what the public may not see, or would see more of the past than the public. */
function isPrivate({ perspective, asOf }: RawQuery, principal: Principal | null, reads: Route['reads']): boolean {
  if (perspective !== undefined && perspective !== 'published') return reads.readPrivate !== undefined;
  const isOfPast = reads.isPastPrivate === true && asOf !== undefined;
  return isOfPast && principal !== null && grantOf(principal, 'draft.read') !== 'none';
}

/** One key for one meaning: the values as they were decoded, in the order of their names. */
function keyOf(operation: string, params: RawParams, query: RawQuery): string {
  const own = Object.values(params).join('\0');
  const pairs = pairsOf(query);
  return pairs.length === 0 ? `${operation}\0\0${own}` : `${operation}\0${JSON.stringify(pairs)}\0${own}`;
}

/** Without `minVersion`, which is about when, not about what. */
function pairsOf(query: RawQuery): [name: string, value: string | readonly string[]][] {
  const names = Object.keys(query);
  if (names.length === 0) return [];
  return names
    .filter((name) => name !== 'minVersion')
    .sort()
    .map((name) => [name, query[name]!]);
}

async function answerByReading(route: Route, request: FastifyRequest, reply: FastifyReply, key: string) {
  const { delivery, admission, metrics } = route.deps;
  const { cache, feed } = delivery;
  const asked = parse(route, request);
  if (asked.minPosition !== null) await waitFor(route.deps, asked.minPosition);
  const send = (prepared: Prepared, cacheStatus: string | null, onCoded?: () => void) =>
    sendPrepared(request, reply, { prepared, nowMs: delivery.now().getTime(), cacheStatus, onCoded });
  const nowMs = delivery.now().getTime();
  const isKept = cache !== null && feed.isCurrent();
  const kept = isKept ? cache.get(key, nowMs) : undefined;
  if (kept !== undefined) return send(kept, 'hit');
  const { isAlwaysAnswered } = route.declaration;
  if (!isAlwaysAnswered) admission.admit(request, 'read');
  const read = () => readNow(route, asked);
  const readInTurn = () => (isAlwaysAnswered ? read() : admission.run(request, 'read', read));
  if (!isKept) {
    metrics.cache.bypass();
    return send(await readInTurn(), cache === null ? null : 'fwd=bypass');
  }
  metrics.cache.miss();
  const { value, outcome } = await cache.fill(key, nowMs, async () => toFilled(await readInTurn()));
  if (outcome === 'collapsed') metrics.cache.collapsed();
  else metrics.cache.filled();
  const onCoded = () => grow(route, key, value);
  return send(value, outcome === 'passed on' ? 'fwd=uri-miss' : `fwd=uri-miss; ${outcome}`, onCoded);
}

/** A coded form was made, which is kept, too. */
function grow({ deps }: Route, key: string, value: Prepared): void {
  deps.delivery.cache?.resize(key, value, sizeOf(value));
}

function toFilled(prepared: Prepared): Filled<Prepared> {
  const { reading } = prepared;
  const ends = [reading.nextChangeAt, 'endsAt' in reading ? reading.endsAt : null];
  const instants = ends.flatMap((end) => (end ? end.getTime() : []));
  const usableUntil = instants.length === 0 ? null : Math.min(...instants);
  const untoldKeys = ('untoldKeys' in reading && reading.untoldKeys) || [];
  const tags = [...reading.surrogateKeys, ...untoldKeys];
  return { value: prepared, tags, sizeBytes: sizeOf(prepared), usableUntil };
}

/** What is not heard of in time is not waited for any longer; a process that hears nothing at all asks the primary. */
async function waitFor({ delivery: { feed }, db }: Deps, position: number): Promise<void> {
  if (!feed.isCurrent() || (await feed.heard(position, versionWaitMs)) || !feed.isCurrent()) return;
  // Signed here, and beyond the end of the log: what it names was undone when the database was restored.
  if (position > (await findPosition(db.sql))) throw unknownVersion();
  throw problem('server.unavailable', {
    detail: 'This process has not heard of the write that `minVersion` names yet. Try again in a second.',
    headers: { 'Retry-After': '1' },
  });
}

type Asked = {
  readonly params: unknown;
  readonly query: Readonly<Record<string, unknown>>;
  readonly address: Address;
  readonly minPosition: number | null;
};

function parse({ deps, declaration, query: schema }: Route, request: FastifyRequest): Asked {
  const params = judge('params', declaration.params ?? z.strictObject({}), request.params);
  const { minVersion: version, ...query } = judge('querystring', schema, request.query) as Record<string, unknown>;
  const minPosition = version === undefined ? null : deps.delivery.dataVersions.read(version as string);
  if (minPosition === null && version !== undefined) throw unknownVersion();
  return { params, query, minPosition, address: addressOf(request) };
}

function unknownVersion() {
  const message =
    'Not a Data-Version of this database: it is of another one, or of before this one was restored. Leave it out.';
  return problem('request.invalid', {
    detail: `?minVersion: ${message}`,
    errors: [{ pointer: '?minVersion', code: 'invalid_value', message }],
  });
}

/** By the route and what it was asked, not as the client wrote it. */
export function addressOf(request: FastifyRequest): Address {
  const params = request.params as RawParams;
  const path = request.routeOptions.url!.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name]!));
  const search = new URLSearchParams();
  for (const [name, value] of pairsOf(request.query as RawQuery)) search.set(name, String(value));
  return { path, search };
}

async function readNow({ deps, declaration, reads }: Route, { params, query, address }: Asked): Promise<Prepared> {
  const { db, delivery } = deps;
  const { feed } = delivery;
  // Not before the replica is chosen: what it is asked must not lie before what was heard.
  const sql = feed.isCurrent() ? await db.reads.at(delivery.lastTouch()) : db.sql;
  const reading = await reads.read({ params, query, address, sql, now: delivery.now() });
  return prepare(reading, cachePolicies[reading.policy ?? declaration.cache], delivery.purgeTarget);
}

async function answerPrivately(route: Route, request: FastifyRequest, reply: FastifyReply) {
  const { params, query } = parse(route, request);
  const { readPrivate } = route.reads;
  if (readPrivate === undefined) throw new Error(`${route.declaration.operationId} has nothing private to show`);
  const { admission } = route.deps;
  admission.admit(request, 'read');
  const asked = { params, query, body: undefined, ifMatch: undefined, principal: request.principal, raw: request };
  return admission.run(request, 'read', () => readPrivate(asked, reply));
}
