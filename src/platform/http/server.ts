// The HTTP mechanism: a Fastify instance with our manners (ids, logging, errors, negotiation, limits) and no routes.

import cors from '@fastify/cors';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import type { Clock } from '../../core/clock.ts';
import { createRequestIdSource, type NewId } from '../../core/ids.ts';
import { problem } from '../../core/problems.ts';
import { authenticate, type Keys, missingKey } from '../auth/authenticate.ts';
import { grantOf, type Principal, requireGrant } from '../auth/principal.ts';
import type { Attempt } from '../auth/refusals.ts';
import type { Config } from '../config/config.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { countRequests } from '../telemetry/request-metrics.ts';
import { traceIdOf } from '../telemetry/trace-id.ts';
import type { Admission } from './admission.ts';
import { registerAdmission } from './admission-hooks.ts';
import type { RouteFacts } from './declaration.ts';
import { notFound, problemDocument, registerErrors, sendProblem, toProblem } from './errors.ts';
import { registerJsonBody } from './json-body.ts';
import { requireAcceptable, requireTakenBody } from './negotiation.ts';
import { exposedHeaders, isOpenToAll, registerStandardHeaders } from './standard-headers.ts';
import { toldPath } from './told-path.ts';
import { requireDecodable, serializerCompiler, validatorCompiler } from './validation.ts';

export type HttpOptions = {
  config: Config;
  log: Logger;
  clock: Clock;
  newId: NewId;
  keys: Keys;
  metrics: Metrics;
  admission: Admission;
};

// Room for 100 ids in a query string (3.7 kB) beside a key and the usual headers.
const headerBytesMax = 16 * 1024;
const farewellMs = 1000;
const jsonOnly = ['application/json'] as const;
const requestIdForm = /^[\w.:-]{1,100}$/;

export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const { config } = options;
  const newRequestId = createRequestIdSource(options.newId);
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
      return typeof given === 'string' && requestIdForm.test(given) ? given : newRequestId();
    },
    routerOptions: { maxParamLength: 500 },
    // Given here and not set later, so that Fastify does not load its own two (ajv, fast-json-stringify) at every start.
    schemaController: {
      compilersFactory: {
        buildValidator: () => validatorCompiler as never,
        buildSerializer: () => serializerCompiler as never,
      },
    },
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, newRequestId()),
    frameworkErrors: answerUnroutable,
  });
  app.decorateRequest('principal', null);
  registerErrors(app);
  registerJsonBody(app);
  registerStandardHeaders(app, config);
  await registerCors(app, config);
  registerLogging(app, options.log);
  countRequests(app, options.metrics);
  registerDraining(app);
  registerAccess(app, options);
  registerAdmission(app, options);
  registerRefusals(app, options);
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const facts = request.routeOptions.config.facts;
    if (facts?.body !== undefined) requireTakenBody(request.headers, facts.consumes ?? ['application/json']);
    done(null, payload);
  });
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.routeOptions.config.facts !== undefined) requireDecodable(request.url);
    done();
  });
  return app;
}

async function registerCors(app: FastifyInstance, config: Config): Promise<void> {
  app.addHook('onRequest', (request, _reply, done) => {
    // The CORS plugin would answer for every address there could be; only a browser's preflight gets that.
    const isPreflight = request.headers['access-control-request-method'] !== undefined;
    const isElsewhere = request.method === 'OPTIONS' && request.routeOptions.url === '*' && !isPreflight;
    done(isElsewhere ? notFound() : undefined);
  });
  // What is open to all says so in its standard headers; the plugin is left with the preflights.
  if (isOpenToAll(config)) {
    app.addHook('onRoute', (route) => {
      if (route.config?.facts !== undefined) Object.assign(route.config, { cors: false });
    });
  }
  await app.register(cors, {
    origin: isOpenToAll(config) ? '*' : [...config.corsOrigins],
    credentials: false,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders,
    maxAge: 86_400,
    // Without it, OPTIONS from anything but a browser would be a 400.
    strictPreflight: false,
  });
}

/** One line per request; the path without its query, which may hold what should not be in a log. */
function registerLogging(app: FastifyInstance, log: Logger): void {
  // Nothing in it could have to be cut out, and looking for that would take as long as the rest of the line.
  const lines = log.child({}, { redact: [] });
  app.addHook('onResponse', (request, reply, done) => {
    lines.info(
      {
        requestId: request.id,
        method: request.method,
        path: toldPath(request),
        operation: request.routeOptions.config.facts?.operationId,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
        key: request.principal?.prefix ?? undefined,
        traceId: traceIdOf(request),
      },
      'request',
    );
    done();
  });
}

/** An answer given while the server stops is its connection's last: kept open, it would hold the server up. */
function registerDraining(app: FastifyInstance): void {
  let isStopping = false;
  app.addHook('preClose', async () => {
    isStopping = true;
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (isStopping) reply.header('Connection', 'close');
    done(null, payload);
  });
}

/** Who is asking, and may they: before the body is read, and before anything happens. */
function registerAccess(app: FastifyInstance, { keys, clock, admission }: HttpOptions): void {
  const requireAccess = ({ principal }: FastifyRequest, { permission }: RouteFacts) => {
    if (permission === 'public') return;
    if (principal === null) throw missingKey();
    requireGrant(principal, permission);
  };
  app.addHook('onRequest', (request, _reply, done) => {
    // RFC 9112, section 3.2. What it says is never used.
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1') {
      throw problem('request.invalid', { detail: 'HTTP/1.1 needs a Host header.' });
    }
    const facts = request.routeOptions.config.facts;
    if (facts === undefined) return done();
    requireAcceptable(request.headers.accept, facts.produces ?? jsonOnly);
    const { authorization } = request.headers;
    if (authorization === undefined) {
      requireAccess(request, facts);
      return done();
    }
    const find = () => authenticate(authorization, keys, clock.now(), describeAttempt(request, facts));
    admission
      .identify(request, find)
      .then((principal) => {
        request.principal = principal;
        requireAccess(request, facts);
      })
      .then(() => done(), done);
  });
}

const describeAttempt = (request: FastifyRequest, facts: RouteFacts): Attempt => ({
  operation: facts.operationId,
  address: request.ip,
  requestId: request.id,
});

/** A key that holds and is refused all the same is told too, where it reached for keys, or was revoked meanwhile. */
function registerRefusals(app: FastifyInstance, { keys }: HttpOptions): void {
  const noteRefusal = (request: FastifyRequest, principal: Principal, status: number) => {
    const facts = request.routeOptions.config.facts;
    const isRevoked = status === 401;
    if (facts === undefined || !(isRevoked || (status === 403 && facts.permission === 'key.manage'))) return;
    const mayManage = grantOf(principal, 'key.manage') !== 'none';
    const reason = isRevoked ? 'revoked' : mayManage ? 'outside_sections' : 'forbidden';
    keys.refusals.note({ ...describeAttempt(request, facts), reason, owner: principal, prefix: principal.prefix });
  };
  app.addHook('onSend', (request, reply, payload, done) => {
    if (request.principal !== null) noteRefusal(request, request.principal, reply.statusCode);
    done(null, payload);
  });
  app.addHook('onClose', () => keys.refusals.close());
}

/** An address that cannot be decoded meets no hook, so what the hooks would have added is added here. */
function answerUnroutable(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const found = toProblem(error);
  request.log.info({ method: request.method, path: toldPath(request), status: found.status }, 'request');
  reply.headers({
    'X-Request-Id': request.id,
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none';frame-ancestors 'none'",
  });
  return sendProblem(request, reply, found);
}

type Socket = { writable: boolean; end(text: string): void; destroy(): void; setTimeout(ms: number): void };

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
  // Who does not close the other half is gone; it would count as kept alive otherwise.
  socket.setTimeout(farewellMs);
}
