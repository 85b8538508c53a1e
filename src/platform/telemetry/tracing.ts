// Traces of requests by OpenTelemetry: Fastify's span, and under it those of Prisma and pg. This module and all that it
// needs is loaded only where traces are wanted.
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { FastifyOtelInstrumentation } from '@fastify/otel';
import {
  DiagLogLevel,
  diag,
  INVALID_SPAN_CONTEXT,
  type Span,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { PrismaInstrumentation } from '@prisma/instrumentation';
import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { toldPath } from '../http/told-path.ts';
import { redactBefore } from './span-redaction.ts';
import { noteTraceId } from './trace-id.ts';

export type Tracing = { stop(): Promise<void> };
export type TracingOptions = {
  readonly endpoint: string;
  readonly version: string;
  readonly log: Logger;
  /** How long the last spans may take to be delivered. */
  readonly graceMs: number;
};

/** Before the database is opened and the app is built. Sampling, headers and batches follow the variables `OTEL_*`. */
export function startTracing({ endpoint, version, log, graceMs }: TracingOptions): Tracing {
  reportTo(log);
  const own = resourceFromAttributes({ 'service.name': 'masthead', 'service.version': version });
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces` });
  const provider = new NodeTracerProvider({
    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
    resource: defaultResource()
      .merge(own)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(redactBefore(exporter))],
  });
  provider.register();
  const instrumentations = [traceFastify(), tracePrisma(provider), tracePg()];
  return {
    async stop() {
      for (const instrumentation of instrumentations) instrumentation.disable();
      // A receiver that is away must not hold up the stop.
      await Promise.race([provider.shutdown().catch(() => undefined), delay(graceMs, undefined, { ref: false })]);
    },
  };
}

function reportTo(log: Logger): void {
  const tell = (message: string) => log.warn({ telemetry: message }, 'traces could not be delivered');
  const ignore = () => undefined;
  diag.setLogger({ error: tell, warn: ignore, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.ERROR);
}

/** Fastify announces each instance itself, so nothing has to be imported in an order. */
function traceFastify(): FastifyOtelInstrumentation {
  return new FastifyOtelInstrumentation({
    registerOnInitialization: true,
    instrumentHooks: false,
    recordExceptions: false,
    requestHook: nameRequest,
  });
}

function nameRequest(span: Span, request: FastifyRequest): void {
  const facts = request.routeOptions.config?.facts;
  span.updateName(facts === undefined ? request.method : `${request.method} ${facts.url}`);
  span.setAttributes({ 'url.path': toldPath(request), 'masthead.request_id': request.id });
  if (facts !== undefined) span.setAttribute('masthead.operation', facts.operationId);
  noteTraceId(request, span.spanContext().traceId);
}

const unrecorded = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
/** Leaves no span in the context either: whatever is below would take it for a parent. */
const silent: Tracer = {
  startSpan: () => unrecorded,
  startActiveSpan: (...call: unknown[]) => (call.at(-1) as (span: Span) => never)(unrecorded),
};

/** Of what runs outside of requests nothing is recorded: it begins anew every second. */
function tracePrisma(provider: TracerProvider): PrismaInstrumentation {
  const instrumentation = new PrismaInstrumentation();
  // It asks for its tracer at each span.
  instrumentation.setTracerProvider({
    getTracer: (...named) => (trace.getActiveSpan() === undefined ? silent : provider.getTracer(...named)),
  });
  instrumentation.enable();
  return instrumentation;
}

/**
 * pg is CommonJS and its classes are changed in place, so it needs no hook into the loader of ES modules and may have been
 * imported before: asking for it here, by `require`, is what changes it.
 */
function tracePg(): PgInstrumentation {
  const instrumentation = new PgInstrumentation({ requireParentSpan: true });
  const require = createRequire(import.meta.url);
  require('pg');
  createRequire(require.resolve('pg'))('pg-pool');
  return instrumentation;
}
