// Attacks on what others are answered from the cache: no header and no way to write an address makes an answer that
// another client would get, and none reads what is stored under another address.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished } from '../../support/factories.ts';
import { ask } from './asking.ts';
import { type Listening, listen, sendRaw } from './listening.ts';

let app: TestApp;
let server: Listening;
let other: string;
let draft: string;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  server = await listen(app);
  other = (await makePublished(app, { title: '另一篇' })).id;
  draft = (await makeArticle(app, { title: '密稿', slug: 'secret' })).id;
});
afterAll(async () => {
  await server.close();
  await app.close();
});

const get = (path: string, headers?: Record<string, string>) => ask(server.port, path, headers);

const evil = 'evil.test';
const tricks: [name: string, headers: () => Record<string, string>][] = [
  ['Host', () => ({ Host: evil })],
  ['X-Forwarded-Host', () => ({ 'X-Forwarded-Host': evil, 'X-Forwarded-Proto': 'http', 'X-Forwarded-Port': '1' })],
  ['Forwarded', () => ({ Forwarded: `host=${evil};proto=http` })],
  ['X-Original-URL', () => ({ 'X-Original-URL': `/v1/articles/${other}`, 'X-Original-Host': evil })],
  ['X-Rewrite-URL', () => ({ 'X-Rewrite-URL': `/v1/articles/${draft}?perspective=draft` })],
  ['X-Forwarded-Prefix', () => ({ 'X-Forwarded-Prefix': '/evil', 'X-Forwarded-Path': '/evil' })],
  ['X-HTTP-Method-Override', () => ({ 'X-HTTP-Method-Override': 'DELETE', 'X-Method-Override': 'DELETE' })],
  ['X-HTTP-Method', () => ({ 'X-HTTP-Method': 'POST' })],
  ['Origin', () => ({ Origin: `http://${evil}`, Referer: `http://${evil}/` })],
  ['Cookie', () => ({ Cookie: 'session=1; perspective=draft' })],
  ['Accept-Language', () => ({ 'Accept-Language': 'en', 'Accept-Charset': 'utf-7' })],
  ['Accept', () => ({ Accept: 'application/json, text/html;q=0.1' })],
  ['Cache-Control', () => ({ 'Cache-Control': 'no-cache, no-store', Pragma: 'no-cache' })],
  ['X-Forwarded-For', () => ({ 'X-Forwarded-For': '10.0.0.1', 'X-Real-IP': '10.0.0.1', 'True-Client-IP': '10.0.0.1' })],
  ['Content-Length of a body that a GET has not', () => ({ 'Content-Length': '0', 'Content-Type': 'text/html' })],
];

describe('a header changes no answer, neither its sender’s nor that of whoever asks next:', () => {
  it.each(tricks)('%s', async (_name, headers) => {
    for (const read of [
      async () => `/v1/articles/${(await makePublished(app, { body: { text: '正文' } })).id}`,
      async () =>
        `/v1/articles?limit=1&publishedAfter=2026-01-01&sort=${['title', '-updatedAt'][app.clock.now().getTime() % 2]}`,
      async () => `/v1/articles/nowhere-${app.clock.now().getTime()}`,
    ]) {
      app.clock.advance(1001);
      const path = await read();
      app.clock.advance(1001);
      const [tricked, next] = [await get(path, headers()), await get(path)];
      expect(tricked.status).toBe(next.status);
      expect(tricked.headers.etag).toBe(next.headers.etag);
      expect(tricked.headers.link).toBe(next.headers.link);
      if (next.status === 200) expect(tricked.bytes).toEqual(next.bytes);
      for (const { bytes, headers: shown } of [tricked, next]) {
        const whole = bytes.toString() + JSON.stringify(shown);
        expect(whole).not.toContain('evil');
        expect(whole).not.toContain('密稿');
      }
    }
  });
});

const raw = (line: string, ...headers: string[]) =>
  sendRaw(server.port, [`${line} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers, '', ''].join('\r\n'));

describe('an address is one however it is written, and none is another’s:', () => {
  it.each([
    ['the absolute form', (path: string) => `http://${evil}${path}`],
    ['the absolute form with a name and a port', (path: string) => `http://user:password@${evil}:8080${path}`],
    ['a letter in percent form', (path: string) => path.replace('articles/', 'art%69cles/')],
    ['a fragment, which no client sends', (path: string) => `${path}#more`],
  ])('%s is the same address, or none', async (_name, write) => {
    const { id } = await makePublished(app);
    const path = `/v1/articles/${id}`;
    const first = await get(path);
    const answer = await raw(`GET ${write(path)}`);
    expect([200, 400, 404]).toContain(answer.status);
    if (answer.status === 200) expect(answer.headers.etag).toBe(first.headers.etag);
    expect(JSON.stringify(answer)).not.toContain('evil');
    expect((await get(path)).headers.etag).toBe(first.headers.etag);
  });

  it.each([
    ['a way up', (id: string) => `/v1/articles/x/../${id}`],
    ['an encoded way up', (id: string) => `/v1/articles/x/%2e%2e/${id}`],
    ['an encoded slash', (id: string) => `/v1/articles%2F${id}`],
    ['an encoded slash behind', (id: string) => `/v1/articles/${id}%2F`],
    ['an encoded slash within', (id: string) => `/v1/articles/x%2F..%2F${id}`],
    ['a dot', (id: string) => `/v1/./articles/${id}`],
    ['an encoded dot', (id: string) => `/v1/articles/%2e/${id}`],
    ['two slashes', (id: string) => `/v1//articles/${id}`],
    ['a slash behind', (id: string) => `/v1/articles/${id}/`],
    ['capitals', (id: string) => `/V1/Articles/${id}`],
    ['a back slash', (id: string) => `/v1/articles\\${id}`],
    ['a semicolon', (id: string) => `/v1/articles/${id};a=b`],
    ['an encoded question mark', (id: string) => `/v1/articles/${id}%3Ffields=title`],
    ['an encoded NUL', (id: string) => `/v1/articles/${id}%00`],
    ['a NUL before another key', (id: string) => `/v1/articles/%00${id}`],
    ['a key of the cache', (id: string) => `/v1/articles/getArticle%00%00${id}`],
  ])('%s leads nowhere', async (_name, write) => {
    const { id } = await makePublished(app, { title: '在此' });
    expect((await get(`/v1/articles/${id}`)).status).toBe(200);
    const answer = await raw(`GET ${write(id)}`);
    expect([400, 404]).toContain(answer.status);
    expect(answer.text).not.toContain('在此');
    expect((await get(`/v1/articles/${id}`)).status).toBe(200);
  });

  it('a query that looks like another one’s key is a query', async () => {
    const path = `/v1/articles/${other}`;
    const first = await get(`${path}?fields=title`);
    for (const search of ['?fields=title%26perspective%3Ddraft', '?fields=title%00', '?fields=title","x']) {
      expect((await get(path + search)).status).toBe(400);
    }
    expect((await get(`${path}?fields=title`)).bytes).toEqual(first.bytes);
  });
});

describe('the method counts, whatever is said of it', () => {
  it('a write in disguise of a read, and the reverse, is what its method says', async () => {
    const { id } = await makePublished(app);
    const path = `/v1/articles/${id}`;
    const headers = { Authorization: `Bearer ${app.keys.admin}`, 'X-HTTP-Method-Override': 'DELETE', 'If-Match': '*' };
    expect((await get(`${path}?fields=title`, headers)).status).toBe(200);
    expect((await get(`${path}?_method=DELETE`, headers)).status).toBe(400);
    const posted = await ask(server.port, path, { 'X-HTTP-Method-Override': 'GET' }, 'POST');
    expect(posted.status).toBe(405);
    expect((await get(path)).status).toBe(200);
  });

  it.each(['POST', 'PUT', 'OPTIONS', 'TRACE', 'PURGE', 'BAN'])('%s leaves what is kept as it is', async (method) => {
    const path = `/v1/articles/${other}`;
    const first = await get(path);
    const answer = await raw(`${method} ${path}`, 'Content-Length: 0');
    expect(answer.status).not.toBe(200);
    expect((await get(path)).bytes).toEqual(first.bytes);
  });
});
