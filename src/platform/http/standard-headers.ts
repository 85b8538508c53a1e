// The headers that every answer carries, whatever it is. They depend on the configuration only, so Helmet is asked for
// them once and not at each request.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';
import type { Config } from '../config/config.ts';

export type StandardHeaders = Readonly<Record<string, string>>;

/** What browsers may read of an answer from elsewhere (Fetch, CORS protocol), beside what they always may. */
export const exposedHeaders = [
  'ETag',
  'Link',
  'Location',
  'X-Request-Id',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'Allow',
  'Idempotency-Replayed',
  'Data-Version',
  'Age',
  'Cache-Status',
].join(', ');

const createSecurityHeaders = (isSecure: boolean) =>
  helmet({
    // An API answer embeds nothing; the documentation page brings its own policy. It says who may frame it, too.
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    xFrameOptions: false,
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    // RFC 6797, section 7.2: not over a connection that is open to all.
    strictTransportSecurity: isSecure,
    // These speak to pages and to browsers of long ago; an answer of an API is neither shown nor run.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });

/** Whether every origin gets the same answer, so that it can be written down beforehand. */
export const isOpenToAll = (config: Config) => config.corsOrigins.includes('*');

/** What lets scripts of every origin read an answer; of a 304, too. */
export const openHeaders = { 'access-control-allow-origin': '*', 'access-control-expose-headers': exposedHeaders };

export function standardHeaders(config: Config): StandardHeaders {
  const answer = new ServerResponse(new IncomingMessage(new Socket()));
  const isSecure = config.publicUrl?.startsWith('https:') === true;
  createSecurityHeaders(isSecure)(answer.req, answer, () => undefined);
  const headers = Object.entries(answer.getHeaders()).map(([name, value]) => [name, String(value)]);
  return Object.freeze({ ...Object.fromEntries(headers), ...(isOpenToAll(config) && openHeaders) });
}

/** Adds them to whatever leaves through Fastify; what a route has set itself stays. */
export function registerStandardHeaders(app: FastifyInstance, config: Config): void {
  const standard = Object.entries(standardHeaders(config));
  app.addHook('onSend', (request, reply, payload, done) => {
    for (const [name, value] of standard) if (!reply.hasHeader(name)) reply.header(name, value);
    reply.header('x-request-id', request.id);
    done(null, payload);
  });
}
