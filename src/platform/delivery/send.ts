// How an answer leaves that only its caller may see: never stored. (Public ones: http/public-read.ts.)
import type { FastifyReply } from 'fastify';
import { tagRevision } from './etag.ts';
import { noStore } from './policy.ts';

export const jsonType = 'application/json; charset=utf-8';

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
