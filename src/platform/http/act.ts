// From a request to the act that a command carries out: who, when, for which request.
import type { FastifyRequest } from 'fastify';
import { missingKey } from '../auth/authenticate.ts';
import type { Principal } from '../auth/principal.ts';
import type { Deps } from '../deps.ts';
import type { Act } from '../events/record.ts';

export function actOf(
  deps: Pick<Deps, 'clock' | 'newId' | 'project'>,
  request: { principal: Principal | null; raw: FastifyRequest },
): Act {
  if (request.principal === null) throw missingKey();
  const { clock, newId, project } = deps;
  return { principal: request.principal, now: clock.now(), newId, requestId: request.raw.id, project, clock };
}
