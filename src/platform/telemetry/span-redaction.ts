// What leaves the house in a trace: where time went, and nothing of what was said. Attributes are on a list or are left
// out; of an error stays its type, since its message may quote a draft, a key or a row.
import { type Attributes, SpanKind, type SpanStatus, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';

const told = new Set([
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'url.path',
  'masthead.operation',
  'masthead.request_id',
  'db.system.name',
  'db.namespace',
  'db.operation.name',
  // The text with its placeholders; values are parameters, which nothing records.
  'db.query.text',
  // The name of a prepared statement.
  'db.postgresql.plan',
  'server.address',
  'server.port',
  // Of Prisma: what was called, on which model.
  'method',
  'model',
  'name',
  'error.type',
]);

export function redactBefore(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans.map(redact), done),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

function redact(span: ReadableSpan): ReadableSpan {
  const errorType = span.events.find(({ name }) => name === 'exception')?.attributes?.['exception.type'];
  const attributes = { ...keepTold(span.attributes), ...(errorType !== undefined && { 'error.type': errorType }) };
  return Object.create(span, {
    attributes: { value: attributes, enumerable: true },
    events: { value: [], enumerable: true },
    links: { value: [], enumerable: true },
    status: { value: judge(span), enumerable: true },
  }) as ReadableSpan;
}

function keepTold(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => told.has(name)));
}

/** A request that was refused is no failure of the server (semantic conventions for HTTP spans). */
function judge({ kind, attributes, status }: ReadableSpan): SpanStatus {
  const isRequest = kind === SpanKind.SERVER;
  const failed = isRequest
    ? Number(attributes['http.response.status_code']) >= 500
    : status.code === SpanStatusCode.ERROR;
  return { code: failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET };
}
