// The documentation page works without a network: everything it loads comes from this server.
import type { FastifyInstance } from 'fastify';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../../src/app.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';

let app: TestApp;
let server: FastifyInstance;
let page: request.Response;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  // The page is no part of the contract, so it is asked for past the contract's check.
  server = await buildApp(app.deps);
  page = await load('/docs/');
});
afterAll(async () => {
  await server?.close();
  await app?.close();
});

const load = (path: string) => request(server.server).get(path).redirects(1).buffer(true);
/** What an attribute of the page, or a call in its scripts, makes a browser load. */
const references = (text: string) =>
  [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!).filter((path) => !path.startsWith('data:'));

describe('/docs', () => {
  it('serves a page', () => {
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(page.text).toContain('id="swagger-ui"');
  });

  it.each(['/docs', '/docs/'])('at %s loads its scripts and styles from this server', async (address) => {
    const paths = references((await load(address)).text);
    expect(paths.filter((path) => path.endsWith('.js')).length).toBeGreaterThan(0);
    expect(paths.filter((path) => path.endsWith('.css')).length).toBeGreaterThan(0);
    for (const path of paths) {
      const url = new URL(path, `http://this.server${address}`);
      expect(url.host, path).toBe('this.server');
      const asset = await load(url.pathname);
      expect([path, asset.status]).toEqual([path, 200]);
    }
  });

  it('shows the document of this server, and asks no validator about it', async () => {
    const script = await load('/docs/static/swagger-initializer.js');
    expect(script.text).toContain("url: resolveUrl('./json')");
    expect(script.text).toContain('"validatorUrl":null');
    const shown = await load('/docs/json');
    expect(shown.status).toBe(200);
    expect(shown.body).toEqual(JSON.parse(JSON.stringify(server.swagger())));
  });

  it('forbids a browser to load anything from elsewhere', () => {
    const policy = page.headers['content-security-policy'] ?? '';
    const directives = new Map(
      policy.split(';').map((part) => {
        const [name = '', ...sources] = part.trim().split(/\s+/);
        return [name, sources];
      }),
    );
    expect(directives.get('default-src')).toEqual(["'self'"]);
    for (const [name, sources] of directives) {
      const foreign = sources.filter((source) => !/^(?:'self'|'none'|data:)$/.test(source));
      expect([name, foreign]).toEqual([name, []]);
    }
    // Would have a browser ask for the assets over https, where only http is served.
    expect(directives.has('upgrade-insecure-requests')).toBe(false);
  });
});

describe('/openapi.json', () => {
  it('is the document of the running server, and is cached by its tag', async () => {
    const first = await app.get('/openapi.json');
    expect(first.status).toBe(200);
    expect(first.body).toEqual(JSON.parse(JSON.stringify(server.swagger())));
    const again = await app.get('/openapi.json', { headers: { 'If-None-Match': first.headers.etag! } });
    expect([again.status, again.text]).toEqual([304, '']);
  });
});
