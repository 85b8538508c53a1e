// The two ways an answer leaves: public (tagged, cacheable, 304 where the client has it) or private (never stored).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { matchesNone, tagBytes, tagRevision } from './etag.ts';
import { type CachePolicyName, cachePolicies, formatCacheControl, noStore } from './policy.ts';

export type PublicAnswer = {
  /** JSON text, or the bytes of another format. */
  readonly content: string | Buffer;
  readonly contentType?: string;
  /** Every entity that shaped the answer, as `noun:id`; what a purge names. */
  readonly surrogateKeys: readonly string[];
  /** The last change of anything that shaped the answer. */
  readonly lastModified: Date | null;
  /** When the answer stops being true, if that may be told. */
  readonly endsAt: Date | null;
};

export const jsonType = 'application/json; charset=utf-8';

export function sendPublic(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: PublicAnswer,
  policy: Exclude<CachePolicyName, 'private'>,
  now: Date,
): FastifyReply {
  const bytes = typeof answer.content === 'string' ? Buffer.from(answer.content) : answer.content;
  const tag = tagBytes(bytes);
  reply.header('ETag', tag);
  reply.header('Cache-Control', formatCacheControl(cachePolicies[policy], now, answer.endsAt));
  if (answer.surrogateKeys.length > 0) reply.header('Surrogate-Key', answer.surrogateKeys.join(' '));
  const lastModified = settledSecond(answer.lastModified, now);
  if (lastModified !== null) reply.header('Last-Modified', lastModified.toUTCString());
  if (isFresh(request, tag, lastModified)) return reply.code(304).send();
  return reply.type(answer.contentType ?? jsonType).send(bytes);
}

/** Names a request header that the answer depends on, beside those that others named. */
export function varyBy(reply: FastifyReply, header: string): void {
  const named = reply.getHeader('Vary');
  reply.header('Vary', named === undefined ? header : `${String(named)}, ${header}`);
}

export function sendPrivate(
  reply: FastifyReply,
  /** JSON text, or what becomes it. */
  view: string | object,
  options: { status?: number; revision?: number; location?: string } = {},
): FastifyReply {
  reply.header('Cache-Control', noStore);
  if (options.revision !== undefined) reply.header('ETag', tagRevision(options.revision));
  if (options.location !== undefined) reply.header('Location', options.location);
  return reply
    .code(options.status ?? 200)
    .type(jsonType)
    .send(Buffer.from(typeof view === 'string' ? view : JSON.stringify(view)));
}

// Last-Modified counts seconds. Within the running second a further change could follow unseen, so it is not sent
// before that second is over (RFC 9110, section 8.8.2.2).
function settledSecond(instant: Date | null, now: Date): Date | null {
  if (instant === null) return null;
  const second = new Date(Math.floor(instant.getTime() / 1000) * 1000);
  return second.getTime() + 1000 <= now.getTime() ? second : null;
}

// If-None-Match wins over If-Modified-Since (RFC 9110, section 13.2.2).
function isFresh(request: FastifyRequest, tag: string, lastModified: Date | null): boolean {
  const noneMatch = request.headers['if-none-match'];
  if (noneMatch !== undefined) return matchesNone(noneMatch, tag);
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  return lastModified !== null && !Number.isNaN(since) && lastModified.getTime() <= since;
}
