// What browsers on other sites may do: read what is public, from anywhere unless configured, and never with credentials.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makePublished } from '../../support/factories.ts';
import { type Listening, listen, sendRaw } from './listening.ts';

let app: TestApp;
let limited: Listening;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  await makePublished(app, { title: '青岛再开放', slug: 'one' });
  limited = await listen(app, { CORS_ORIGINS: 'https://a.test, https://b.test' });
});
afterAll(async () => {
  await limited.close();
  await app.close();
});

const preflight = (method: string) => ({
  Origin: 'https://reader.test',
  'Access-Control-Request-Method': method,
  'Access-Control-Request-Headers': 'authorization, if-match, content-type, x-request-id',
});

describe('without configuration', () => {
  it.each(['https://reader.test', 'http://localhost:5173', 'null'])('any origin may read: %s', async (Origin) => {
    for (const path of ['/v1/articles', '/v1/articles/one', '/openapi.json', '/v1/articles/nothing', '/v1/nothing']) {
      const { headers } = await app.get(path, { headers: { Origin } });
      expect(headers['access-control-allow-origin']).toBe('*');
      expect(headers['access-control-allow-credentials']).toBeUndefined();
    }
  });

  it('the answer does not depend on the origin, so caches may share it', async () => {
    const [a, b] = [await app.get('/v1/articles/one'), await app.get('/v1/articles/one', { headers: { Origin: 'x' } })];
    expect([a.headers.vary, b.headers.vary]).toEqual(['Accept-Encoding', 'Accept-Encoding']);
    expect(a.headers['access-control-allow-origin']).toBe('*');
    expect(b.text).toBe(a.text);
  });

  it('a script may read the headers it needs', async () => {
    const { headers } = await app.get('/v1/articles/one', { headers: { Origin: 'https://reader.test' } });
    const exposed = headers['access-control-expose-headers']!.split(/, */);
    expect(exposed).toEqual(expect.arrayContaining(['ETag', 'Link', 'Location', 'X-Request-Id', 'Retry-After']));
  });

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    'a preflight for %s is let through, and kept a day',
    async (method) => {
      const answer = await app.call('OPTIONS', '/v1/articles/one', { headers: preflight(method) });
      expect(answer.status).toBe(204);
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      expect(answer.headers['access-control-allow-methods']!.split(/, */)).toContain(method);
      const allowed = answer.headers['access-control-allow-headers']!.toLowerCase();
      for (const name of ['authorization', 'if-match', 'content-type']) expect(allowed).toContain(name);
      expect(answer.headers['access-control-max-age']).toBe('86400');
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    },
  );

  it('a preflight passes without a key even where the operation needs one', async () => {
    const answer = await app.call('OPTIONS', '/v1/api-keys', { headers: preflight('POST') });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([204, '*']);
  });
});

describe('with CORS_ORIGINS', () => {
  const ask = (origin: string | null, line = 'GET /v1/articles', ...headers: string[]) => {
    const lines = [`${line} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers];
    return sendRaw(limited.port, [...lines, ...(origin === null ? [] : [`Origin: ${origin}`]), '', ''].join('\r\n'));
  };

  it.each(['https://a.test', 'https://b.test'])('an origin that is named may read: %s', async (origin) => {
    const answer = await ask(origin);
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe(origin);
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    expect(answer.headers.vary).toContain('Origin');
  });

  it.each([
    'https://evil.test',
    'https://a.test.evil.test',
    'http://a.test',
    'https://a.test:444',
    'null',
    'https://A.evil',
  ])('another may not: %s', async (origin) => {
    const answer = await ask(origin);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    // A cache must not hand this answer to an origin that may.
    expect(answer.headers.vary).toContain('Origin');
    const asked = await ask(origin, 'OPTIONS /v1/articles', 'Access-Control-Request-Method: POST');
    expect(asked.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('who sends no origin is no browser, and reads', async () => {
    expect((await ask(null)).status).toBe(200);
  });
});
