// The HTTP mechanism: a Fastify instance with our manners (ids, logging, errors, negotiation, limits) and no routes.

import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import type { Clock } from '../../core/clock.ts';
import type { NewId } from '../../core/ids.ts';
import { problem } from '../../core/problems.ts';
import { authenticate, type Keys, missingKey } from '../auth/authenticate.ts';
import { maskSecrets } from '../auth/keys.ts';
import { grantOf, requireGrant } from '../auth/principal.ts';
import type { Attempt } from '../auth/refusals.ts';
import type { Config } from '../config/config.ts';
import type { RouteFacts } from './declaration.ts';
import { notFound, problemDocument, registerErrors, sendProblem, toProblem } from './errors.ts';
import { registerJsonBody } from './json-body.ts';
import { requireAcceptable, requireTakenBody } from './negotiation.ts';
import { requireDecodable, serializerCompiler, validatorCompiler } from './validation.ts';

export type HttpOptions = {
  config: Config;
  log: Logger;
  clock: Clock;
  newId: NewId;
  keys: Keys;
};

// Room for 100 ids in a query string (3.7 kB) beside a key and the usual headers.
const headerBytesMax = 16 * 1024;
const requestIdForm = /^[\w.:-]{1,100}$/;

export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const { config } = options;
  const app = Fastify({
    loggerInstance: options.log as FastifyBaseLogger,
    // One line for each request, written below; Fastify's own two are not.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    trustProxy: config.trustProxy === 0 ? false : (_address, hop) => hop < config.trustProxy,
    bodyLimit: config.bodyLimitBytes,
    requestTimeout: config.requestTimeoutMs,
    connectionTimeout: config.requestTimeoutMs * 2,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    // While it drains, a connection in use gets its last answer; Fastify's own 503 would be no problem document.
    return503OnClosing: false,
    http: {
      maxHeaderSize: headerBytesMax,
      headersTimeout: config.requestTimeoutMs,
      // Below the limit itself, so that a slow request is told so before its connection counts as idle.
      connectionsCheckingInterval: Math.min(1000, config.requestTimeoutMs / 2),
      // Checked below, because Node's own refusal has no body.
      requireHostHeader: false,
    },
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && requestIdForm.test(given) ? given : options.newId();
    },
    routerOptions: { maxParamLength: 500 },
    // Given here and not set later, so that Fastify does not load its own two (ajv, fast-json-stringify) at every start.
    schemaController: {
      compilersFactory: {
        buildValidator: () => validatorCompiler as never,
        buildSerializer: () => serializerCompiler as never,
      },
    },
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, options.newId()),
    frameworkErrors: answerUnroutable,
  });
  app.decorateRequest('principal', null);
  registerErrors(app);
  registerJsonBody(app);
  await registerHeaders(app, config);
  registerLogging(app);
  registerDraining(app);
  registerAccess(app, options);
  registerRefusals(app, options);
  app.addHook('preParsing', async (request) => {
    const facts = request.routeOptions.config.facts;
    if (facts?.body !== undefined) requireTakenBody(request.headers, facts.consumes ?? ['application/json']);
  });
  app.addHook('preValidation', async (request) => {
    if (request.routeOptions.config.facts !== undefined) requireDecodable(request.url);
  });
  return app;
}

async function registerHeaders(app: FastifyInstance, config: Config): Promise<void> {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('X-Request-Id', request.id);
    // RFC 9112, section 3.2. What it says is never used.
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1') {
      throw problem('request.invalid', { detail: 'HTTP/1.1 needs a Host header.' });
    }
  });
  await app.register(helmet, {
    // An API answer embeds nothing; the documentation page brings its own policy.
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    referrerPolicy: { policy: 'no-referrer' },
  });
  app.addHook('onRequest', async (request) => {
    // The CORS plugin would answer for every address there could be; only a browser's preflight gets that.
    const isPreflight = request.headers['access-control-request-method'] !== undefined;
    if (request.method === 'OPTIONS' && request.routeOptions.url === '*' && !isPreflight) throw notFound();
  });
  await app.register(cors, {
    origin: config.corsOrigins.includes('*') ? '*' : [...config.corsOrigins],
    credentials: false,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: ['ETag', 'Link', 'Location', 'X-Request-Id', 'Retry-After', 'Allow', 'Idempotency-Replayed'],
    maxAge: 86_400,
    // Without it, OPTIONS from anything but a browser would be a 400.
    strictPreflight: false,
  });
}

/** One line per request; the path without its query, which may hold what should not be in a log. */
function registerLogging(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        path: pathOf(request),
        operation: request.routeOptions.config.facts?.operationId,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
        key: request.principal?.prefix ?? undefined,
      },
      'request',
    );
  });
}

/** An answer given while the server stops is its connection's last: kept open, it would hold the server up. */
function registerDraining(app: FastifyInstance): void {
  let isStopping = false;
  app.addHook('preClose', async () => {
    isStopping = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isStopping) reply.header('Connection', 'close');
  });
}

function pathOf(request: FastifyRequest): string {
  const facts = request.routeOptions.config?.facts;
  if (facts?.secretPath) return facts.url;
  // At an address that is none, a secret may stand all the same: with a slash too many, or under another method.
  return maskSecrets(request.url.split('?', 1)[0]!).slice(0, 300);
}

/** Who is asking, and may they: before the body is read, and before anything happens. */
function registerAccess(app: FastifyInstance, { keys, clock }: HttpOptions): void {
  app.addHook('onRequest', async (request) => {
    const facts = request.routeOptions.config.facts;
    if (facts === undefined) return;
    requireAcceptable(request.headers.accept, facts.produces ?? ['application/json']);
    const { authorization } = request.headers;
    if (authorization !== undefined)
      request.principal = await authenticate(authorization, keys, clock.now(), describeAttempt(request, facts));
    if (facts.permission === 'public') return;
    if (request.principal === null) throw missingKey();
    requireGrant(request.principal, facts.permission);
  });
}

const describeAttempt = (request: FastifyRequest, facts: RouteFacts): Attempt => ({
  operation: facts.operationId,
  address: request.ip,
  requestId: request.id,
});

/** A key that holds and is refused all the same is told too, where it reached for keys, or was revoked meanwhile. */
function registerRefusals(app: FastifyInstance, { keys }: HttpOptions): void {
  app.addHook('onSend', async (request, reply) => {
    const { principal } = request;
    const facts = request.routeOptions.config.facts;
    if (principal === null || facts === undefined) return;
    const isRevoked = reply.statusCode === 401;
    if (!isRevoked && !(reply.statusCode === 403 && facts.permission === 'key.manage')) return;
    const mayManage = grantOf(principal, 'key.manage') !== 'none';
    const reason = isRevoked ? 'revoked' : mayManage ? 'outside_sections' : 'forbidden';
    keys.refusals.note({ ...describeAttempt(request, facts), reason, owner: principal, prefix: principal.prefix });
  });
  app.addHook('onClose', () => keys.refusals.close());
}

/** An address that cannot be decoded meets no hook, so what the hooks would have added is added here. */
function answerUnroutable(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const found = toProblem(error);
  request.log.info({ method: request.method, path: pathOf(request), status: found.status }, 'request');
  reply.headers({
    'X-Request-Id': request.id,
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none';frame-ancestors 'none'",
  });
  return sendProblem(request, reply, found);
}

type Socket = { writable: boolean; end(text: string): void; destroy(): void };

/** What Node's parser refuses never reaches a route; it still gets a problem document. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket, requestId: string): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const found =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? problem('request.header_too_large', { detail: `Headers may take ${headerBytesMax} bytes.` })
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? problem('request.timeout', { detail: 'Send the request faster.' })
        : problem('request.invalid', {
            detail:
              'This is not an HTTP request. In an address, write what is not ASCII in percent form, such as %E9%9D%92.',
          });
  const text = JSON.stringify(problemDocument(found, requestId));
  socket.end(
    `HTTP/1.1 ${found.status} ${found.title}\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nX-Request-Id: ${requestId}\r\n` +
      `Cache-Control: no-store\r\nConnection: close\r\n\r\n${text}`,
  );
}
