// How often one key or one address may ask. The clock is the test's, so a minute takes no time.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRateLimit } from '../../../src/platform/http/rate-limit.ts';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { createTestClock } from '../../support/clock.ts';
import { makePublished } from '../../support/factories.ts';
import { readRefusals } from '../auth/refused.ts';
import { expectProblem, expectRefused } from './refusals.ts';

const limited = { status: 429, code: 'request.rate_limited' };

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url, {
    TRUST_PROXY: '1',
    RATE_LIMIT_WRITES_PER_MINUTE: '3',
    RATE_LIMIT_MISSES_PER_MINUTE: '6',
    RATE_LIMIT_FAILED_AUTH_PER_MINUTE: '3',
  });
});
afterAll(() => app.close());
beforeEach(() => app.clock.advance(60_000));

const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } });
/** A read of which the cache knows nothing. */
const miss = (address: string) => app.get(`/v1/articles/mei-you-${randomUUID()}`, from(address));
const guess = (address: string) => app.get('/v1/me', { as: `geraten-${randomUUID()}`, ...from(address) });
const create = (as: string, more = {}) => app.post('/v1/articles', { title: '快' }, { as, ...more });

async function repeat(count: number, call: () => Promise<Answer>): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < count; n += 1) statuses.push((await call()).status);
  return statuses;
}

describe('writes of one key', () => {
  it('beyond the limit are a 429 that says when, store nothing, and disturb no other key', async () => {
    expect(await repeat(3, () => create('editor'))).toEqual([201, 201, 201]);
    const answer = await expectRefused(app, () => create('editor'), limited);
    expect(answer.headers).toMatchObject({
      'retry-after': '20',
      'ratelimit-policy': '"writes";q=3;w=60',
      ratelimit: '"writes";r=0;t=20',
    });
    expect((await create('writer')).status).toBe(201);
    expect((await app.get('/v1/me', { as: 'editor' })).status).toBe(200);
  });

  it('go on at the steady rate: one when its time has come, and not two', async () => {
    await repeat(4, () => create('editor'));
    app.clock.advance(19_000);
    expect((await create('editor')).status).toBe(429);
    app.clock.advance(1000);
    expect(await repeat(2, () => create('editor'))).toEqual([201, 429]);
    app.clock.advance(60_000);
    expect(await repeat(4, () => create('editor'))).toEqual([201, 201, 201, 429]);
  });

  it('count by the key, from however many addresses it comes', async () => {
    let n = 0;
    const statuses = await repeat(4, () => {
      n += 1;
      return create('editor', from(`203.0.113.${n}`));
    });
    expect(statuses).toEqual([201, 201, 201, 429]);
  });

  it('that were one too many are carried out later under the same Idempotency-Key', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    await repeat(3, () => create('editor'));
    expect((await create('editor', { headers })).status).toBe(429);
    app.clock.advance(20_000);
    const answer = await create('editor', { headers });
    expect(answer.status).toBe(201);
    expect(answer.headers['idempotency-replayed']).toBeUndefined();
  });

  it('that are refused for want of a right do not count', async () => {
    expect(await repeat(5, () => create('viewer'))).toEqual([403, 403, 403, 403, 403]);
  });
});

describe('reads', () => {
  it('that the cache answers are free, those that it cannot are not, and health never counts', async () => {
    const story = await makePublished(app);
    const hit = () => app.get(`/v1/articles/${story.slug}`, from('198.51.100.1'));
    await expect.poll(async () => (await hit()).headers['cache-status'], { interval: 0 }).toMatch(/hit/);
    app.clock.advance(60_000);
    expect((await hit()).status).toBe(200);
    await repeat(7, () => miss('198.51.100.1'));
    expectProblem(await miss('198.51.100.1'), limited);
    expect(await repeat(10, hit)).toEqual(Array(10).fill(200));
    expect((await app.get('/health/ready', from('198.51.100.1'))).status).toBe(200);
    expect((await app.call('OPTIONS', '/v1/articles', from('198.51.100.1'))).status).toBe(204);
    expect((await miss('198.51.100.2')).status).toBe(404);
  });

  it('of one IPv6 network are of one sender, and of an address written as IPv6 too', async () => {
    let n = 0;
    const sixth = await repeat(7, () => {
      n += 1;
      return miss(`2001:db8:1:2::${n}`);
    });
    expect(sixth).toEqual([...Array(6).fill(404), 429]);
    expect((await miss('2001:db8:1:3::1')).status).toBe(404);
    await repeat(6, () => miss('::ffff:203.0.113.77'));
    expect((await miss('203.0.113.77')).status).toBe(429);
    expect((await miss('::ffff:203.0.113.78')).status).toBe(404);
  });

  it('of working copies count by the key', async () => {
    const read = (as: string) => app.get('/v1/articles?perspective=draft', { as, ...from('203.0.113.90') });
    expect(await repeat(7, () => read('viewer'))).toEqual([...Array(6).fill(200), 429]);
    expect((await read('editor')).status).toBe(200);
  });
});

describe('keys that are not valid', () => {
  it('beyond the limit are a 429 on a connection that ends, and all are told', async () => {
    await app.deps.keys.refusals.close();
    const seen = (await readRefusals(app, 0)).at(-1)?.position ?? 0;
    app.clock.advance(60_000);
    expect(await repeat(3, () => guess('192.0.2.1'))).toEqual([401, 401, 401]);
    const answer = await guess('192.0.2.1');
    expectProblem(answer, limited);
    expect(answer.headers.connection).toBe('close');
    expect(answer.headers['retry-after']).toBe('20');
    await app.deps.keys.refusals.close();
    const counts = (await readRefusals(app, seen)).map(({ payload }) => payload.count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4);
  });

  it('lock out neither a valid key from the same address, nor guesses from another', async () => {
    await repeat(5, () => guess('192.0.2.2'));
    expect((await app.get('/v1/me', { as: 'viewer', ...from('192.0.2.2') })).status).toBe(200);
    expect((await guess('192.0.2.3')).status).toBe(401);
  });

  it('count where no key is needed, and where the header is no key at all', async () => {
    const headers = { Authorization: 'Basic eDp5', 'X-Forwarded-For': '192.0.2.4' };
    const send = () => app.get('/v1/articles', { headers });
    expect(await repeat(4, send)).toEqual([401, 401, 401, 429]);
  });

  it('a valid key without a right is no guess', async () => {
    const call = () => app.get('/v1/api-keys', { as: 'viewer', ...from('192.0.2.5') });
    expect(await repeat(5, call)).toEqual([403, 403, 403, 403, 403]);
  });
});

describe('the counting itself', () => {
  const options = { name: 'test', perMinute: 60, detail: 'Too many.' };
  const spend = (limit: ReturnType<typeof createRateLimit>, sender: string) => {
    let count = 0;
    while (limit.take(sender) === null) count += 1;
    return count;
  };

  it('remembers only so many senders, the last ones, whatever flood of addresses comes', () => {
    const limit = createRateLimit(options, createTestClock());
    expect(spend(limit, 'first')).toBe(60);
    for (let n = 0; n < 20_000; n += 1) limit.take(`flood-${n}`);
    expect(spend(limit, 'first')).toBe(60);
  });

  it('never gives more than twice the limit within any minute', () => {
    const clock = createTestClock();
    const limit = createRateLimit(options, clock);
    let count = spend(limit, 'one');
    for (let second = 0; second < 60; second += 1) {
      clock.advance(1000);
      count += spend(limit, 'one');
    }
    expect(count).toBe(120);
  });

  it('locks nobody out when the clock is set back', () => {
    const clock = createTestClock();
    const limit = createRateLimit(options, clock);
    spend(limit, 'one');
    clock.advance(-3_600_000);
    limit.take('one');
    clock.advance(1000);
    expect(limit.take('one')).toBeNull();
  });

  it('refuses nobody where the limit is 0', () => {
    const limit = createRateLimit({ ...options, perMinute: 0 }, createTestClock());
    for (let n = 0; n < 1000; n += 1) expect(limit.take('one')).toBeNull();
  });
});
