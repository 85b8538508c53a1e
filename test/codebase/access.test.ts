// Who may do what: the committed matrix is what the code says, and the running app does what the matrix says.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessRow, type Caller, callers, listAccess, printAccess } from '../../scripts/support/access-matrix.ts';
import { buildUnservedApp } from '../../src/openapi.ts';
import { listDeclarations, type RouteFacts } from '../../src/platform/http/declaration.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { readText } from './files.ts';

const unserved = await buildUnservedApp();
const routes = listDeclarations(unserved);
await unserved.close();
const matrix = listAccess(routes);
const factsOf = (row: AccessRow) => routes.find((route) => route.operationId === row.operationId) as RouteFacts;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  // What the example of the import names: making it on the way would need a right of its own.
  await app.post('/v1/sections', { name: '产经' });
  await app.post('/v1/sources', { name: '文化视界' });
});
afterAll(() => app.close());

describe('the role × route matrix', () => {
  it('is committed as the code says it (npx tsx scripts/access.ts)', () => {
    expect(readText('docs/access.md')).toBe(printAccess(matrix));
  });

  it('has every operation of the OpenAPI document', async () => {
    const { body } = await app.get('/openapi.json');
    const paths = Object.values(body.paths) as Record<string, { operationId: string }>[];
    const operations = paths.flatMap((methods) => Object.values(methods)).map(({ operationId }) => operationId);
    expect([...new Set(matrix.map((row) => row.operationId))].toSorted()).toEqual(operations.toSorted());
  });

  it('gives an anonymous caller reads and nothing else', () => {
    const open = matrix.filter((row) => row.access.anonymous !== 'none');
    expect(open.filter((row) => row.method !== 'GET' || row.search !== '')).toEqual([]);
  });

  it('gives each role at least what the role below has', () => {
    const rank = { none: 0, own: 1, all: 2 };
    // The monitor stands beside the others.
    const ladder = callers.filter((caller) => caller !== 'monitor');
    const shrinking = matrix.filter((row) =>
      ladder.some((caller, i) => i > 0 && rank[row.access[caller]] < rank[row.access[ladder[i - 1]!]]),
    );
    expect(shrinking).toEqual([]);
  });

  it('gives a monitor the metrics, and else what everyone has', () => {
    const own = matrix.filter((row) => row.access.monitor !== row.access.anonymous);
    expect(own.map((row) => [row.operationId, row.access.monitor])).toEqual([['getMetrics', 'all']]);
  });
});

// A fresh thing of another's making for each call, so that no call meets what one before it left.
let made = 0;
type Target = { path: string; etag: string };

const collectionOf = ({ url }: AccessRow) => /^\/v1\/([a-z-]+)/.exec(url)?.[1] ?? '';

async function makeTarget(row: AccessRow, as: Caller): Promise<Target> {
  made += 1;
  if (!row.url.includes(':')) return { path: row.url, etag: '"r1"' };
  const collection = collectionOf(row);
  if (collection === 'api-keys') {
    const key = await app.post('/v1/api-keys', { name: `key ${made}`, role: 'viewer' }, { as: 'admin' });
    return { path: row.url.replace(':id', key.body.id), etag: '"r1"' };
  }
  if (collection === 'search') {
    const term = await app.post('/v1/search/terms', { text: `新词第${made}个` }, { as: 'admin' });
    return { path: row.url.replace(':id', term.body.id), etag: '"r1"' };
  }
  const plural = collection === 'previews' ? 'articles' : collection;
  const naming = plural === 'articles' ? { title: `稿件 ${made}` } : { name: `名 ${made}` };
  const answer = await app.post(`/v1/${plural}`, { ...naming, externalId: `x-${made}` }, { as });
  expect(answer.status).toBe(201);
  const etag = await prepare(row, plural, answer.body.id, answer.headers.etag!);
  return { path: await fillPath(row.url, answer.body.id), etag };
}

/** Brings the thing to where the route can do something with it. */
async function prepare(row: AccessRow, plural: string, id: string, etag: string): Promise<string> {
  if (row.url.endsWith('/untrash')) {
    await app.delete(`/v1/${plural}/${id}`, { as: 'admin', ifMatch: etag });
    return '"r2"';
  }
  const isPublicRead =
    row.method === 'GET' && row.search === '' && /^\/v1\/articles\/:idOrSlug(?:\/related)?$/.test(row.url);
  if (isPublicRead) await app.post(`/v1/articles/${id}/publish`, undefined, { ifMatch: etag });
  return etag;
}

async function fillPath(url: string, id: string): Promise<string> {
  let path = url
    .replace(':externalId', `x-${made}`)
    .replace(':idOrSlug', id)
    .replace(/:(?:number|from|to)\b/g, '1');
  if (path.includes('/comments/:id')) {
    const comment = await app.post(`/v1/articles/${id}/comments`, { text: '请核实。' }, { as: 'admin' });
    path = path.replace(':id', comment.body.id);
  }
  if (path.includes('preview')) {
    const link = await app.post(`/v1/articles/${id}/preview-links`, {}, { as: 'admin' });
    path = path.replace(':token', link.body.token).replace(':id', link.body.id);
  }
  return path;
}

async function attempt(row: AccessRow, caller: Caller, maker: Caller) {
  const { path, etag } = await makeTarget(row, maker);
  const facts = factsOf(row);
  await app.newEvents();
  // A search has something to look for.
  const search = [
    ...(['/v1/search', '/v1/search/suggest'].includes(row.url) ? ['q=x'] : []),
    ...(row.search === '' ? [] : [row.search]),
  ].join('&');
  const answer = await app.call(row.method, `${path}${search === '' ? '' : `?${search}`}`, {
    as: caller === 'anonymous' ? undefined : caller,
    ifMatch: row.method === 'GET' ? undefined : etag,
    body: facts.examples?.body,
    type: facts.consumes?.[0],
  });
  return { status: answer.status, events: await app.newEvents() };
}

const refusal = (caller: Caller) => (caller === 'anonymous' ? 401 : 403);
const cases = matrix.flatMap((row) =>
  callers.map((caller) => ({
    row,
    caller,
    grant: row.access[caller],
    title: `${row.method} ${row.url}${row.search && `?${row.search}`}`,
  })),
);

describe('the running app', () => {
  it.each(cases.filter(({ grant }) => grant === 'none'))(
    'refuses $title to $caller, and nothing happens',
    async ({ row, caller }) => {
      expect(await attempt(row, caller, 'admin')).toEqual({ status: refusal(caller), events: [] });
    },
  );

  it.each(cases.filter(({ grant }) => grant === 'all'))('lets $caller use $title', async ({ row, caller }) => {
    const { status } = await attempt(row, caller, 'admin');
    // The example may refer to what is not here (422) or be taken (409); never may it be refused for want of a right.
    expect([200, 201, 204, 409, 422]).toContain(status);
  });

  it.each(cases.filter(({ grant }) => grant === 'own'))(
    'lets $caller use $title on what is its own',
    async ({ row, caller }) => {
      const { status } = await attempt(row, caller, caller);
      expect([200, 201, 204, 409, 422]).toContain(status);
    },
  );

  it.each(cases.filter(({ grant }) => grant === 'own'))(
    "refuses $title to $caller on another's, and nothing happens",
    async ({ row, caller }) => {
      expect(await attempt(row, caller, 'admin')).toEqual({ status: 403, events: [] });
    },
  );

  it.each([
    ['publishes', '?publish=true', '文化视界'],
    ['makes a source', '', '新来源'],
  ])('refuses an import that %s on the way to a role that may not', async (_what, search, source) => {
    const page = `首页 > 产经 > 正文\n\n标题 ${source}\n\n来源: ${source} 2020-05-27 14:48:49\n  正文一段。\n`;
    await app.newEvents();
    const answer = await app.post(`/v1/imports/page-text${search}`, page, { as: 'writer', type: 'text/plain' });
    expect({ status: answer.status, events: await app.newEvents() }).toEqual({ status: 403, events: [] });
  });
});
