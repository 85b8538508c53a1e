// The shared cache in front is told what to forget, by the event log: at least once, in order, and not before it is told.
import { getEventListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../../src/platform/config/config.ts';
import { purgeOnce, runPurging } from '../../../src/platform/delivery/purge/purge.ts';
import { choosePurgeTarget } from '../../../src/platform/delivery/purge/targets.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeSection, publish } from '../../support/factories.ts';
import { parseScrape } from '../../support/prometheus.ts';

type Told = { path: string; headers: IncomingMessage['headers']; body: Record<string, readonly string[]> };

let app: TestApp;
let edge: Server;
let origin: string;
let told: Told[] = [];
let status = 200;

beforeAll(async () => {
  edge = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      told.push({ path: request.url!, headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
      response.writeHead(status, status === 302 ? { Location: `${origin}/elsewhere` } : {}).end('{}');
    });
  });
  await new Promise<void>((resolve) => edge.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(edge.address() as AddressInfo).port}`;
  app = await createTestApp(import.meta.url, { PURGE_URL: `${origin}/purge`, PURGE_TOKEN: 'edge-token' });
});
afterAll(async () => {
  await app.close();
  edge.close();
});
beforeEach(async () => {
  status = 200;
  await purge();
  told = [];
});

const purge = () => purgeOnce(app.deps, app.deps.delivery.purgeTarget!, new AbortController().signal);

describe('what is purged', () => {
  it('is the article and its noun when it is published, and nothing when a draft is written', async () => {
    const draft = await makeArticle(app);
    await purge();
    expect(told).toEqual([]);
    await publish(app, draft);
    await purge();
    expect(told).toHaveLength(1);
    const [{ path, headers, body }] = told as [Told];
    expect(path).toBe('/purge');
    expect(headers.authorization).toBe('Bearer edge-token');
    expect(headers['surrogate-key']).toBe(`article:${draft.id} articles`);
    expect(body).toEqual({ surrogateKeys: [`article:${draft.id}`, 'articles'] });
  });

  it('names everything that the answers it changes were tagged with', async () => {
    const section = await makeSection(app);
    const article = await makePublished(app, { section: section.id });
    await purge();
    told = [];
    const keysOf = async (path: string) => (await app.get(path)).headers['surrogate-key']!.split(' ');
    const tagged = [await keysOf(`/v1/articles/${article.id}`), await keysOf(`/v1/articles?section=${section.id}`)];
    await app.patch(`/v1/sections/${section.id}`, { name: '改名' }, { ifMatch: '*' });
    await purge();
    const purged = told.flatMap(({ body }) => body.surrogateKeys!);
    for (const keys of tagged) expect(keys.some((key) => purged.includes(key))).toBe(true);
  });

  it('is told again after a refusal, and only then counts as told', async () => {
    const article = await makePublished(app);
    status = 503;
    await expect(purge()).rejects.toThrow('PURGE_URL answered 503 to a purge of 2 names');
    status = 200;
    await purge();
    const names = told.map(({ body }) => body.surrogateKeys!.includes(`article:${article.id}`));
    expect(names).toEqual([true, true]);
    told = [];
    await purge();
    expect(told).toEqual([]);
  });

  it('is not sent on to where a redirect points', async () => {
    await makePublished(app);
    status = 302;
    await expect(purge()).rejects.toThrow();
    expect(told.map(({ path }) => path)).toEqual(['/purge']);
  });

  it('is told in requests of as many names as the target takes', async () => {
    for (let n = 0; n < 60; n += 1) await makePublished(app);
    await purge();
    expect(told.map(({ body }) => body.surrogateKeys!.length)).toEqual([61]);
    const target = choosePurgeTarget(
      parseConfig({ CLOUDFLARE_ZONE_ID: 'z1', CLOUDFLARE_API_TOKEN: 't', CLOUDFLARE_API_URL: `${origin}/v4/` }),
    )!;
    for (let n = 0; n < 40; n += 1) await makePublished(app);
    told = [];
    await purgeOnce(app.deps, target, new AbortController().signal);
    expect(told.map(({ body }) => body.tags!.length)).toEqual([30, 11]);
  });
});

it('the worker purges as events are heard, and stops when it is told to', async () => {
  const stop = new AbortController();
  const finished = runPurging(app.deps, stop.signal);
  const article = await makePublished(app);
  await expect.poll(() => told.some(({ body }) => body.surrogateKeys?.includes(`article:${article.id}`))).toBe(true);
  stop.abort();
  await finished;
});

it('the worker leaves nothing behind for each wait and each request, however long it runs', async () => {
  const stop = new AbortController();
  const finished = runPurging(app.deps, stop.signal);
  for (let n = 0; n < 5; n += 1) {
    const article = await makePublished(app);
    await expect.poll(() => told.some(({ body }) => body.surrogateKeys?.includes(`article:${article.id}`))).toBe(true);
  }
  // What it does at the moment has one.
  expect(getEventListeners(stop.signal, 'abort').length).toBeLessThanOrEqual(1);
  stop.abort();
  await finished;
  expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
});

describe('what operators learn', () => {
  it('a cache that cannot be told is a failure, a lag and a line that names the setting; its return one more line', async () => {
    const lines: { level: number; msg: string }[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
    const scrape = async () => parseScrape(await app.deps.metrics.collect());
    const count = async (outcome: string) =>
      (await scrape()).value('masthead_purge_requests_total', { target: 'http', outcome });
    const lag = async () => (await scrape()).value('masthead_purge_lag_seconds', { target: 'http' });
    const [failed, done] = [await count('failed'), await count('done')];
    status = 500;
    await makePublished(app);
    const stop = new AbortController();
    const finished = runPurging({ ...app.deps, log }, stop.signal);
    await expect.poll(() => count('failed')).toBe(failed + 1);
    app.clock.advance(90_000);
    expect(await lag()).toBeGreaterThanOrEqual(90);
    status = 200;
    await expect.poll(() => count('done'), { timeout: 10_000 }).toBe(done + 1);
    await expect.poll(lag).toBe(0);
    await makePublished(app);
    await expect.poll(() => count('done'), { timeout: 10_000 }).toBe(done + 2);
    stop.abort();
    await finished;
    expect(lines.map(({ msg }) => msg)).toEqual([
      'the cache in front (PURGE_URL) was not told; it is tried again',
      'the cache in front (PURGE_URL) forgets again',
    ]);
    expect(JSON.stringify(lines[0])).toContain('PURGE_URL answered 500');
  });
});

describe('targets', () => {
  it('Fastly gets the names as its API takes them', async () => {
    const config = parseConfig({
      FASTLY_SERVICE_ID: 'SVC',
      FASTLY_API_TOKEN: 'fastly-token',
      FASTLY_API_URL: origin,
    });
    await makePublished(app);
    await purgeOnce(app.deps, choosePurgeTarget(config)!, new AbortController().signal);
    expect(told[0]).toMatchObject({
      path: '/service/SVC/purge',
      headers: { 'fastly-key': 'fastly-token' },
      body: { surrogate_keys: expect.arrayContaining(['articles']) },
    });
  });

  it('Cloudflare gets tags, and answers that carry them', async () => {
    const environment = {
      CLOUDFLARE_ZONE_ID: 'ZONE',
      CLOUDFLARE_API_TOKEN: 'cf-token',
      CLOUDFLARE_API_URL: origin,
    };
    const own = await createTestApp(`${import.meta.url}-cloudflare`, environment);
    const article = await makePublished(own);
    const { headers } = await own.get(`/v1/articles/${article.id}`);
    expect(headers['cache-tag']).toBe(headers['surrogate-key']!.replaceAll(' ', ','));
    await purgeOnce(app.deps, own.deps.delivery.purgeTarget!, new AbortController().signal);
    await makePublished(app);
    await purgeOnce(app.deps, own.deps.delivery.purgeTarget!, new AbortController().signal);
    expect(told.at(-1)).toMatchObject({
      path: '/zones/ZONE/purge_cache',
      headers: { authorization: 'Bearer cf-token' },
      body: { tags: expect.arrayContaining(['articles']) },
    });
    await own.close();
  });

  it.each([
    [{ FASTLY_SERVICE_ID: 'SVC' }, 'FASTLY_API_TOKEN'],
    [{ CLOUDFLARE_ZONE_ID: 'Z' }, 'CLOUDFLARE_API_TOKEN'],
    [{ PURGE_URL: 'ftp://edge.test' }, 'PURGE_URL'],
  ])('%j is refused at the start, naming %s', (environment, name) => {
    expect(() => parseConfig(environment)).toThrow(ConfigError);
    expect(() => parseConfig(environment)).toThrow(name);
  });

  it('none are there by default', () => {
    expect(choosePurgeTarget(parseConfig({}))).toBeNull();
  });
});

it('what is purged may lie long in shared caches, and no longer in browsers than before', async () => {
  const article = await makePublished(app);
  const plain = await createTestApp(`${import.meta.url}-plain`);
  const other = await makePublished(plain);
  const lifetimes = async (of: TestApp, path: string) => (await of.get(path)).headers['cache-control'];
  expect(await lifetimes(app, `/v1/articles/${article.id}`)).toMatch(/^public, max-age=30, s-maxage=86400, /);
  expect(await lifetimes(plain, `/v1/articles/${other.id}`)).toMatch(/^public, max-age=30, s-maxage=30, /);
  expect(await lifetimes(app, '/v1/articles')).toMatch(/^public, max-age=10, s-maxage=3600, /);
  await plain.close();
});
