// How long requests take, by the route's declaration and not by its address, which has no end. The route's series are
// looked up by its declaration, made once.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RouteFacts } from '../http/declaration.ts';
import type { Metrics } from './metrics.ts';

type Observe = ReturnType<Metrics['requests']['bind']>;

export function countRequests(app: FastifyInstance, { requests }: Pick<Metrics, 'requests'>): void {
  const whole = new Map<RouteFacts, Observe>();
  const heads = new Map<RouteFacts, Observe>();
  // What is no route: unknown addresses, wrong methods, the documentation page.
  const none = requests.bind('_OTHER', 'none');

  function bind(kind: Map<RouteFacts, Observe>, method: string, facts: RouteFacts): Observe {
    const observe = requests.bind(method, facts.operationId);
    kind.set(facts, observe);
    return observe;
  }

  function find({ method, routeOptions }: FastifyRequest): Observe {
    const { facts } = routeOptions.config;
    if (facts === undefined) return none;
    if (method === 'HEAD') return heads.get(facts) ?? bind(heads, 'HEAD', facts);
    return whole.get(facts) ?? bind(whole, facts.method, facts);
  }

  app.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    find(request)(reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
}
