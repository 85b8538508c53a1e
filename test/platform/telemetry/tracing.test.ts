// Traces of a running server, as a collector gets them: where the time of a request went, and nothing of what was said.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findLines, listFiles } from '../../codebase/files.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { type Serving, serve } from '../../support/masthead.ts';
import { type Receiver, receiveTraces, type Span } from './receiver.ts';

const patience = 60_000;
const key = 'a-bootstrap-key-of-more-than-32-characters';
const caller = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const traceparent = `00-${caller.traceId}-${caller.spanId}-01`;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(import.meta.url);
});
afterAll(() => database.drop());

const start = (env: Record<string, string>) =>
  serve({
    DATABASE_URL: database.url,
    MASTHEAD_BOOTSTRAP_KEY: key,
    MASTHEAD_SEED: 'false',
    // A busy machine is no reason to refuse a request.
    OVERLOAD_EVENT_LOOP_DELAY_MS: '0',
    ...env,
  });

const ask = (server: Serving, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  fetch(server.url + path, {
    method,
    headers: {
      Authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  });

/** The last spans are delivered while the server stops. */
async function stop(server: Serving): Promise<void> {
  server.kill('SIGTERM');
  expect(await server.ended).toEqual({ code: 0, signal: null });
}

const ofOperation = (receiver: Receiver, operation: string) =>
  receiver.spans().filter(({ attributes }) => attributes['masthead.operation'] === operation);

/** A span and all below it. */
function branchOf(root: Span, spans: readonly Span[]): Span[] {
  const below = spans.filter(({ parentSpanId }) => parentSpanId === root.spanId);
  return [root, ...below.flatMap((span) => branchOf(span, spans))];
}

describe('with OTEL_EXPORTER_OTLP_ENDPOINT', () => {
  it("one request is one trace, the caller's: the request, and under it what pg and Prisma did", {
    timeout: patience,
  }, async () => {
    const receiver = await receiveTraces();
    const server = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint });
    const answer = await ask(server, 'GET', '/v1/api-keys?limit=7', undefined, { traceparent });
    expect(answer.status).toBe(200);
    await stop(server);

    const [request, ...others] = ofOperation(receiver, 'listApiKeys');
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      ...{ traceId: caller.traceId, parentSpanId: caller.spanId, scope: '@fastify/otel' },
      // A server's span.
      ...{ name: 'GET /v1/api-keys', kind: 2 },
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/v1/api-keys',
        'http.response.status_code': 200,
        'url.path': '/v1/api-keys',
        'masthead.request_id': answer.headers.get('x-request-id'),
      },
    });
    expect(request!.resource).toMatchObject({
      'service.name': 'masthead',
      'service.version': expect.stringMatching(/^\d/),
    });
    const spans = receiver.spans();
    const branch = branchOf(request!, spans);
    expect(branch.every(({ traceId }) => traceId === caller.traceId)).toBe(true);
    const plan = (span: Span) => span.attributes['db.postgresql.plan'];
    expect(branch.find((span) => plan(span) === 'api_key_by_digest')?.attributes['db.query.text']).toContain(
      'from api_key',
    );
    const operation = branch.find(({ name }) => name === 'prisma:client:operation');
    expect(operation?.attributes).toEqual({ method: 'findMany', model: 'ApiKey', name: 'ApiKey.findMany' });
    const statements = branchOf(operation!, spans).filter(({ scope }) => scope.endsWith('instrumentation-pg'));
    expect(statements.length).toBeGreaterThan(0);
    expect(server.stdout()).toMatch(new RegExp(`"operation":"listApiKeys".*"traceId":"${caller.traceId}"`));
  });

  it('no key, token, query, header, draft or value leaves in a trace, of what succeeds and of what fails', {
    timeout: patience,
  }, async () => {
    const receiver = await receiveTraces();
    const server = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint });
    const draft = { title: '秘密标题', body: { text: '尚未发布的正文。' }, externalId: 'secret-external-id' };
    const made = await ask(server, 'POST', '/v1/articles', draft);
    expect(made.status).toBe(201);
    const { id } = (await made.json()) as { id: string };
    const link = await ask(server, 'POST', `/v1/articles/${id}/preview-links`, {});
    const { token } = (await link.json()) as { token: string };
    expect((await ask(server, 'GET', `/v1/previews/${token}`)).status).toBe(200);
    expect((await ask(server, 'GET', `/v1/previews/${token}/`)).status).toBe(404);
    expect((await ask(server, 'GET', '/v1/articles?ids=secret-in-the-query')).status).toBe(400);
    expect((await ask(server, 'POST', '/v1/articles', { ...draft, slug: 'x', title: 7 })).status).toBe(400);
    // Refused by the database, which quotes the row.
    expect((await ask(server, 'POST', '/v1/articles', draft)).status).toBe(409);
    expect((await ask(server, 'GET', '/v1/me', undefined, { Authorization: 'Bearer wrong-secret-key' })).status).toBe(
      401,
    );
    await stop(server);

    const sent = receiver.raw();
    expect(ofOperation(receiver, 'getPreview').map(({ attributes }) => attributes['url.path'])).toEqual([
      '/v1/previews/:token',
    ]);
    expect(ofOperation(receiver, 'createArticle')).toHaveLength(3);
    for (const secret of [
      key,
      token,
      'wrong-secret-key',
      'secret-external-id',
      'secret-in-the-query',
      'Bearer',
      'mhl_',
    ])
      expect(sent, secret).not.toContain(secret);
    expect(sent).not.toMatch(/[\u3000-\u9fff]|\\u[3-9]/);
    expect(sent).not.toMatch(/"(?:events|links)":\[[^\]]|"message":/);
  });

  it('a refusal is no failure, and what the server does by itself begins no trace', { timeout: patience }, async () => {
    const receiver = await receiveTraces();
    const server = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, OTEL_SERVICE_NAME: 'newsroom' });
    expect((await ask(server, 'GET', '/v1/articles/no-such-article')).status).toBe(404);
    expect((await ask(server, 'GET', '/v1/me', undefined, { Authorization: 'Bearer x' })).status).toBe(401);
    await stop(server);
    const spans = receiver.spans();
    const roots = spans.filter(({ parentSpanId }) => !parentSpanId);
    expect(roots.map(({ name }) => name)).toEqual(['GET /v1/articles/:idOrSlug', 'GET /v1/me']);
    expect(spans.filter(({ status }) => status?.code === 2)).toEqual([]);
    expect(new Set(spans.map(({ resource }) => resource['service.name']))).toEqual(new Set(['newsroom']));
  });

  it('a receiver that is away costs neither requests nor the stop', { timeout: patience }, async () => {
    const server = await start({
      // Nobody listens there: it is a port for tests of connections that fail (RFC 863).
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      SHUTDOWN_GRACE_MS: '1000',
    });
    expect((await ask(server, 'GET', '/v1/me')).status).toBe(200);
    await stop(server);
  });
});

describe('without OTEL_EXPORTER_OTLP_ENDPOINT', () => {
  it("the caller's trace is named in the log all the same", { timeout: patience }, async () => {
    const server = await start({});
    await ask(server, 'GET', '/v1/me', undefined, { traceparent });
    await ask(server, 'GET', '/v1/me', undefined, { traceparent: 'not a trace' });
    await stop(server);
    const lines = server
      .stdout()
      .split('\n')
      .filter((line) => line.includes('"operation":"getMe"'));
    expect(lines.map((line) => JSON.parse(line).traceId)).toEqual([caller.traceId, undefined]);
  });

  it('nothing of OpenTelemetry is loaded: only a module that is asked for when it is needed imports it', () => {
    const imports = findLines(
      listFiles('src', /\.ts$/),
      /from '(?:@opentelemetry\/|@fastify\/otel|@prisma\/instrumentation)/,
    );
    const importers = new Set(imports.map((line) => line.split(':', 1)[0]));
    expect([...importers].sort()).toEqual([
      'src/platform/telemetry/span-redaction.ts',
      'src/platform/telemetry/tracing.ts',
    ]);
    const users = findLines(listFiles('src', /\.ts$/), /from '.*(?:span-redaction|telemetry\/tracing)\.ts'/);
    const loading = users.filter(
      (line) => !line.includes('import type') && !line.startsWith('src/platform/telemetry/tracing.ts'),
    );
    expect(loading).toEqual([]);
  });
});
