// Varnish as its configuration in ops/ says, before the real server: what is kept, what never is, and that what changes is
// forgotten. Skipped where Varnish is not installed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  ask,
  commandOfDocs,
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

describe.skipIf(!isInstalled('varnishd', '-V'))('Varnish in front', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(import.meta.url);
  });
  afterAll(() => database.drop());

  it('keeps public answers, forgets by name what is touched, and never keeps what a key sees', async () => {
    const port = await findFreePort();
    const settings = settingsOfDocs(true);
    expect(Object.keys(settings)).toEqual(['PUBLIC_URL', 'TRUST_PROXY', 'PURGE_URL', 'PURGE_TOKEN']);
    const origin = await serveBehind({
      DATABASE_URL: database.url,
      MASTHEAD_BOOTSTRAP_KEY: key,
      ...settings,
      PURGE_URL: settings.PURGE_URL!.replace(':8080/', `:${port}/`),
    });
    const edge = await startVarnish({ port, originPort: origin.port, isGzipOwn: false });
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
    // Addresses are those that readers know, not the server's own.
    expect(article.url).toMatch(/^https:\/\/news\.example\//);
    await write('POST', `/v1/articles/${article.id}/publish`, {});
    const path = '/v1/articles/te-da-xiao-xi';
    await expect.poll(async () => (await read(path)).status, { timeout: 15_000 }).toBe(200);

    const first = await read(path);
    expect(first.headers['cache-control']).toBe('public, max-age=30, stale-while-revalidate=60, stale-if-error=600');
    expect(first.headers['surrogate-key']).toBeUndefined();
    const again = await read(path);
    expect(again.headers['cache-status']).toBe('varnish; hit');
    expect(again.body).toEqual(first.body);
    const unchanged = await read(path, { 'If-None-Match': again.headers.etag! });
    expect(unchanged.status).toBe(304);
    // Each coding is an answer of its own, as Masthead made it.
    for (const coding of ['br', 'gzip', 'identity']) {
      const asked = coding === 'br' ? 'gzip, deflate, br;q=0.9' : coding;
      const coded = [
        await read(path, { 'Accept-Encoding': asked }),
        await read(path, { 'Accept-Encoding': asked }),
      ][1]!;
      expect(coded.headers['cache-status']).toBe('varnish; hit');
      expect(coded.headers['content-encoding']).toBe(coding === 'identity' ? undefined : coding);
      expect(coded.headers.etag).toMatch({ br: /^".*-br"$/, gzip: /^".*-gz"$/, identity: /^"[\w-]{22}"$/ }[coding]!);
      expect(coded.text).toBe(first.text);
    }
    expect((await read(path, { 'Accept-Encoding': 'gzip, br;q=0' })).headers['content-encoding']).toBe('gzip');
    const [one, other] = [await read('/v1/articles?limit=5&sort=title'), await read('/v1/articles?sort=title&limit=5')];
    expect(one.headers['cache-status']).toMatch(/^masthead; fwd=uri-miss; \w+, varnish; fwd=miss$/);
    expect(other.headers['cache-status']).toBe('varnish; hit');
    expect(other.text).toBe(one.text);

    // What a key sees passes through, and leaves nothing behind.
    const draft = await read(`${path}?perspective=draft`, { Authorization: `Bearer ${key}` });
    expect(draft.body.state).toBe('draft');
    expect(draft.headers['cache-status']).toBe('varnish; fwd=bypass');
    expect(draft.headers['cache-control']).toBe('private, no-store');
    expect((await read(`${path}?perspective=draft`)).status).toBe(401);

    // A renamed section is in the article at once, though it could have lain there for a day.
    await write('PATCH', `/v1/sections/${section.id}`, { name: '财经' });
    await expect.poll(async () => (await read(path)).body.section.name, { timeout: 15_000 }).toBe('财经');
    await write('POST', `/v1/articles/${article.id}/retract`, { notice: '撤稿', reason: '有误' });
    await expect.poll(async () => (await read(path)).status, { timeout: 15_000 }).toBe(410);

    // Nobody else makes it forget, and only by names.
    const purge = (more: Record<string, string>) => ask(`${edge.url}/purge`, { method: 'POST', headers: more });
    expectProblem(await purge({ 'Surrogate-Key': 'articles' }), 'auth.forbidden');
    expectProblem(await purge({ Authorization: 'Bearer change-me', 'Surrogate-Key': '.*' }), 'request.invalid');
    await edge.stop();
    origin.kill('SIGTERM');
    expect(await origin.ended).toMatchObject({ code: 0 });
  }, 120_000);

  it('hands a browser what has lain for an hour as new, and nothing for longer than the answer itself lasts', async () => {
    const lifetime = 'public, max-age=30, s-maxage=86400, stale-while-revalidate=60, stale-if-error=600';
    const aged = (seconds: number) => ({
      'Cache-Control': lifetime,
      Age: String(seconds),
      Date: new Date(Date.now() - seconds * 1000).toUTCString(),
      'Cache-Status': 'masthead; hit',
    });
    const origin = await startOrigin({ '/lain': aged(3600), '/ending': aged(86_390), '/health/live': {} });
    const edge = await startVarnish({ originPort: origin.port });
    for (const state of ['masthead; hit, varnish; fwd=miss', 'varnish; hit']) {
      const { headers } = await ask(`${edge.url}/lain`);
      expect(headers['cache-status']).toBe(state);
      expect(headers['cache-control']).toBe('public, max-age=30, stale-while-revalidate=60, stale-if-error=600');
      expect(headers.age).toBeUndefined();
      // Without an Age, a browser reckons from this.
      expect(Date.now() - Date.parse(headers.date!)).toBeLessThan(600_000);
    }
    const ending = await ask(`${edge.url}/ending`);
    const left = Number(/^public, max-age=(\d+), stale/.exec(ending.headers['cache-control']!)?.[1]);
    expect(left).toBeLessThanOrEqual(10);
    expect(ending.headers.age).toBeUndefined();
    await edge.stop();
  }, 60_000);

  it('says itself, in the form of our problems, that the origin is gone, and of what was not kept that it passed', async () => {
    const origin = await startOrigin({ '/health/live': {} });
    const edge = await startVarnish({ originPort: origin.port });
    const passed = await ask(`${edge.url}/v1/anything`, { method: 'POST' });
    expect(passed.headers['cache-status']).toBe('varnish; fwd=bypass');
    await ask(`${edge.url}/v1/anything`, { headers: { 'Accept-Encoding': 'gzip, br' } });
    // As it is without the parameter: Varnish asks for gzip alone.
    expect(origin.asked.at(-1)?.['accept-encoding']).toBe('gzip');
    await origin.close();
    const gone = await ask(`${edge.url}/v1/articles`);
    expectProblem(gone, 'server.unavailable');
    expect(gone.headers['retry-after']).toBe('5');
    await edge.stop();
  }, 60_000);
});

type Varnish = { port?: number; originPort: number; isGzipOwn?: boolean };

/** By the command of docs/scaling.md; `isGzipOwn`: as Varnish is without the parameter. */
async function startVarnish({ port: given, originPort, isGzipOwn = true }: Varnish) {
  const port = given ?? (await findFreePort());
  const [program = '', ...all] = commandOfDocs('varnishd ');
  const parameter = all.indexOf('-p');
  const args = isGzipOwn ? all.toSpliced(parameter, 2) : all;
  return startEdge(
    'ops/varnish/masthead.vcl',
    (text) => text.replace('"3000"', `"${originPort}"`),
    (config, folder) => {
      const here = { 'ops/varnish/masthead.vcl': config, '127.0.0.1:8080': `127.0.0.1:${port}` };
      const own = args.map((arg) => here[arg as keyof typeof here] ?? arg);
      return [program, ...own, '-F', '-j', 'none', '-n', `${folder}/work`];
    },
    port,
  );
}
