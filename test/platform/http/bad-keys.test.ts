// Keys that are none: 401 for whoever shows a wrong one, on every kind of route, before anything else is judged; 403 for
// a key without the right. Neither writes anything.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey, revokeApiKey } from '../../../src/resources/api-keys/commands.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeSection } from '../../support/factories.ts';
import { expectRefused } from './refusals.ts';

let app: TestApp;
let article: { id: string; etag: string };
const keys: Record<string, string> = {};
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  const section = await makeSection(app, { name: '产经', slug: 'chan-jing' });
  await makeSection(app, { name: '体育', slug: 'ti-yu' });
  article = await makeArticle(app, { title: '青岛再开放', section: section.slug });
  await makePublished(app, { title: '公开', slug: 'live' });
  keys.expired = await app.createKey({ name: 'expired', role: 'admin', expiresAt: '2026-05-27T07:00:00Z' });
  keys.atItsEnd = await app.createKey({ name: 'ends now', role: 'admin', expiresAt: '2026-05-27T08:00:00Z' });
  const revoked = await app.deps.db.prismaTransaction(async (tx) => {
    const made = await createApiKey(tx, app.act(), { name: 'revoked', role: 'admin' }, 'Asia/Shanghai');
    await revokeApiKey(tx, app.act(), made.row.id);
    return made;
  });
  keys.revoked = revoked.key;
  keys.sports = await app.createKey({ name: 'sports', role: 'editor', sections: ['ti-yu'] });
  app.clock.set('2026-05-27T08:00:00Z');
});
afterAll(() => app.close());

const routes: [name: string, method: string, path: () => string, body?: object][] = [
  ['creating an article', 'POST', () => '/v1/articles', { title: '新' }],
  ['patching an article', 'PATCH', () => `/v1/articles/${article.id}`, { title: '新' }],
  ['publishing', 'POST', () => `/v1/articles/${article.id}/publish`, {}],
  ['creating a section', 'POST', () => '/v1/sections', { name: '新' }],
  ['creating a key', 'POST', () => '/v1/api-keys', { name: 'k', role: 'admin' }],
  ['listing keys', 'GET', () => '/v1/api-keys'],
  ['asking who one is', 'GET', () => '/v1/me'],
];
const publicRoutes: typeof routes = [
  ['listing articles', 'GET', () => '/v1/articles'],
  ['listing sections', 'GET', () => '/v1/sections'],
  ['reading an article', 'GET', () => '/v1/articles/live'],
  ['reading the contract', 'GET', () => '/openapi.json'],
];

const mistype = (key: string) => key.slice(0, -1) + (key.endsWith('x') ? 'y' : 'x');
const wrong: [name: string, authorization: () => string][] = [
  ['an unknown key', () => `Bearer mh_${'a'.repeat(8)}_${'b'.repeat(38)}`],
  ['a mistyped key', () => `Bearer ${mistype(app.keys.admin)}`],
  ['a revoked key', () => `Bearer ${keys.revoked}`],
  ['an expired key', () => `Bearer ${keys.expired}`],
  ['a key at the instant of its expiry', () => `Bearer ${keys.atItsEnd}`],
  ['the digest of a key', () => `Bearer ${'ab'.repeat(32)}`],
  ['the prefix of a key', () => `Bearer ${app.keys.admin.slice(0, 11)}`],
  ['two keys', () => `Bearer ${app.keys.admin} ${app.keys.admin}`],
  ['no key behind Bearer', () => 'Bearer'],
  ['Basic', () => `Basic ${Buffer.from(`admin:${app.keys.admin}`).toString('base64')}`],
  ['a key without Bearer', () => app.keys.admin],
  ['an empty header', () => ''],
  ['SQL', () => "Bearer ' or '1'='1"],
  ['15 kB', () => `Bearer ${'k'.repeat(15_000)}`],
];

describe.each(wrong)('%s is a 401, never "anonymous", when', (_name, authorization) => {
  it.each([...routes, ...publicRoutes])('%s', async (_route, method, path, body) => {
    const headers = { Authorization: authorization(), 'If-Match': article.etag };
    const expected = { status: 401, code: 'auth.invalid' };
    const answer = await expectRefused(app, () => app.call(method, path(), { headers, body }), expected);
    expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    const secret = authorization().split(' ').at(-1) ?? '';
    if (secret.length > 10) expect(answer.text).not.toContain(secret);
  });
});

describe('no key at all is a 401 when', () => {
  it.each(routes)('%s', async (_route, method, path, body) => {
    const call = () => app.call(method, path(), { body, ifMatch: article.etag });
    const answer = await expectRefused(app, call, { status: 401, code: 'auth.missing' });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it('asking for drafts', async () => {
    const call = () => app.get('/v1/articles?perspective=draft');
    const answer = await expectRefused(app, call, { status: 401, code: 'auth.missing' });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });
});

describe('a wrong key is refused before the body is judged, so that nobody probes without one:', () => {
  it.each(routes.filter(([, method]) => method !== 'GET'))('%s', async (_route, method, path) => {
    const headers = { Authorization: `Bearer ${keys.revoked}` };
    const call = () => app.call(method, path(), { headers, body: '{"broken', type: 'text/odd' });
    await expectRefused(app, call, { status: 401, code: 'auth.invalid' });
  });
});

const withoutRight: [name: string, as: string, route: (typeof routes)[number]][] = [
  ['viewer', 'viewer', routes[0]!],
  ['viewer', 'viewer', routes[1]!],
  ['viewer', 'viewer', routes[2]!],
  ['writer', 'writer', routes[2]!],
  ['viewer', 'viewer', routes[3]!],
  ['writer', 'writer', routes[3]!],
  ['editor', 'editor', routes[4]!],
  ['editor', 'editor', routes[5]!],
];
it.each(withoutRight.map(([name, as, route]) => [name, route[0], as, route] as const))(
  'a key without the right is a 403: %s, %s',
  async (_name, _what, as, [, method, path, body]) => {
    const call = () => app.call(method, path(), { as, body, ifMatch: article.etag });
    const answer = await expectRefused(app, call, { status: 403, code: 'auth.forbidden' });
    expect(answer.headers['www-authenticate']).toBeUndefined();
  },
);

it.each([
  ['create an article elsewhere', 'POST', '/v1/articles', { title: '新', section: 'chan-jing' }, 403],
  ['create an article nowhere', 'POST', '/v1/articles', { title: '新', tags: ['新'] }, 403],
  ['create a section elsewhere', 'POST', '/v1/sections', { name: '新', parent: 'chan-jing' }, 403],
  ['create a section at the root', 'POST', '/v1/sections', { name: '新' }, 403],
] as const)('a key limited to a section cannot %s', async (_name, method, path, body, status) => {
  const call = () => app.call(method, path, { as: keys.sports, body });
  await expectRefused(app, call, { status, code: 'auth.outside_sections' });
});
