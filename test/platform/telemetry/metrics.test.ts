// What Prometheus reads at /metrics: how the service fares, in a bounded number of lines, and nothing of what it holds.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMetrics } from '../../../src/platform/telemetry/metrics.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished } from '../../support/factories.ts';
import { parseScrape } from '../../support/prometheus.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const scrape = async () => parseScrape((await app.get('/metrics', { as: 'monitor' })).text);
/** How many lines of ours there are; of Node's own resources there are now these, now those. */
const countLines = async () => (await scrape()).samples.filter(({ name }) => name.startsWith('masthead_')).length;
const requests = 'masthead_http_request_duration_seconds_count';

/** What a piece of work adds to a counter; an answer is counted once it has been sent. */
async function added(name: string, labels: Record<string, string>, work: () => Promise<unknown>, expected: number) {
  const before = (await scrape()).value(name, labels);
  await work();
  await expect.poll(async () => (await scrape()).value(name, labels) - before).toBe(expected);
}

describe('GET /metrics', () => {
  it("is Prometheus' text format, never stored, with the process, the event loop and the pool", async () => {
    const answer = await app.get('/metrics', { as: 'monitor' });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('private, no-store');
    const { types, value } = parseScrape(answer.text);
    for (const name of [
      'nodejs_eventloop_lag_p99_seconds',
      'process_resident_memory_bytes',
      'nodejs_heap_size_used_bytes',
    ])
      expect(types.get(name), name).toBe('gauge');
    expect(types.get('process_cpu_seconds_total')).toBe('counter');
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
    expect(value('masthead_database_pool_connections', { pool: 'primary' })).toBeGreaterThan(0);
  });

  it.each([
    ['Prometheus 2', 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2'],
    ['a scraper that takes nothing else', 'text/plain;version=0.0.4'],
    ['a person', 'text/plain'],
  ])('answers what %s accepts', async (_who, accept) => {
    expect((await app.get('/metrics', { as: 'monitor', headers: { Accept: accept } })).status).toBe(200);
  });

  it.each([
    [undefined, 401],
    ['viewer', 403],
    ['writer', 403],
    ['editor', 403],
    ['admin', 200],
    ['monitor', 200],
  ])('answers %s with %i', async (as, status) => {
    expect((await app.get('/metrics', { as })).status).toBe(status);
  });

  it('tells no title, slug, name, key or address', async () => {
    const article = await makePublished(app);
    const { body: key } = await app.post('/v1/api-keys', { name: '抓取器', role: 'monitor' }, { as: 'admin' });
    await app.get(`/v1/articles/${article.slug}`, { headers: { 'X-Forwarded-For': '203.0.113.9' } });
    await app.get(`/v1/articles/${article.id}?perspective=draft`, { as: 'viewer' });
    const { text } = await app.get('/metrics', { as: key.key });
    for (const told of [article.id, article.slug, article.body.title, key.prefix, '抓取器', '203.0.113.9', '127.0.0.1'])
      expect(text).not.toContain(told);
    expect(text).not.toMatch(/[^\x20-\x7e\n]|mh_|[\da-f]{8}-[\da-f]{4}-/);
  });
});

describe('requests', () => {
  it('are counted by method, operation and class of status, with their duration', async () => {
    const article = await makePublished(app);
    const read = { method: 'GET', operation: 'getArticle', status: '2xx' };
    await added(requests, read, () => app.get(`/v1/articles/${article.slug}`), 1);
    await added(requests, { ...read, status: '4xx' }, () => app.get('/v1/articles/no-such-article'), 1);
    await added(requests, { ...read, method: 'HEAD' }, () => app.call('HEAD', `/v1/articles/${article.slug}`), 1);
    const create = { method: 'POST', operation: 'createArticle', status: '2xx' };
    await added(requests, create, () => makeArticle(app), 1);
    const before = (await scrape()).value('masthead_http_request_duration_seconds_sum', create);
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(60);
  });

  it('that are refused before they reach a handler are counted, too', async () => {
    const labels = { operation: 'createArticle', status: '4xx' };
    await added(requests, labels, () => app.post('/v1/articles', { title: '一' }, { as: 'viewer' }), 1);
    await added(requests, labels, () => app.post('/v1/articles', '{', {}), 1);
  });

  it('to addresses and with methods that are none share one line, however many there are', async () => {
    const none = { method: '_OTHER', operation: 'none', status: '4xx' };
    const work = async () => {
      for (let i = 0; i < 20; i += 1) await app.get(`/v1/unknown-${i}/${i}?x=${i}`);
      await app.call('PUT', '/v1/articles', { body: {} });
      await app.call('DELETE', '/metrics');
      await app.get('/v1/articles/a/b/c/d');
    };
    await app.get('/v1/unknown');
    const before = await countLines();
    await added(requests, none, work, 23);
    expect(await countLines()).toBe(before);
  });

  it('for other things of the same kind make no new lines', async () => {
    const read = async () => app.get(`/v1/articles/${(await makePublished(app)).slug}`);
    await read();
    await app.get('/v1/articles?limit=1');
    const before = await countLines();
    for (let i = 2; i < 8; i += 1) {
      await read();
      await app.get(`/v1/articles?limit=${i}`, { headers: { 'User-Agent': `agent ${i}`, 'X-Request-Id': `id-${i}` } });
    }
    expect(await countLines()).toBe(before);
  });
});

describe('the role monitor', () => {
  it('may read what everyone may, and the metrics, and nothing else', async () => {
    expect((await app.get('/v1/articles', { as: 'monitor' })).status).toBe(200);
    for (const path of ['/v1/articles?perspective=draft', '/v1/audit', '/v1/api-keys', '/v1/me']) {
      const answer = await app.get(path, { as: 'monitor' });
      expect(answer).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
      // It has nowhere to look that up.
      expect(answer.body.detail).not.toContain('/v1/me');
    }
    expect((await app.post('/v1/batch', { operations: [] }, { as: 'monitor' })).status).toBe(403);
  });
});

describe('metrics', () => {
  it('of two apps in one process are apart, those of the process are shared', async () => {
    const [one, two] = [createMetrics(), createMetrics()];
    one.cache.hit();
    one.shed('event_loop');
    const [first, second] = await Promise.all([one, two].map(async ({ collect }) => parseScrape(await collect())));
    expect(first!.value('masthead_cache_requests_total', { result: 'hit' })).toBe(1);
    expect(first!.value('masthead_requests_shed_total', { reason: 'event_loop' })).toBe(1);
    expect(second!.value('masthead_cache_requests_total')).toBe(0);
    expect(second!.value('process_start_time_seconds')).toBe(first!.value('process_start_time_seconds'));
  });

  it('of the cache, the feed and refusals say what happened', async () => {
    const metrics = createMetrics();
    const { cache, feed } = metrics;
    for (const happen of [cache.hit, cache.hit, cache.miss, cache.bypass, cache.filled, cache.collapsed, cache.evicted])
      happen();
    cache.invalidated(3);
    cache.watch(() => ({ bytes: 4096, entries: 2 }));
    for (const lag of [0.0005, 0.001, 0.04, 9]) feed.heard(lag);
    feed.watch(() => 0.25);
    metrics.rateLimited('key');
    const { value } = parseScrape(await metrics.collect());
    const cacheRequests = ['hit', 'miss', 'bypass'].map((result) => value('masthead_cache_requests_total', { result }));
    expect(cacheRequests).toEqual([2, 1, 1]);
    expect(['filled', 'collapsed'].map((kind) => value('masthead_cache_fills_total', { kind }))).toEqual([1, 1]);
    const dropped = ['invalidated', 'evicted'].map((reason) =>
      value('masthead_cache_dropped_entries_total', { reason }),
    );
    expect(dropped).toEqual([3, 1]);
    expect([value('masthead_cache_bytes'), value('masthead_cache_entries')]).toEqual([4096, 2]);
    const lags = ['0.001', '0.05', '2.5', '+Inf'].map((le) => value('masthead_feed_lag_seconds_bucket', { le }));
    expect(lags).toEqual([2, 3, 3, 4]);
    expect(value('masthead_feed_lag_seconds_sum')).toBeCloseTo(9.0415);
    expect(value('masthead_feed_heartbeat_age_seconds')).toBe(0.25);
    expect(value('masthead_requests_rate_limited_total', { scope: 'key' })).toBe(1);
  });

  it('of a process that never heard the feed say that it has been deaf since it started', async () => {
    const { value } = parseScrape(await createMetrics().collect());
    expect(value('masthead_feed_heartbeat_age_seconds')).toBeGreaterThan(0);
  });
});
