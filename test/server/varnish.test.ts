// Varnish as its configuration in ops/ says, before the real server: what is kept, what never is, and that what changes is
// forgotten. Skipped where Varnish is not installed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { serve } from '../support/masthead.ts';
import { ask, findFreePort, isInstalled, startEdge } from './edge.ts';

const key = 'a-bootstrap-key-of-more-than-32-characters';
const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', 'If-Match': '*' };

describe.skipIf(!isInstalled('varnishd', '-V'))('Varnish in front', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(import.meta.url);
  });
  afterAll(() => database.drop());

  it('keeps public answers, forgets by name what is touched, and never keeps what a key sees', async () => {
    const port = await findFreePort();
    const origin = await serve({
      DATABASE_URL: database.url,
      MASTHEAD_BOOTSTRAP_KEY: key,
      PURGE_URL: `http://127.0.0.1:${port}/purge`,
      PURGE_TOKEN: 'change-me',
    });
    const edge = await startEdge(
      'ops/varnish/masthead.vcl',
      (text) => text.replace('"3000"', `"${origin.port}"`),
      (config, folder) => [
        'varnishd',
        '-j',
        'none',
        '-F',
        '-n',
        `${folder}/work`,
        '-a',
        `127.0.0.1:${port}`,
        '-f',
        config,
        '-s',
        'malloc,32m',
      ],
      port,
    );
    const write = async (method: string, path: string, body?: object) => {
      const answer = await ask(`${edge.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
      expect(answer.status, answer.text).toBeLessThan(300);
      return answer.body;
    };
    const read = (path: string, more: Record<string, string> = {}) => ask(edge.url + path, { headers: more });

    // Nothing is there: a 404 is kept, and forgotten once something is.
    expect((await read('/v1/articles/te-da-xiao-xi')).status).toBe(404);
    expect((await read('/v1/articles/te-da-xiao-xi')).headers['cache-status']).toMatch(/varnish; hit/);
    const section = await write('POST', '/v1/sections', { name: '产经' });
    const article = await write('POST', '/v1/articles', {
      title: '特大消息',
      section: section.id,
      body: { text: '正文。'.repeat(1000) },
    });
    await write('POST', `/v1/articles/${article.id}/publish`, {});
    const path = '/v1/articles/te-da-xiao-xi';
    await expect.poll(async () => (await read(path)).status, { timeout: 15_000 }).toBe(200);

    const first = await read(path);
    expect(first.headers['cache-control']).toMatch(/s-maxage=86400/);
    expect(first.headers['surrogate-key']).toBeUndefined();
    const again = await read(path);
    expect(again.headers['cache-status']).toMatch(/^masthead; .*, varnish; hit$/);
    expect(again.body).toEqual(first.body);
    const unchanged = await read(path, { 'If-None-Match': again.headers.etag! });
    expect(unchanged.status).toBe(304);
    const [one, other] = [await read('/v1/articles?limit=5&sort=title'), await read('/v1/articles?sort=title&limit=5')];
    expect(other.headers['cache-status']).toMatch(/varnish; hit/);
    expect(other.text).toBe(one.text);

    // What a key sees passes through, and leaves nothing behind.
    const draft = await read(`${path}?perspective=draft`, { Authorization: `Bearer ${key}` });
    expect(draft.body.state).toBe('draft');
    expect((await read(`${path}?perspective=draft`)).status).toBe(401);

    // A renamed section is in the article at once, though it could have lain there for a day.
    await write('PATCH', `/v1/sections/${section.id}`, { name: '财经' });
    await expect.poll(async () => (await read(path)).body.section.name, { timeout: 15_000 }).toBe('财经');
    await write('POST', `/v1/articles/${article.id}/retract`, { notice: '撤稿', reason: '有误' });
    await expect.poll(async () => (await read(path)).status, { timeout: 15_000 }).toBe(410);

    // Nobody else makes it forget, and only by names.
    const status = async (more: Record<string, string>) =>
      (await fetch(`${edge.url}/purge`, { method: 'POST', headers: more })).status;
    expect(await status({ 'Surrogate-Key': 'articles' })).toBe(403);
    expect(await status({ Authorization: 'Bearer change-me', 'Surrogate-Key': '.*' })).toBe(400);
    await edge.stop();
    origin.kill('SIGTERM');
    expect(await origin.ended).toMatchObject({ code: 0 });
  }, 120_000);
});
