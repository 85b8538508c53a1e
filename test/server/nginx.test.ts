// nginx as its configuration in ops/ says, before the real server. It cannot forget by name, so what it shows is bounded by
// time alone. Skipped where nginx is not installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  ask,
  expectProblem,
  findFreePort,
  isInstalled,
  serveBehind,
  settingsOfDocs,
  startEdge,
  startOrigin,
} from './edge.ts';

const key = 'a-bootstrap-key-of-more-than-32-characters';
const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', 'If-Match': '*' };

describe.skipIf(!isInstalled('nginx', '-v'))('nginx in front', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(import.meta.url);
  });
  afterAll(() => database.drop());

  it('keeps public answers in each coding, never what a key sees, and shows the old one when the origin is gone', async () => {
    const origin = await serveBehind({
      DATABASE_URL: database.url,
      MASTHEAD_BOOTSTRAP_KEY: key,
      ...settingsOfDocs(false),
    });
    const edge = await startNginx(origin.port);
    const write = async (method: string, path: string, body?: object) => {
      const answer = await ask(`${edge.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
      expect(answer.status, answer.text).toBeLessThan(300);
      return answer.body;
    };
    const read = (path: string, more: Record<string, string> = {}) => ask(edge.url + path, { headers: more });

    const article = await write('POST', '/v1/articles', { title: '特大消息', body: { text: '正文。'.repeat(1000) } });
    await write('POST', `/v1/articles/${article.id}/publish`, {});
    const path = '/v1/articles/te-da-xiao-xi';
    const seen: Record<string, string> = {};
    for (const coding of ['br', 'gzip', 'identity']) {
      const [first, again] = [
        await read(path, { 'Accept-Encoding': coding }),
        await read(path, { 'Accept-Encoding': coding }),
      ];
      expect(first.headers['cache-status']).toMatch(/^masthead; .+, nginx; fwd=miss$/);
      // What is kept has not been at the origin, whose names for it are for caches alone.
      expect(again.headers['cache-status']).toBe('nginx; hit');
      for (const name of ['surrogate-key', 'age'])
        expect([first.headers[name], again.headers[name]]).toEqual([undefined, undefined]);
      expect(again.headers['content-encoding']).toBe(coding === 'identity' ? undefined : coding);
      expect(again.text).toBe(first.text);
      seen[coding] = again.headers.etag!;
    }
    expect(new Set(Object.values(seen)).size).toBe(3);
    expect((await read(path, { 'Accept-Encoding': 'br', 'If-None-Match': seen.br! })).status).toBe(304);

    const draft = await read(`${path}?perspective=draft`, { Authorization: `Bearer ${key}` });
    expect([draft.body.state, draft.headers['cache-status']]).toEqual(['draft', 'nginx; fwd=bypass']);
    const refused = await read(`${path}?perspective=draft`);
    expect([refused.status, refused.headers['cache-status']]).toEqual([401, 'nginx; fwd=miss']);
    // With a key the public's answer is not taken from what is kept, and not put there.
    const asKey = await read('/v1/articles', { Authorization: `Bearer ${key}` });
    expect(asKey.headers['cache-status']).toMatch(/nginx; fwd=bypass$/);
    expect((await read('/v1/articles')).headers['cache-status']).toMatch(/nginx; fwd=miss$/);

    origin.kill('SIGTERM');
    await origin.ended;
    expect((await read(path, { 'Accept-Encoding': 'br' })).headers['cache-status']).toBe('nginx; hit');
    expectProblem(await read('/v1/sections'), 'server.unavailable');
  }, 120_000);

  it('lets a browser reckon the age of an answer from the Date that the origin gave it', async () => {
    const date = new Date(Date.now() - 20_000).toUTCString();
    const lifetime = 'public, max-age=30, s-maxage=30, stale-while-revalidate=60, stale-if-error=600';
    const origin = await startOrigin({
      '/kept': { 'Cache-Control': lifetime, Age: '0', Date: date },
      '/health/live': {},
    });
    const edge = await startNginx(origin.port);
    for (const state of ['nginx; fwd=miss', 'nginx; hit']) {
      const { headers } = await ask(`${edge.url}/kept`);
      expect([headers['cache-status'], headers.date, headers.age]).toEqual([state, date, undefined]);
    }
  }, 60_000);

  it.skipIf(!existsSync('/etc/debian_version'))('keeps them in a folder whose parent its package brings', () => {
    const path = /^proxy_cache_path (\S+)/m.exec(readFileSync('ops/nginx/masthead.conf', 'utf8'))![1]!;
    const own = /--http-proxy-temp-path=(\S+)/.exec(spawnSync('nginx', ['-V']).stderr.toString())![1]!;
    expect(dirname(path)).toBe(dirname(own));
  });
});

async function startNginx(originPort: number) {
  const port = await findFreePort();
  return startEdge(
    'ops/nginx/masthead.conf',
    (text, folder) => {
      const site = text
        .replace('127.0.0.1:3000', `127.0.0.1:${originPort}`)
        .replace('127.0.0.1:8080', `127.0.0.1:${port}`)
        .replace('/var/lib/nginx/masthead', `${folder}/cache`);
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
      const paths = temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
      // Started by root, its workers would be nobody, who may not enter the folder.
      const user = process.getuid?.() === 0 ? 'user root;' : '';
      const main = `${user} daemon off; pid ${folder}/pid; error_log stderr; worker_processes 1; events {}`;
      return `${main} http { access_log off; ${paths} ${site} }`;
    },
    (config, folder) => ['nginx', '-c', config, '-p', folder],
    port,
  );
}
