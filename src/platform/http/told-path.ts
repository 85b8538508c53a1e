// The path of a request as the log and traces may hold it: without its query, and without secrets.
import type { FastifyRequest } from 'fastify';
import { maskSecrets } from '../auth/keys.ts';

export function toldPath(request: FastifyRequest): string {
  const facts = request.routeOptions.config?.facts;
  if (facts?.secretPath) return facts.url;
  // At an address that is none, a secret may stand all the same: with a slash too many, or under another method.
  const [path = ''] = request.url.split('?', 1);
  // A secret has an underscore, if in percent form.
  return (path.includes('_') || path.includes('%') ? maskSecrets(path) : path).slice(0, 300);
}
