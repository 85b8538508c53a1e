// The trace that a request belongs to (W3C Trace Context), for its line in the log: the one that is recorded here, else
// the one that the caller names.
import type { FastifyRequest } from 'fastify';

const recorded = new WeakMap<FastifyRequest, string>();
const traceparentForm = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/;

/** Called where traces are recorded (tracing.ts). */
export function noteTraceId(request: FastifyRequest, traceId: string): void {
  recorded.set(request, traceId);
}

export function traceIdOf(request: FastifyRequest): string | undefined {
  const { traceparent } = request.headers;
  return (
    recorded.get(request) ?? (typeof traceparent === 'string' ? traceparentForm.exec(traceparent)?.[1] : undefined)
  );
}
