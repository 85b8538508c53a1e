// A key that is revoked while its write is under way: once the revocation is answered, nothing is written with it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle } from '../../support/factories.ts';
import { type Call, send, unique } from './every-write.ts';
import { eventLock, rowLock, whileHolding } from './locks.ts';
import { expectProblem, fingerprintDatabase } from './refusals.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url, { DATABASE_STATEMENT_TIMEOUT_MS: '20000' });
});
afterAll(() => app.close());

type Key = { key: string; id: string };
async function makeKey(role: 'editor' | 'admin' = 'editor'): Promise<Key> {
  const key = await app.createKey({ name: unique('key'), role });
  return { key, id: (await app.get('/v1/me', { as: key })).body.key.id };
}
const revoke = (id: string, as = 'admin', headers = {}) => app.delete(`/v1/api-keys/${id}`, { as, headers });
const revokedKey = { status: 401, code: 'auth.invalid' };
const types = async () => (await app.newEvents()).map(({ type }) => type);

/** Everything but the revocation itself. */
async function fingerprint(): Promise<Record<string, string>> {
  return { ...(await fingerprintDatabase(app)), api_key: '', event: '' };
}

describe('a write that waits for a lock while its key is revoked stores nothing and answers 401:', () => {
  type Waiting = [string, (article: { id: string; slug: string }) => Omit<Call, 'as'>];
  const patch = (id: string, body: object, ifMatch = '*') => ({
    method: 'PATCH',
    path: `/v1/articles/${id}`,
    ifMatch,
    body,
  });
  const writes: Waiting[] = [
    ['a patch', ({ id }) => patch(id, { urgency: 1 })],
    ['a patch that changes nothing', ({ id }) => patch(id, {})],
    ['a publication', ({ id }) => ({ method: 'POST', path: `/v1/articles/${id}/publish`, ifMatch: '*' })],
    ['the trash', ({ id }) => ({ method: 'DELETE', path: `/v1/articles/${id}`, ifMatch: '*' })],
    ['a rehearsal', ({ id }) => ({ ...patch(id, { urgency: 1 }), path: `/v1/articles/${id}?dryRun=true` })],
    [
      'a batch in SQL alone',
      ({ id }) => ({
        method: 'POST',
        path: '/v1/batch',
        body: {
          operations: [{ method: 'POST', path: '/v1/articles', body: { title: '一' } }, patch(id, { urgency: 1 })],
        },
      }),
    ],
    [
      'a batch with Prisma',
      ({ id }) => ({
        method: 'POST',
        path: '/v1/batch',
        body: {
          operations: [
            { method: 'POST', path: '/v1/sources', body: { name: unique('源') } },
            patch(id, { urgency: 1 }),
          ],
        },
      }),
    ],
  ];

  it.each(
    writes.flatMap(([name, make]) => [
      [name, make, {}] as const,
      [`${name}, with an Idempotency-Key`, make, { 'Idempotency-Key': 'k' }] as const,
    ]),
  )('%s', async (_name, make, headers) => {
    const { key, id } = await makeKey();
    const article = await makeArticle(app);
    await app.newEvents();
    const before = await fingerprint();
    const answer = await whileHolding(app, rowLock('article'), [article.id], async ({ untilWaiting, release }) => {
      const running = send(app, { ...make(article), as: key, headers });
      await untilWaiting();
      expect((await revoke(id)).status).toBe(204);
      await release();
      return running;
    });
    expectProblem(answer, revokedKey);
    expect(await fingerprint()).toEqual(before);
    expect(await types()).toEqual(['api_key.revoked']);
  });

  it('a refusal that it meets is kept for no retry', async () => {
    const { key, id } = await makeKey();
    const article = await makeArticle(app);
    const before = await fingerprint();
    const answer = await whileHolding(app, rowLock('article'), [article.id], async ({ untilWaiting, release }) => {
      const call = patch(article.id, { urgency: 1 }, '"r9"');
      const running = send(app, { ...call, as: key, headers: { 'Idempotency-Key': 'refused' } });
      await untilWaiting();
      await revoke(id);
      await release();
      return running;
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await fingerprint()).toEqual(before);
  });
});

describe('a revocation that is under way', () => {
  const underWay = `with revoked as (update api_key set revoked_at = now() where id = $1 returning 1)
    select count(*) from revoked`;
  const create = (key: Key): Promise<Answer> => app.post('/v1/articles', { title: unique('撤') }, { as: key.key });

  it('is waited for, and seen once it is there; meanwhile nobody else is held up', async () => {
    const key = await makeKey();
    const before = await fingerprint();
    const answer = await whileHolding(app, underWay, [key.id], async ({ untilWaiting, release }) => {
      const running = create(key);
      await untilWaiting();
      const other = await app.post('/v1/articles?dryRun=true', { title: unique('旁') });
      expect(other.status).toBe(201);
      await release();
      return running;
    });
    expectProblem(answer, revokedKey);
    expect(await fingerprint()).toEqual(before);
  });

  it('is seen as well by a write that waited for the log behind it', async () => {
    const key = await makeKey();
    const before = await fingerprint();
    const answer = await whileHolding(app, eventLock, [], async ({ query, untilWaiting, release }) => {
      await query(`update api_key set revoked_at = now() where id = $1`, [key.id]);
      const running = create(key);
      await untilWaiting();
      await release();
      return running;
    });
    expectProblem(answer, revokedKey);
    expect(await fingerprint()).toEqual(before);
  });

  it('that comes to nothing lets the write through', async () => {
    const key = await makeKey();
    const answer = await whileHolding(app, underWay, [key.id], async ({ query, untilWaiting }) => {
      const running = create(key);
      await untilWaiting();
      await query('rollback');
      return running;
    });
    expect(answer.status).toBe(201);
  });

  it('that comes after a write began to be told follows it in the log', async () => {
    const key = await makeKey();
    await app.newEvents();
    const [written, revoked] = await whileHolding(app, eventLock, [], async ({ untilWaiting, release }) => {
      const running = create(key);
      await untilWaiting(1);
      const revoking = revoke(key.id);
      await untilWaiting(2);
      await release();
      return Promise.all([running, revoking]);
    });
    expect([written.status, revoked.status]).toEqual([201, 204]);
    expect(await types()).toEqual(['article.created', 'api_key.revoked']);
    expectProblem(await create(key), revokedKey);
  });
});

describe('a key that revokes', () => {
  it.each([
    ['alone', {}],
    ['with an Idempotency-Key', { 'Idempotency-Key': 'self' }],
  ])('itself may, %s; after that it is no key', async (_name, headers) => {
    const { key, id } = await makeKey('admin');
    await app.newEvents();
    expect((await revoke(id, key, headers)).status).toBe(204);
    expect(await types()).toEqual(['api_key.revoked']);
    expectProblem(await revoke(id, key, headers), revokedKey);
    expect(await app.deps.db.prisma.idempotentAnswer.count({ where: { keyId: id } })).toBe(0);
  });

  it('another that revokes it at the same time: one does, the other is no key any more', async () => {
    for (let times = 0; times < 5; times += 1) {
      const [one, two] = await Promise.all([makeKey('admin'), makeKey('admin')]);
      await app.newEvents();
      const answers = await Promise.all([revoke(two.id, one.key), revoke(one.id, two.key)]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 401]);
      expect(await types()).toEqual(['api_key.revoked']);
    }
  });
});

it('reading waits for no write of the same key, though it tells when the key was last used', async () => {
  const { key, id } = await makeKey();
  app.clock.advance(120_000);
  const used = () => app.deps.db.prisma.apiKey.findUniqueOrThrow({ where: { id }, select: { lastUsedAt: true } });
  const before = await used();
  await whileHolding(app, rowLock('api_key'), [id], async () => {
    expect((await app.get('/v1/me', { as: key })).status).toBe(200);
  });
  expect(await used()).toEqual(before);
  await app.get('/v1/me', { as: key });
  expect(await used()).toEqual({ lastUsedAt: app.clock.now() });
});
