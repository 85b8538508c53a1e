// Takes traces as a collector does (OTLP over HTTP, JSON), and keeps them for the test to look at.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

type Value = { stringValue?: string; intValue?: number | string; doubleValue?: number; boolValue?: boolean };
type Pair = { key: string; value: Value };
type OtlpSpan = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: Pair[];
  events?: unknown[];
  status?: { code?: number; message?: string };
};
type Export = {
  resourceSpans: { resource: { attributes: Pair[] }; scopeSpans: { scope: { name: string }; spans: OtlpSpan[] }[] }[];
};

export type Span = Omit<OtlpSpan, 'attributes'> & {
  readonly scope: string;
  readonly resource: Record<string, unknown>;
  readonly attributes: Record<string, unknown>;
};

export type Receiver = {
  readonly endpoint: string;
  /** Everything that came in, as it came. */
  raw(): string;
  spans(): Span[];
};

const valuesOf = (pairs: readonly Pair[]) =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]]));

/** Listens until the test ends. */
export async function receiveTraces(): Promise<Receiver> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    if (request.method === 'POST' && request.url === '/v1/traces') bodies.push(body);
    else response.statusCode = 404;
    response.setHeader('Content-Type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    raw: () => bodies.join('\n'),
    spans: () =>
      bodies
        .flatMap((body) => (JSON.parse(body) as Export).resourceSpans)
        .flatMap(({ resource, scopeSpans }) =>
          scopeSpans.flatMap(({ scope, spans }) =>
            spans.map((span) => ({
              ...span,
              scope: scope.name,
              resource: valuesOf(resource.attributes),
              attributes: valuesOf(span.attributes),
            })),
          ),
        ),
  };
}
