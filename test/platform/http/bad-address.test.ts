// Addresses and headers that nobody should send. Most must reach the server byte for byte, so they go over a raw socket.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makePublished } from '../../support/factories.ts';
import { type Listening, listen, sendRaw } from './listening.ts';
import { expectProblem, expectRefused } from './refusals.ts';

let app: TestApp;
let server: Listening;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  await makePublished(app, { title: '青岛再开放', slug: 'qing-dao' });
  server = await listen(app);
});
afterAll(async () => {
  await server.close();
  await app.close();
});

const request = (line: string, ...headers: string[]) =>
  Buffer.from([`${line} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers, '', ''].join('\r\n'), 'latin1');
const get = (path: string, ...headers: string[]) => sendRaw(server.port, request(`GET ${path}`, ...headers));

const invalid = { status: 400, code: 'request.invalid' };
const notFound = { status: 404, code: 'resource.not_found' };
const addresses: [name: string, path: string, expected: { status: number; code: string }][] = [
  ['a NUL in a slug', '/v1/articles/a%00b', { ...invalid }],
  ['a NUL in the place of a slug', '/v1/articles/%00', { ...invalid }],
  ['a surrogate in a slug', '/v1/articles/%ED%A0%80', invalid],
  ['bytes that are not UTF-8', '/v1/articles/%FF%FE', invalid],
  ['an overlong slash', '/v1/articles/..%C0%AF', invalid],
  ['a lone percent sign', '/v1/articles/100%', invalid],
  ['a percent sign before letters', '/v1/articles/%zz', invalid],
  ['raw bytes', '/v1/articles/\xff\xfe', invalid],
  ['a way up', '/v1/articles/../../etc/passwd', notFound],
  ['an encoded way up', '/v1/articles/..%2F..%2Fetc%2Fpasswd', notFound],
  ['a way up in the documentation', '/docs/static/..%2F..%2F..%2Fpackage.json', notFound],
  ['two slashes', '//v1/articles', notFound],
  ['a slash too many', '/v1/articles/', invalid],
  ['capitals', '/V1/articles', notFound],
  ['an id too long for one', `/v1/articles/${'a'.repeat(400)}`, invalid],
  ['an id longer than the router takes', `/v1/articles/${'a'.repeat(600)}`, notFound],
  ['10 kB', `/v1/articles/${'a'.repeat(10_000)}`, notFound],
  ['10 kB of segments', `/v1${'/a'.repeat(5000)}`, notFound],
  ['10 kB of encoded slashes', `/v1/articles/${'%2F'.repeat(3300)}`, notFound],
  ['SQL', "/v1/articles/'%3B%20drop%20table%20article%3B--", notFound],
  ['an inherited name', '/v1/articles/__proto__', notFound],
  ['another inherited name', '/v1/articles/constructor', notFound],
  ['an operator', '/v1/articles/%7B%22contains%22:%22a%22%7D', notFound],
  ['a matrix parameter', '/v1/articles;a=b', notFound],
  ['nothing', '/v1', notFound],
  ['an absolute form of somebody else', 'http://evil.test/v1/nothing', notFound],
];
describe('an address is refused with a problem that holds nothing of the system:', () => {
  it.each(addresses)('%s', async (_name, path, expected) => {
    await expectRefused(app, () => get(path), expected);
  });

  it('a key id that is none, named by its place', async () => {
    const call = () => app.get('/v1/api-keys/1%20or%201=1', { as: 'admin' });
    await expectRefused(app, call, { ...invalid, pointer: ':id' });
  });

  it('a slug with NUL, named by its place', async () => {
    const call = () => app.patch('/v1/articles/a%00b', { title: '新' }, { ifMatch: '"r1"' });
    await expectRefused(app, call, { ...invalid, pointer: ':idOrSlug' });
  });

  it('an external id with NUL, named by its place', async () => {
    const call = () => app.put('/v1/articles/by-external-id/a%00b', { title: '新' });
    await expectRefused(app, call, { ...invalid, pointer: ':externalId' });
  });
});

describe('headers', () => {
  it.each([
    ['one of 20 kB', `X-Large: ${'a'.repeat(20_000)}`],
    ['a thousand', Array.from({ length: 1000 }, (_, i) => `X-${i}: ${'a'.repeat(20)}`).join('\r\n')],
    ['a key of 20 kB', `Authorization: Bearer ${'a'.repeat(20_000)}`],
  ])('that are too large are a 431: %s', async (_name, header) => {
    const answer = await get('/v1/articles', header);
    expectProblem(answer, { status: 431, code: 'request.header_too_large' });
    expect(answer.headers.connection).toBe('close');
  });

  it('an address too long for the headers is a 431', async () => {
    expect((await get(`/v1/articles/${'a'.repeat(20_000)}`)).body.code).toBe('request.header_too_large');
  });

  it.each([
    ['If-Modified-Since: never', '/v1/articles/qing-dao'],
    ['If-Modified-Since: 99999999999999999999', '/v1/articles/qing-dao'],
    [`If-None-Match: ${',"'.repeat(4000)}`, '/v1/articles/qing-dao'],
    ['If-None-Match: \xff', '/v1/articles/qing-dao'],
    ['Range: bytes=0-1', '/v1/articles/qing-dao'],
    ['Accept-Language: \xff\xfe', '/v1/articles/qing-dao'],
    ['Content-Length: 0', '/v1/articles'],
    ['X-HTTP-Method-Override: DELETE', '/v1/articles/qing-dao'],
    ['Upgrade: websocket', '/v1/articles'],
    ['Cookie: a=b', '/v1/articles'],
    ['Origin: null', '/v1/articles'],
  ])('that cannot be understood or do not matter change nothing: %s', async (header, path) => {
    const answer = await get(path, header);
    expect(answer.status).toBe(200);
    expect(answer.text).toBe((await get(path)).text);
  });

  it.each([
    ['a media type that is none', 'Accept: \xff'],
    ['4,000 of them', `Accept: ${'a/b,'.repeat(3000)}`],
  ])('Accept with %s is a 406, not a failure', async (_name, header) => {
    expectProblem(await get('/v1/articles', header), { status: 406, code: 'request.not_acceptable' });
  });

  it.each([
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6'],
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked'],
    ['a negative length', 'Content-Length: -1'],
    ['a length that is none', 'Content-Length: ten'],
    ['a broken line', 'X-Broken'],
    ['a blank in a name', 'X Broken: 1'],
    ['a NUL', 'X-Nul: a\0b'],
  ])('that could smuggle a second request are a 400: %s', async (_name, header) => {
    const line = request('POST /v1/articles', 'Content-Type: application/json', header).toString('latin1');
    const answer = await sendRaw(server.port, `${line}{"a":1}`);
    expectProblem(answer, invalid);
    expect(answer.headers.connection).toBe('close');
  });
});
