// Content negotiation (RFC 9110, section 12): a client that accepts none of what a route produces gets a 406.
import Negotiator from 'negotiator';
import { problem } from '../../core/problems.ts';

export function requireAcceptable(accept: string | undefined, produces: readonly string[]): void {
  if (accept === undefined || accept === '*/*' || accept.includes('application/problem+json')) return;
  const negotiator = new Negotiator({ headers: { accept } });
  if (negotiator.mediaTypes([...produces]).length > 0) return;
  throw problem('request.not_acceptable', { detail: `This address answers with ${produces.join(', ')}.` });
}
