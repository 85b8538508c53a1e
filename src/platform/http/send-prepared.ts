// Sends a prepared answer: in the coding the client takes, as a 304 where it has it, as a problem where nothing is there.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { matchesNone } from '../delivery/etag.ts';
import { noStore } from '../delivery/policy.ts';
import {
  type Coded,
  codeAnswer,
  fitCoding,
  type Head,
  headOf,
  lifetimeOf,
  type Prepared,
  type Reading,
  type Redirect,
} from '../delivery/prepared.ts';
import { sendPrivate, varyBy } from '../delivery/send.ts';
import { chooseCoding } from './accept-encoding.ts';
import { sendProblem } from './errors.ts';
import { openHeaders } from './standard-headers.ts';

export type Sending = {
  readonly prepared: Prepared;
  readonly nowMs: number;
  /** What the cache did (RFC 9211); null: there is none. */
  readonly cacheStatus: string | null;
  /** Told when a coded form was made, so that the cache can count it. */
  readonly onCoded?: (() => void) | undefined;
};

const cacheName = 'masthead';
const open = Object.entries(openHeaders).flat();

/** By way of Fastify: with what its hooks add. */
export function sendPrepared(
  request: FastifyRequest,
  reply: FastifyReply,
  { prepared, nowMs, cacheStatus, onCoded }: Sending,
): FastifyReply | Promise<FastifyReply> {
  if (cacheStatus !== null) reply.header('cache-status', `${cacheName}; ${cacheStatus}`);
  // What is kept was found right by the event log within the last second.
  if (cacheStatus === 'hit') reply.header('age', '0');
  if (!('content' in prepared.reading)) return sendElse(request, reply, prepared, nowMs);
  const coding = fitCoding(prepared, chooseCoding(request.headers['accept-encoding']));
  const coded = codeAnswer(prepared, coding, onCoded);
  const send = (ready: Coded) => {
    const head = headOf(prepared, coding, ready, nowMs);
    const isFresh = hasIt(request, ready.tag, { lastModified: head.lastModified, nowMs });
    return sendCoded(reply, ready, isFresh ? head.notModified : head.full, isFresh);
  };
  return coded instanceof Promise ? coded.then(send) : send(coded);
}

function sendCoded(reply: FastifyReply, { bytes }: Coded, headers: Head['full'], isFresh: boolean): FastifyReply {
  const varies = reply.getHeader('vary');
  reply.headers(headers);
  if (varies !== undefined) reply.header('vary', `${headers.vary}, ${String(varies)}`);
  return isFresh ? reply.code(304).send() : reply.send(bytes);
}

/**
 * Straight to the socket: what Fastify would do to a finished answer costs more than the answer. `standard`: the headers
 * of every answer. Null where that is not possible: a form of it has to be made first, or the client's origin matters.
 */
export function sendHit(
  request: FastifyRequest,
  reply: FastifyReply,
  { prepared, nowMs }: Sending,
  standard: readonly string[],
): FastifyReply | null {
  if (!('content' in prepared.reading)) return null;
  const coding = fitCoding(prepared, chooseCoding(request.headers['accept-encoding']));
  const coded = prepared.codings.get(coding);
  if (coded === undefined || coded instanceof Promise) return null;
  const head = headOf(prepared, coding, coded, nowMs);
  const isFresh = hasIt(request, coded.tag, { lastModified: head.lastModified, nowMs });
  reply.hijack();
  const own = ['x-request-id', request.id, 'cache-status', `${cacheName}; hit`, 'age', '0'];
  // A 304 says what may have changed (RFC 9110, section 15.4.5); the rest stands with what the client has.
  if (isFresh) reply.raw.writeHead(304, head.rawNotModified.concat(open, own)).end();
  else {
    const raw = reply.raw.writeHead(200, head.rawFull.concat(standard, own));
    if (request.method === 'HEAD') raw.end();
    else raw.end(coded.bytes);
  }
  return reply;
}

// If-None-Match wins over If-Modified-Since (RFC 9110, section 13.2.2). Whoever has something has it under the date that it
// was sent with, in one form only; another text, or a date to come, must not hold back what changes until then.
function hasIt({ headers }: FastifyRequest, tag: string, dates: { lastModified: Date | null; nowMs: number }): boolean {
  const { lastModified, nowMs } = dates;
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined) return matchesNone(noneMatch, tag);
  const since = headers['if-modified-since'];
  if (since === undefined || lastModified === null) return false;
  const sinceMs = Date.parse(since);
  return new Date(sinceMs).toUTCString() === since && lastModified.getTime() <= sinceMs && sinceMs <= nowMs;
}

/** What has no bytes of its own: another address, or nothing. */
function sendElse(request: FastifyRequest, reply: FastifyReply, prepared: Prepared, nowMs: number) {
  const { reading } = prepared;
  const headers = lifetimeOf(prepared, 'endsAt' in reading ? reading.endsAt : null, nowMs);
  if (reading.vary !== undefined) varyBy(reply, reading.vary);
  if ('problem' in reading) return sendProblem(request, reply, reading.problem, headers);
  return reply
    .code(301)
    .headers({ ...headers, location: (reading as Redirect).location })
    .send();
}

/** The same for one caller alone: never stored. */
export function sendPrivately(request: FastifyRequest, reply: FastifyReply, reading: Reading): FastifyReply {
  if (reading.vary !== undefined) varyBy(reply, reading.vary);
  if ('problem' in reading) return sendProblem(request, reply, reading.problem, { 'cache-control': noStore });
  if ('location' in reading) {
    return reply.code(301).headers({ location: reading.location, 'cache-control': noStore }).send();
  }
  return sendPrivate(reply.headers(reading.headers ?? {}), reading.content.toString());
}
