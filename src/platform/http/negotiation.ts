// Content negotiation (RFC 9110, section 12): a client that accepts none of what a route produces gets a 406, one that
// sends what the route does not take a 415 that says what it takes.
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import { problem } from '../../core/problems.ts';

export function requireAcceptable(accept: string | undefined, produces: readonly string[]): void {
  if (accept === undefined || accept === '*/*' || accept.includes('application/problem+json')) return;
  // Clients send a handful of different headers.
  const asked = `${produces.join()}\0${accept}`;
  if (acceptable.get(asked) ?? isAcceptable(asked, accept, produces)) return;
  throw problem('request.not_acceptable', { detail: `This address answers with ${produces.join(', ')}.` });
}

const acceptable = new LRUCache<string, boolean>({ max: 200 });

function isAcceptable(asked: string, accept: string, produces: readonly string[]): boolean {
  // Every answer is UTF-8, so a client may ask for that, too.
  const offered = produces.flatMap((type) => [type, `${type}; charset=utf-8`]);
  const found = new Negotiator({ headers: { accept } }).mediaTypes(offered).length > 0;
  if (accept.length <= 200) acceptable.set(asked, found);
  return found;
}

type BodyHeaders = { readonly 'content-type'?: string | undefined; readonly 'content-encoding'?: string | undefined };

/** Whether there has to be a type at all is judged where a body turns out to be there. */
export function requireTakenBody(headers: BodyHeaders, consumes: readonly string[]): void {
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (coding !== 'identity') {
    throw problem('request.unsupported_encoding', {
      detail: 'Send the body without Content-Encoding.',
      headers: { 'Accept-Encoding': 'identity' },
    });
  }
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === '' || consumes.includes(type)) return;
  throw problem('request.unsupported_media_type', { detail: `This address takes ${consumes.join(', ')}.` });
}
