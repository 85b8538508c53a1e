// The HTTP mechanism: a Fastify instance with our manners (ids, logging, errors, negotiation, limits) and no routes.

import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import type { Clock } from '../../core/clock.ts';
import type { NewId } from '../../core/ids.ts';
import { problem } from '../../core/problems.ts';
import { authenticate, type FindKey, missingKey } from '../auth/authenticate.ts';
import { grantOf } from '../auth/principal.ts';
import type { Config } from '../config/config.ts';
import { problemDocument, registerErrors, sendProblem, toProblem } from './errors.ts';
import { registerJsonBody } from './json-body.ts';
import { requireAcceptable } from './negotiation.ts';
import { serializerCompiler, validatorCompiler } from './validation.ts';

export type HttpOptions = {
  config: Config;
  log: Logger;
  clock: Clock;
  newId: NewId;
  findKey: FindKey;
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
    http: { maxHeaderSize: headerBytesMax, headersTimeout: config.requestTimeoutMs, connectionsCheckingInterval: 1000 },
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && requestIdForm.test(given) ? given : options.newId();
    },
    routerOptions: { maxParamLength: 500 },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => {
      reply.header('X-Request-Id', request.id);
      return sendProblem(request, reply, toProblem(error));
    },
  });
  app.setValidatorCompiler(validatorCompiler as never);
  app.setSerializerCompiler(serializerCompiler as never);
  app.decorateRequest('principal', null);
  registerErrors(app);
  registerJsonBody(app);
  await registerHeaders(app, config);
  registerLogging(app);
  registerAccess(app, options);
  return app;
}

async function registerHeaders(app: FastifyInstance, config: Config): Promise<void> {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('X-Request-Id', request.id);
  });
  await app.register(helmet, {
    // An API answer embeds nothing; the documentation page brings its own policy.
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    referrerPolicy: { policy: 'no-referrer' },
  });
  await app.register(cors, {
    origin: config.corsOrigins.includes('*') ? '*' : [...config.corsOrigins],
    credentials: false,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: ['ETag', 'Link', 'Location', 'X-Request-Id', 'Retry-After', 'Allow'],
    maxAge: 86_400,
    // OPTIONS without a preflight's headers is answered by the route, with Allow.
    strictPreflight: false,
  });
}

/** One line per request; the path without its query, which may hold what should not be in a log. */
function registerLogging(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        path: request.url.split('?', 1)[0]?.slice(0, 300),
        operation: request.routeOptions.config.facts?.operationId,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
        key: request.principal?.prefix ?? undefined,
      },
      'request',
    );
  });
}

/** Who is asking, and may they: before the body is read, and before anything happens. */
function registerAccess(app: FastifyInstance, { findKey, clock }: HttpOptions): void {
  app.addHook('onRequest', async (request) => {
    const facts = request.routeOptions.config.facts;
    if (facts === undefined) return;
    requireAcceptable(request.headers.accept, facts.produces ?? ['application/json']);
    const { authorization } = request.headers;
    if (authorization !== undefined) request.principal = await authenticate(authorization, findKey, clock.now());
    if (facts.permission === 'public') return;
    if (request.principal === null) throw missingKey();
    if (grantOf(request.principal, facts.permission) === 'none') {
      throw problem('auth.forbidden', {
        detail: `The role "${request.principal.role}" does not include ${facts.permission}. GET /v1/me tells what this key may do.`,
      });
    }
  });
}

type Socket = { writable: boolean; end(text: string): void; destroy(): void };

/** What Node's parser refuses never reaches a route; it still gets a problem document. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const found =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? problem('request.header_too_large', { detail: `Headers may take ${headerBytesMax} bytes.` })
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? problem('request.timeout', { detail: 'Send the request faster.' })
        : problem('request.invalid', { detail: 'This is not an HTTP request.' });
  const text = JSON.stringify(problemDocument(found, '-'));
  socket.end(
    `HTTP/1.1 ${found.status} ${found.title}\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${text}`,
  );
}
