// Whoever floods the server with wrong keys fills neither the log nor the memory, and slows nobody.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createRefusalLog, type Refusal } from '../../../src/platform/auth/refusals.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { listen, sendRaw } from '../http/listening.ts';
import { readRefusals } from './refused.ts';

let app: TestApp;
let seen = 0;
beforeAll(async () => {
  app = await createTestApp(import.meta.url, { TRUST_PROXY: '1' });
});
afterAll(() => app.close());
// Every test has minutes of its own, and is told what earlier ones left.
beforeEach(async () => {
  await app.deps.keys.refusals.close();
  app.clock.advance(120_000);
  seen = (await readRefusals(app, 0)).at(-1)?.position ?? 0;
});

const told = async () => (await readRefusals(app, seen)).map(({ payload }) => payload);
const counts = async () => (await told()).map(({ reason, count }) => [reason, count]);
const attempt = (key: string, from = '203.0.113.1') =>
  app.get('/v1/articles', { as: key, headers: { 'X-Forwarded-For': from } });
const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
const mistyped = (n: number) => `mh_${String(n).padStart(8, '0')}_${'0'.repeat(38)}`;
const stranger = (n: number, more: Partial<Refusal> = {}): Refusal => ({
  reason: 'unknown',
  owner: null,
  prefix: null,
  operation: 'listArticles',
  address: `198.51.${Math.floor(n / 250)}.${1 + (n % 250)}`,
  requestId: `r${n}`,
  ...more,
});

it('one address is told once a minute, and the next event says how often it tried', async () => {
  for (const n of times(5, (n) => n)) await attempt(`wrong-${n}`);
  expect(await counts()).toEqual([['unknown', 1]]);
  app.clock.advance(59_999);
  await attempt('wrong');
  expect(await counts()).toEqual([['unknown', 1]]);
  app.clock.advance(1);
  await attempt('wrong');
  expect(await counts()).toEqual([
    ['unknown', 1],
    ['unknown', 6],
  ]);
});

it('a new prefix with each attempt is still the same address', async () => {
  for (const n of times(5, (n) => n)) await attempt(mistyped(n));
  expect(await counts()).toEqual([['mistyped', 1]]);
});

it('a key of ours is told once a minute, from however many addresses it comes', async () => {
  const { body } = await app.post('/v1/api-keys', { name: '泄', role: 'viewer' }, { as: 'admin' });
  await app.delete(`/v1/api-keys/${body.id}`, { as: 'admin' });
  for (const n of times(5, (n) => n)) await attempt(body.key, `203.0.113.${n}`);
  expect(await counts()).toEqual([['revoked', 1]]);
  app.clock.advance(60_000);
  await attempt(body.key, '2001:db8::1');
  expect((await told()).at(-1)).toMatchObject({ reason: 'revoked', count: 5, address: '2001:db8::1' });
});

it('addresses are told apart, and all of one IPv6 network are one', async () => {
  for (const from of ['203.0.113.1', '203.0.113.2', '2001:db8:1:2::1', '2001:db8:1:2:ffff::2', '2001:db8:1:3::1'])
    await attempt('wrong', from);
  const addresses = (await told()).map(({ address }) => address);
  expect(addresses).toEqual(['203.0.113.1', '203.0.113.2', '2001:db8:1:2::1', '2001:db8:1:3::1']);
});

it('what a proxy passes on as an address and is none is not kept', async () => {
  await attempt('wrong', 'x'.repeat(5000));
  expect(await told()).toMatchObject([{ address: null, count: 1 }]);
});

it('strangers from any number of addresses make sixty events a minute, and the rest is told as one', async () => {
  await Promise.all(times(200, (n) => attempt('wrong', `198.51.100.${n}`)));
  expect(await told()).toHaveLength(60);
  app.clock.advance(60_000);
  await attempt('wrong', '203.0.113.9');
  const [rest, next, ...more] = (await told()).slice(60);
  expect(rest).toEqual({ reason: 'various', prefix: null, operation: null, address: null, count: 140 });
  expect(next).toMatchObject({ reason: 'unknown', address: '203.0.113.9', count: 1 });
  expect(more).toEqual([]);
});

it('a flood of strangers does not hide what is tried with a key of ours', async () => {
  await Promise.all(times(100, (n) => attempt('wrong', `198.51.100.${n}`)));
  await app.get('/v1/api-keys', { as: 'editor' });
  expect((await told()).at(-1)).toMatchObject({ reason: 'forbidden', operation: 'listApiKeys' });
});

it('no attempt is lost when more sources come than are remembered', async () => {
  const { refusals } = app.deps.keys;
  for (const n of times(1200, (n) => n)) {
    if (n % 60 === 0) {
      app.clock.advance(60_000);
      await refusals.settle();
    }
    refusals.note(stranger(n));
    refusals.note(stranger(n));
  }
  await refusals.close();
  const all = await told();
  expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(2400);
  expect(all.some(({ reason }) => reason === 'various')).toBe(true);
});

it('a server that stops tells the counts that wait for their minute', async () => {
  const refusals = createRefusalLog(app.deps);
  const server = await listen(app, { TRUST_PROXY: '1' }, { keys: { ...app.deps.keys, refusals } });
  const line = (n: number) =>
    `GET /v1/articles HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer wrong-${n}\r\n\r\n`;
  for (const n of times(3, (n) => n)) expect((await sendRaw(server.port, line(n))).status).toBe(401);
  await server.close();
  expect(await counts()).toEqual([
    ['unknown', 1],
    ['unknown', 2],
  ]);
});

it('a database that does not take the event changes no answer, and is logged without what was sent', async () => {
  const lines: unknown[] = [];
  const log = { ...app.deps.log, error: (line: unknown) => void lines.push(line) } as typeof app.deps.log;
  const fail = () => Promise.reject(new Error('the database is away'));
  const refusals = createRefusalLog({ ...app.deps, log, db: { ...app.deps.db, transaction: fail } });
  const server = await listen(app, {}, { keys: { ...app.deps.keys, refusals } });
  const request = 'GET /v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer hush-hush\r\n\r\n';
  const answer = await sendRaw(server.port, request);
  expect(answer).toMatchObject({ status: 401, body: { code: 'auth.invalid' } });
  await server.close();
  expect(lines).toMatchObject([{ events: 1 }]);
  expect(JSON.stringify(lines)).not.toContain('hush');
  expect(await told()).toEqual([]);
});

it('an answer is out before the event is written', async () => {
  const order: string[] = [];
  const transaction: typeof app.deps.db.transaction = (work) => {
    order.push('written');
    return app.deps.db.transaction(work);
  };
  const refusals = createRefusalLog({ ...app.deps, db: { ...app.deps.db, transaction } });
  refusals.note(stranger(1));
  // What an answer has to do still comes before: its promises, and its bytes in this turn.
  await Promise.resolve().then(() => order.push('answered'));
  process.nextTick(() => order.push('sent'));
  await refusals.settle();
  expect(order).toEqual(['answered', 'sent', 'written']);
});
