// Every address answers every method: what it does not do is a 405 with Allow, and OPTIONS lists what it does.
import type { FastifyInstance, HTTPMethods } from 'fastify';
import { problem } from '../../core/problems.ts';

const known: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

export type MethodTable = Map<string, Set<HTTPMethods>>;

/** Notes which methods each address has, as routes come in. */
export function watchMethods(app: FastifyInstance): MethodTable {
  const table: MethodTable = new Map();
  app.addHook('onRoute', (route) => {
    if (route.config?.facts === undefined) return;
    const methods = table.get(route.url) ?? new Set();
    for (const method of [route.method].flat()) methods.add(method as HTTPMethods);
    table.set(route.url, methods);
  });
  return table;
}

/** Call when all routes are in. */
export function refuseOtherMethods(app: FastifyInstance, table: MethodTable): void {
  for (const [url, methods] of [...table]) {
    const allow = [...known.filter((method) => methods.has(method)), 'OPTIONS'].join(', ');
    const others = known.filter((method) => !methods.has(method));
    const hidden = { schema: { hide: true } };
    // Past the CORS plugin, which adds a preflight's headers and would leave out Allow.
    const config = { cors: { preflightContinue: true } };
    app.options(url, { ...hidden, config }, async (_request, reply) => reply.header('Allow', allow).code(204).send());
    if (others.length === 0) continue;
    app.route({
      ...hidden,
      method: others,
      url,
      // Before the body is parsed: the method is wrong whatever was sent.
      onRequest: async () => {
        throw problem('request.method_not_allowed', { detail: `Use one of ${allow}.`, headers: { Allow: allow } });
      },
      handler: async () => undefined,
    });
  }
}
