// Memory, CPU, garbage collection and the delay of the event loop. They belong to the process and not to one of the apps
// that may be built in it, and watching costs a timer: so there is one registry of them, made when first wanted.
import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | undefined;

export function collectProcessMetrics(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
