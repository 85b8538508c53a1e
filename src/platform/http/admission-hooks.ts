// Asks admission for every route that uses the database: before the body is read whether the request may begin, and for
// the handler's turn. Public reads ask for themselves, since most of them are answered from the cache (public-read.ts).
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Config } from '../config/config.ts';
import type { Admission, Kind } from './admission.ts';
import type { RouteFacts } from './declaration.ts';

type Options = { readonly admission: Admission; readonly config: Pick<Config, 'bodyLimitBytes'> };

export function registerAdmission(app: FastifyInstance, options: Options): void {
  app.addHook('onRoute', (route) => {
    const facts = route.config?.facts;
    if (facts !== undefined && isAskedFor(facts)) askFor(route, options);
  });
}

const isAskedFor = ({ isAlwaysAnswered, isParsedLate }: RouteFacts) => !isAlwaysAnswered && !isParsedLate;

/** Behind the hooks of all routes, so that it is known who asks. */
function askFor(route: RouteOptions, { admission, config }: Options): void {
  const kind: Kind = [route.method].flat().every((method) => method === 'GET' || method === 'HEAD') ? 'read' : 'write';
  const { handler } = route;
  route.onRequest = [
    route.onRequest ?? [],
    (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
      admission.admit(request, kind);
      if (kind === 'write') reply.raw.once('close', admission.holdBody(bodyBytes(request, config.bodyLimitBytes)));
      done();
    },
  ].flat();
  route.handler = function (request, reply) {
    return admission.run(request, kind, async () => {
      // Nobody waits for it any more, and nothing has been done yet.
      if (request.raw.socket.destroyed) return undefined;
      return handler.call(this, request, reply);
    });
  };
}

/** As announced; a body in chunks may become as large as it likes, up to the limit. */
function bodyBytes({ headers }: FastifyRequest, limitBytes: number): number {
  if (headers['transfer-encoding'] !== undefined) return limitBytes;
  const announced = Number(headers['content-length'] ?? 0);
  return Number.isFinite(announced) ? Math.min(announced, limitBytes) : limitBytes;
}
