// The headers that answers carry are those that the OpenAPI document names for the route and the status, and every one that
// it names is met.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildDocument } from '../../../src/openapi.ts';
import { type ResponseHeaderName, responseHeaders } from '../../../src/platform/http/response-headers.ts';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { createContract } from '../../support/contract.ts';
import { makeArticle, makePublished, makeSection } from '../../support/factories.ts';

let app: TestApp;
let section: Answer['body'];
let article: Answer['body'];
beforeAll(async () => {
  app = await createTestApp(import.meta.url, {
    CLOUDFLARE_ZONE_ID: 'zone',
    CLOUDFLARE_API_TOKEN: 'token',
    RATE_LIMIT_FAILED_AUTH_PER_MINUTE: '2',
  });
  section = await makeSection(app);
  article = await makePublished(app, { section: section.id });
  await makePublished(app, { section: section.id });
  // Last-Modified is sent once its second is over.
  app.clock.advance(2000);
});
afterAll(() => app.close());

const everywhere = ['X-Request-Id', 'Cache-Control'] as const;
const kept = ['Cache-Status', 'Surrogate-Key', 'Cache-Tag'] as const;
const wrong = 'mh_00000000_0000000000000000000000000000000000000000000000';

type Scenario = [name: string, ask: () => Promise<Answer>, status: number, headers: readonly ResponseHeaderName[]];
const again = async (path: string) => [await app.get(path), await app.get(path)][1]!;
const scenarios: readonly Scenario[] = [
  ['a read', () => app.get(`/v1/articles/${article.id}`), 200, [...kept, 'ETag', 'Last-Modified']],
  ['a read from the cache', () => again(`/v1/articles/${article.id}`), 200, [...kept, 'ETag', 'Last-Modified', 'Age']],
  [
    'a read that has not changed',
    async () => {
      const path = `/v1/articles/${article.id}`;
      return app.get(path, { headers: { 'If-None-Match': (await app.get(path)).headers.etag! } });
    },
    304,
    [...kept, 'ETag', 'Last-Modified', 'Age'],
  ],
  ['a list', () => app.get('/v1/articles?limit=1'), 200, [...kept, 'ETag', 'Last-Modified', 'Link']],
  ['nothing', () => app.get('/v1/articles/wu'), 404, kept],
  [
    'a former slug',
    async () => {
      const moved = await makePublished(app);
      await app.patch(`/v1/articles/${moved.id}`, { slug: 'bie-chu' }, { ifMatch: '*' });
      await app.post(`/v1/articles/${moved.id}/publish`, {}, { ifMatch: '*' });
      app.clock.advance(1000);
      return app.get(`/v1/articles/${moved.slug}`);
    },
    301,
    [...kept, 'Location'],
  ],
  ['this document', () => app.get('/openapi.json'), 200, ['Cache-Status', 'ETag']],
  ['a draft', () => app.get(`/v1/articles/${article.id}?perspective=draft`, { as: 'editor' }), 200, ['ETag']],
  ['drafts', () => app.get('/v1/articles?perspective=draft&limit=1', { as: 'editor' }), 200, ['Link']],
  ['a creation', () => app.post('/v1/articles', { title: '新' }), 201, ['ETag', 'Location', 'Data-Version']],
  ['a rehearsal', () => app.post('/v1/articles?dryRun=true', { title: '新' }), 201, []],
  [
    'a retry',
    async () => {
      const send = () => app.post('/v1/tags', { name: '港口' }, { headers: { 'Idempotency-Key': 'once' } });
      return [await send(), await send()][1]!;
    },
    201,
    ['ETag', 'Location', 'Data-Version', 'Idempotency-Replayed'],
  ],
  [
    'a retry of what was refused',
    async () => {
      const send = () =>
        app.delete(`/v1/articles/${article.id}`, { ifMatch: '"r99"', headers: { 'Idempotency-Key': 'refused' } });
      return [await send(), await send()][1]!;
    },
    412,
    ['Data-Version', 'Idempotency-Replayed'],
  ],
  [
    'a removal',
    async () => app.delete(`/v1/articles/${(await makeArticle(app)).id}`, { ifMatch: '*' }),
    204,
    ['Data-Version'],
  ],
  [
    'a batch',
    () => app.post('/v1/batch', { operations: [{ method: 'POST', path: '/v1/tags', body: { name: '海洋' } }] }),
    200,
    ['Data-Version'],
  ],
  [
    'a write that changed nothing',
    () => app.patch(`/v1/sections/${section.id}`, { name: section.name }, { ifMatch: '*' }),
    200,
    ['ETag', 'Data-Version'],
  ],
  [
    'a preview',
    async () => {
      const link = await app.post(`/v1/articles/${article.id}/preview-links`, { expiresInSeconds: 3600 });
      return app.get(new URL(link.body.url).pathname);
    },
    200,
    ['X-Robots-Tag'],
  ],
  [
    'a body in a coding',
    () => app.post('/v1/articles', { title: '新' }, { headers: { 'Content-Encoding': 'gzip' } }),
    415,
    ['Accept-Encoding'],
  ],
  ['a read that is refused', () => app.get('/v1/articles?minVersion=newest'), 400, []],
  ['no key', () => app.get('/v1/me'), 401, ['WWW-Authenticate']],
  [
    'wrong keys',
    async () => {
      for (let n = 0; n < 2; n += 1) await app.get('/v1/me', { as: wrong });
      return app.get('/v1/me', { as: wrong });
    },
    429,
    ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
  ],
];
const met = new Set<string>();

describe('headers of ours', () => {
  it.each(scenarios)('with %s are what the document names, and these', async (_name, ask, status, headers) => {
    // Each call holds its answer against the document (contract.ts).
    const answer = await ask();
    expect(answer.status, answer.text).toBe(status);
    const sent = Object.keys(responseHeaders).filter((name) => answer.headers[name.toLowerCase()] !== undefined);
    for (const name of sent) met.add(name);
    expect(sent.toSorted()).toEqual([...everywhere, ...headers].toSorted());
  });

  it('are all met in these answers', () => {
    expect(Object.keys(responseHeaders).filter((name) => !met.has(name))).toEqual([]);
  });

  it('that the document does not name for the route and the status fail the test that met them', async () => {
    const contract = createContract(await buildDocument());
    const answer = { status: 200, type: 'application/json', body: { status: 'ok' } };
    contract.check('GET', '/health/live', { ...answer, headers: { 'cache-control': 'private, no-store' } });
    expect(() => contract.check('GET', '/health/live', { ...answer, headers: { 'data-version': '1.a' } })).toThrow(
      'the document of getLiveness does not name the header Data-Version',
    );
  });
});
