// What every address does, whatever it is for: HEAD, OPTIONS, 405, 406, 415, security headers, request ids. The
// addresses come from the OpenAPI document, so a new route is covered by being declared.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildDocument } from '../../../src/openapi.ts';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makePublished, makeSection } from '../../support/factories.ts';
import { listen, sendRaw } from './listening.ts';
import { expectProblem } from './refusals.ts';

type Operation = { requestBody?: { content: Record<string, unknown> } };
type Paths = Record<string, Record<string, Operation>>;

const document = (await buildDocument()) as { paths: Paths };
const verbs = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const addresses = Object.entries(document.paths).map(([template, operations]) => {
  const declared = Object.keys(operations).map((verb) => verb.toUpperCase());
  const allowed = verbs.filter((verb) => declared.includes(verb === 'HEAD' ? 'GET' : verb));
  return { template, path: template.replaceAll(/\{\w+\}/g, 'x'), allowed, operations };
});
const operations = addresses.flatMap(({ path, template, operations: found }) =>
  Object.entries(found).map(([verb, operation]) => ({ method: verb.toUpperCase(), path, template, operation })),
);

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  await makeSection(app, { slug: 'chan-jing' });
  for (const slug of ['one', 'two']) await makePublished(app, { title: '青岛再开放', slug, section: 'chan-jing' });
});
afterAll(() => app.close());

it('the document names the addresses that these tests are about', () => {
  expect(addresses.length).toBeGreaterThan(15);
  expect(operations.map(({ method, template }) => `${method} ${template}`)).toContain('POST /v1/articles');
});

describe('OPTIONS', () => {
  it.each(addresses)('$template lists what it does, and asks for no key', async ({ path, allowed }) => {
    const answer = await app.call('OPTIONS', path);
    expect(answer.status).toBe(204);
    expect(answer.headers.allow).toBe([...allowed, 'OPTIONS'].join(', '));
    expect(answer.text).toBe('');
  });

  it('of an unknown address is a 404', async () => {
    expectProblem(await app.call('OPTIONS', '/v1/nothing'), { status: 404, code: 'resource.not_found' });
  });
});

const refused = addresses.flatMap(({ template, path, allowed }) =>
  verbs.filter((verb) => !allowed.includes(verb)).map((method) => ({ method, template, path, allowed })),
);
describe('405 with Allow, whoever asks and whatever is sent', () => {
  it.each(refused)('$method $template is refused', async ({ method, path, allowed }) => {
    const allow = [...allowed, 'OPTIONS'].join(', ');
    const calls = method === 'HEAD' ? [{}] : [{}, { as: 'admin' }, { body: '{"broken', type: 'text/odd' }];
    for (const options of calls) {
      const answer = await app.call(method, path, options);
      expect(answer.status).toBe(405);
      expect(answer.headers.allow).toBe(allow);
      if (method !== 'HEAD') expectProblem(answer, { status: 405, code: 'request.method_not_allowed' });
    }
  });
});

describe('HEAD', () => {
  const readable = ['/v1/articles', '/v1/articles/one', '/v1/sections', '/v1/sections/chan-jing', '/openapi.json'];
  it.each([...readable, '/health/live', '/health/ready'])('%s has the headers of GET and no body', async (path) => {
    const headers = { 'Accept-Encoding': 'gzip' };
    await app.get(path, { headers });
    const [head, get] = [await app.call('HEAD', path, { headers }), await app.get(path, { headers })];
    expect(head.status).toBe(200);
    expect(head.text).toBe('');
    const comparable = ({ headers }: Answer) => {
      const { date: _date, 'x-request-id': _id, ...rest } = headers;
      return rest;
    };
    expect(comparable(head)).toEqual(comparable(get));
  });

  it('sends no byte behind its headers', async () => {
    const server = await listen(app);
    const answer = await sendRaw(server.port, 'HEAD /v1/articles HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await server.close();
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(100);
  });

  it('is conditional like GET', async () => {
    const { headers } = await app.get('/v1/articles/one');
    const answer = await app.call('HEAD', '/v1/articles/one', { headers: { 'If-None-Match': headers.etag! } });
    expect(answer.status).toBe(304);
  });

  it('of what is not there is a 404 without a body, and of what needs a key a 401', async () => {
    const missing = await app.call('HEAD', '/v1/articles/nothing');
    expect([missing.status, missing.text]).toEqual([404, '']);
    const secret = await app.call('HEAD', '/v1/me');
    expect([secret.status, secret.headers['www-authenticate']]).toEqual([401, 'Bearer']);
  });
});

describe('406: an operation answers with what it produces or not at all', () => {
  it.each(operations)('$method $template does not answer in HTML', async ({ method, path }) => {
    for (const accept of ['text/html', 'image/*', 'application/json;q=0', 'application/xml, text/css;q=0.5']) {
      const answer = await app.call(method, path, { as: 'admin', headers: { Accept: accept } });
      expectProblem(answer, { status: 406, code: 'request.not_acceptable' });
    }
  });

  it.each(['*/*', 'application/*', 'application/json', 'text/html, */*;q=0.1', 'application/json; charset=utf-8'])(
    'but Accept: %s is served',
    async (accept) => {
      const answer = await app.get('/v1/articles/one', { headers: { Accept: accept } });
      expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    },
  );
});

const withBody = operations.filter(({ operation }) => operation.requestBody !== undefined);
describe('415: a body in a media type that the operation does not declare', () => {
  it.each(withBody)('$method $template takes nothing else', async ({ method, path, operation }) => {
    const declared = Object.keys(operation.requestBody!.content);
    const others = ['text/plain', 'application/json', 'application/xml', 'application/merge-patch+json'];
    for (const type of others.filter((each) => !declared.includes(each))) {
      const answer = await app.call(method, path, { as: 'admin', body: '{}', type, ifMatch: '"r1"' });
      expectProblem(answer, { status: 415, code: 'request.unsupported_media_type' });
    }
  });
});

const security = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'cross-origin',
};
describe('security headers are on every answer:', () => {
  it.each([
    ['an article', 'GET', '/v1/articles/one', 200],
    ['a list', 'GET', '/v1/articles', 200],
    ['not found', 'GET', '/v1/articles/nothing', 404],
    ['an unknown address', 'GET', '/v1/nothing', 404],
    ['a refused method', 'PUT', '/v1/articles', 405],
    ['no key', 'POST', '/v1/articles', 401],
    ['OPTIONS', 'OPTIONS', '/v1/articles', 204],
  ])('%s', async (_name, method, path, status) => {
    const answer = await app.call(method, path);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(security);
    expect(answer.headers['strict-transport-security']).toMatch(/^max-age=\d+/);
    expect(answer.headers['x-powered-by']).toBeUndefined();
    expect(answer.headers.server).toBeUndefined();
  });
});

it('the answer to an address that cannot be decoded is not sniffed and runs nothing', async () => {
  const { status, headers } = await app.get('/v1/articles/%zz');
  const { 'x-content-type-options': sniff, 'content-security-policy': policy } = security;
  expect(status).toBe(400);
  expect(headers).toMatchObject({ 'x-content-type-options': sniff, 'content-security-policy': policy });
});

describe('X-Request-Id', () => {
  it.each(['abc', 'a'.repeat(100), '0195f2a0-0000-7000-8000-000000000001', 'trace:1.2_3'])(
    'given as %s comes back, in header, problem and event',
    async (id) => {
      const headers = { 'X-Request-Id': id };
      expect((await app.get('/v1/articles', { headers })).headers['x-request-id']).toBe(id);
      expect((await app.get('/v1/nothing', { headers })).body.requestId).toBe(id);
      await app.post('/v1/sections', { name: '栏目' }, { headers });
      const [event] = await app.deps.db.sql.rows<{ id: string }>(
        'select request_id as id from event order by position desc limit 1',
        [],
      );
      expect(event?.id).toBe(id);
    },
  );

  it.each(['', ' ', 'a b', 'a'.repeat(101), '"><script>', '{"a":1}', 'a,b', 'a;b', 'a\tb'])(
    'that is malformed is replaced by one of ours: %j',
    async (id) => {
      const answer = await app.get('/v1/nothing', { headers: { 'X-Request-Id': id } });
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.body.requestId).toBe(answer.headers['x-request-id']);
    },
  );

  it('differs from request to request where none is given', async () => {
    const ids = [];
    for (let i = 0; i < 5; i += 1) ids.push((await app.get('/health/live')).headers['x-request-id']);
    expect(new Set(ids).size).toBe(5);
  });
});

describe('addresses in answers come from PUBLIC_URL, never from the request:', () => {
  it.each<Record<string, string>>([
    { Host: 'evil.test' },
    { 'X-Forwarded-Host': 'evil.test' },
    { 'X-Forwarded-Proto': 'http' },
    { 'X-Forwarded-For': 'evil.test', 'X-Forwarded-Port': '64666' },
    { Forwarded: 'host=evil.test;proto=http' },
    { 'X-Original-URL': '/evil', 'X-Rewrite-URL': '/evil', 'X-Forwarded-Prefix': '/evil' },
  ])('%j', async (headers) => {
    const one = await app.get('/v1/articles/one', { headers });
    expect(one.body.url).toMatch(/^https:\/\/news\.test\//);
    const list = await app.get('/v1/articles?limit=1', { headers });
    expect(list.headers.link).toMatch(/^<https:\/\/news\.test\/v1\/articles\?limit=1&cursor=/);
    const made = await app.post('/v1/articles', { title: '新' }, { headers });
    expect(made.headers.location).toBe(`https://news.test/v1/articles/${made.body.id}`);
    for (const answer of [one, list, made]) {
      expect(JSON.stringify([answer.headers, answer.text])).not.toMatch(/evil|64666/);
    }
  });

  it('a redirect from a former slug too', async () => {
    const made = await makePublished(app, { title: '旧', slug: 'old' });
    const moved = await app.patch(`/v1/articles/${made.id}`, { slug: 'new-one' }, { ifMatch: made.etag });
    app.clock.advance(1000);
    await app.post(`/v1/articles/${made.id}/publish`, undefined, { ifMatch: moved.headers.etag! });
    const answer = await app.get('/v1/articles/old?body=none', { headers: { Host: 'evil.test' } });
    expect([answer.status, answer.headers.location]).toEqual([301, 'https://news.test/v1/articles/new-one?body=none']);
  });
});

it('an answer with an error is not to be kept, and forgets what the success would have said', async () => {
  const { headers } = await app.get('/v1/articles/one?limit=1');
  expect(headers['cache-control']).toBe('no-store');
  for (const name of ['etag', 'last-modified', 'surrogate-key', 'location', 'link'])
    expect(headers[name]).toBeUndefined();
});

it('the absence of something may be kept for a moment, until a purge of its noun', async () => {
  const { headers } = await app.get('/v1/articles/nothing');
  expect(headers['cache-control']).toMatch(
    /^public, max-age=5, s-maxage=\d+, stale-while-revalidate=0, stale-if-error=0$/,
  );
  expect(headers['surrogate-key']).toBe('articles');
  for (const name of ['etag', 'last-modified', 'location', 'link']) expect(headers[name]).toBeUndefined();
});

it('an unknown address answers the same 404 as a hidden thing, to everyone', async () => {
  const answers = [];
  for (const path of ['/', '/v1', '/v2/articles', '/v1/articles/nothing', '/favicon.ico', '/.env', '/v1/users'])
    for (const as of [undefined, 'viewer', 'admin']) answers.push(await app.get(path, { as }));
  for (const answer of answers) expectProblem(answer, { status: 404, code: 'resource.not_found' });
  const bare = answers.map(({ body: { requestId: _id, ...rest } }) => JSON.stringify(rest));
  expect(new Set(bare).size).toBe(1);
});
