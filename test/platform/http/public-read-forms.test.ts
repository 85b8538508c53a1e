// The forms in which a public answer leaves (plain, gzip, br, none at all), whatever a client says that it has or takes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makePublished } from '../../support/factories.ts';
import { ask, decode, untilKept } from './asking.ts';
import { type Listening, listen } from './listening.ts';

let app: TestApp;
let server: Listening;
let path: string;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  server = await listen(app);
  const { id } = await makePublished(app, { body: { text: '青岛港的早晨。\n'.repeat(300) } });
  path = `/v1/articles/${id}`;
  app.clock.advance(60_000);
  for (const coding of codings) await untilKept(server.port, path, { 'Accept-Encoding': coding });
});
afterAll(async () => {
  await server.close();
  await app.close();
});

const codings = ['identity', 'gzip', 'br'] as const;
const get = (headers: Record<string, string> = {}, method = 'GET', address = path) =>
  ask(server.port, address, headers, method);
const codingOf = async (accepted?: string) =>
  (await get(accepted === undefined ? {} : { 'Accept-Encoding': accepted })).headers['content-encoding'] ?? 'identity';

describe('each coding', () => {
  it('says the same, under a tag of its own, of its own length, and that it depends on Accept-Encoding', async () => {
    const answers = await Promise.all(codings.map((coding) => get({ 'Accept-Encoding': coding })));
    expect(new Set(answers.map(decode)).size).toBe(1);
    expect(answers.map(({ headers }) => headers['content-encoding'] ?? 'identity')).toEqual(codings);
    const [plain, ...coded] = answers.map(({ headers }) => headers.etag!.slice(1, -1));
    expect(coded).toEqual([`${plain}-gz`, `${plain}-br`]);
    for (const { headers, bytes } of answers) {
      expect(headers).toMatchObject({ vary: 'Accept-Encoding', 'content-length': String(bytes.length) });
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
    }
  });

  it.each(codings)('%s: is a 304 to its own tag and a 200 to those of the others', async (coding) => {
    const tags = await Promise.all(codings.map(async (each) => (await get({ 'Accept-Encoding': each })).headers.etag!));
    for (const [n, tag] of tags.entries()) {
      const answer = await get({ 'Accept-Encoding': coding, 'If-None-Match': tag });
      expect(answer.status).toBe(codings[n] === coding ? 304 : 200);
      if (answer.status === 304) {
        expect(answer.bytes).toHaveLength(0);
        expect(answer.headers).toMatchObject({ etag: tag, vary: 'Accept-Encoding' });
        expect(answer.headers).not.toHaveProperty('content-encoding');
      }
    }
  });

  it.each(codings)('%s: HEAD has the headers of GET, and no bytes', async (coding) => {
    const asked = { 'Accept-Encoding': coding, 'X-Request-Id': 'same' };
    const [whole, head] = [await get(asked), await get(asked, 'HEAD')];
    expect([head.status, head.bytes.length]).toEqual([200, 0]);
    // What the cache did may differ on a busy machine.
    const { date: _1, age: _2, 'cache-status': _3, ...expected } = whole.headers;
    const { date: _4, age: _5, 'cache-status': _6, ...shown } = head.headers;
    expect(shown).toEqual(expected);
  });

  it('is made once, however many ask for it at a time', async () => {
    const { id } = await makePublished(app, { body: { text: '并发。\n'.repeat(500) } });
    const asked = { 'Accept-Encoding': 'br' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => get(asked, 'GET', `/v1/articles/${id}`)));
    expect(new Set(answers.map(({ bytes }) => bytes.toString('base64'))).size).toBe(1);
    expect(new Set(answers.map(({ headers }) => headers['content-encoding']))).toEqual(new Set(['br']));
  });

  it('is not worth it for a small answer', async () => {
    const answer = await get({ 'Accept-Encoding': 'br' }, 'GET', '/v1/sections');
    expect(answer.headers).toMatchObject({ vary: 'Accept-Encoding' });
    expect(answer.headers).not.toHaveProperty('content-encoding');
  });
});

describe('Accept-Encoding', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['identity', 'identity'],
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=0.5, gzip', 'gzip'],
    ['gzip;q=0, br;q=0', 'identity'],
    ['br;q=0, *', 'gzip'],
    ['*', 'br'],
    ['*;q=0', 'identity'],
    ['identity;q=0, *;q=0', 'identity'],
    ['GZIP', 'gzip'],
    ['  br ;q=1 ', 'br'],
    ['deflate', 'identity'],
    ['brotli, x-gzip', 'identity'],
    ['br;q=banana', 'identity'],
    [';;;,,,=', 'identity'],
    ['"br"', 'identity'],
  ])('%j is answered as %s', async (accepted, coding) => {
    const found = await codingOf(accepted);
    expect(found).toBe(coding);
  });

  it('of thousands of unknown codings and a known one is answered as that', async () => {
    expect(await codingOf(`${'x,'.repeat(3000)}br`)).toBe('br');
  });
});

describe('a condition in a wrong form is no condition:', () => {
  const date = async (ms: number) => {
    const { headers } = await get();
    return new Date(Date.parse(headers['last-modified']!) + ms);
  };
  it.each([
    ['no tag', () => ({ 'If-None-Match': 'garbage' })],
    ['a tag that is not closed', () => ({ 'If-None-Match': '"abc' })],
    ['only commas', () => ({ 'If-None-Match': ',,,,' })],
    ['nothing', () => ({ 'If-None-Match': '' })],
    ['a star in quotes', () => ({ 'If-None-Match': '"*"' })],
    ['thousands of other tags', () => ({ 'If-None-Match': Array.from({ length: 2000 }, (_, n) => `"${n}"`).join() })],
    ['a date of another form', async () => ({ 'If-Modified-Since': (await date(5000)).toISOString() })],
    ['a local date', async () => ({ 'If-Modified-Since': (await date(5000)).toString() })],
    ['only a year to come', () => ({ 'If-Modified-Since': '2999' })],
    ['a date to come', () => ({ 'If-Modified-Since': new Date('2999-01-01').toUTCString() })],
    [
      'two dates',
      async () => ({ 'If-Modified-Since': `${(await date(0)).toUTCString()}, ${(await date(0)).toUTCString()}` }),
    ],
    ['a number', () => ({ 'If-Modified-Since': '99999999999999' })],
    ['a part', () => ({ Range: 'bytes=0-10' })],
    ['a part of what is not there', () => ({ Range: 'bytes=999999999-' })],
    ['a part under a condition', async () => ({ Range: 'bytes=0-1', 'If-Range': (await get()).headers.etag! })],
    ['If-Match with another tag', () => ({ 'If-Match': '"other"' })],
    ['If-Match that is garbage', () => ({ 'If-Match': 'garbage' })],
    ['If-Unmodified-Since', () => ({ 'If-Unmodified-Since': new Date(0).toUTCString() })],
  ] as [string, () => Record<string, string> | Promise<Record<string, string>>][])('%s', async (_name, headers) => {
    const [whole, answer] = [await get(), await get(await headers())];
    expect(answer.status).toBe(200);
    expect(answer.bytes).toEqual(whole.bytes);
    expect(answer.headers.etag).toBe(whole.headers.etag);
  });

  it('a tag among a thousand others is found all the same', async () => {
    const { headers } = await get();
    const tags = Array.from({ length: 1000 }, (_, n) => `"${n}"`);
    expect((await get({ 'If-None-Match': [...tags, headers.etag].join(', ') })).status).toBe(304);
  });
});
