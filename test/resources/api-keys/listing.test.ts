// The list of API keys, when a key was last used, what the log says of keys, and the first key of an installation.
import { Writable } from 'node:stream';
import { pino } from 'pino';
import request from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildApp } from '../../../src/app.ts';
import { roles } from '../../../src/platform/auth/permissions.ts';
import { ensureFirstKey } from '../../../src/resources/api-keys/commands.ts';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';

let app: TestApp;

describe('the list of keys', () => {
  type Key = { id: string; createdAt: string };
  const keys: Key[] = [];
  const idsInOrder = () =>
    keys.toSorted((a, b) => (`${a.createdAt} ${a.id}` < `${b.createdAt} ${b.id}` ? 1 : -1)).map((key) => key.id);
  beforeAll(async () => {
    app = await createTestApp(import.meta.url);
    // Three to an instant.
    for (let i = 0; i < 9; i += 1) {
      if (i % 3 === 0) app.clock.advance(1000);
      const { body } = await app.post('/v1/api-keys', { name: `钥 ${i}`, role: 'viewer' }, { as: 'admin' });
      keys.push(body);
    }
  });
  afterAll(() => app.close());

  it('is walked once, newest first, whatever is made meanwhile, revoked keys included', async () => {
    const made = idsInOrder();
    await app.delete(`/v1/api-keys/${made[4]}`, { as: 'admin' });
    const seen: string[] = [];
    let next: string | undefined = '/v1/api-keys?limit=2';
    while (next !== undefined && seen.length < 100) {
      const page: Answer = await app.get(next, { as: 'admin' });
      seen.push(...page.body.data.map((row: { id: string }) => row.id));
      next = /^<https:\/\/news\.test(.+)>; rel="next"$/.exec(page.headers.link ?? '')?.[1];
      expect(next === undefined).toBe(page.body.page.nextCursor === null);
      if (seen.length === 4) await app.post('/v1/api-keys', { name: '插队', role: 'viewer' }, { as: 'admin' });
    }
    expect(seen.slice(0, 9)).toEqual(made);
    // And those that the test came with.
    expect(seen).toHaveLength(9 + roles.length);
    const { body } = await app.get(`/v1/api-keys/${made[4]}`, { as: 'admin' });
    expect(body.revokedAt).toBe(app.clock.now().toISOString());
  });

  it.each(['abc', 'WyJ4IiwieSIsInoiXQ'])('refuses the cursor %s', async (cursor) => {
    const answer = await app.get(`/v1/api-keys?cursor=${cursor}`, { as: 'admin' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid_cursor' } });
  });

  it('refuses a cursor of another list', async () => {
    await app.post('/v1/tags', { name: '一' });
    await app.post('/v1/tags', { name: '二' });
    const { body } = await app.get('/v1/tags?limit=1');
    const answer = await app.get(`/v1/api-keys?cursor=${body.page.nextCursor}`, { as: 'admin' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid_cursor' } });
  });

  it('tells to the minute when a key was last used', async () => {
    const { body } = await app.post('/v1/api-keys', { name: '用时', role: 'viewer' }, { as: 'admin' });
    const lastUsed = async () => (await app.get(`/v1/api-keys/${body.id}`, { as: 'admin' })).body.lastUsedAt;
    expect(await lastUsed()).toBeNull();
    const first = app.clock.now().toISOString();
    await app.get('/v1/articles', { as: body.key });
    app.clock.advance(59_000);
    await app.get('/v1/articles', { as: body.key });
    expect(await lastUsed()).toBe(first);
    app.clock.advance(2000);
    await app.get('/v1/articles', { as: body.key });
    expect(await lastUsed()).toBe(app.clock.now().toISOString());
  });

  it('leaves no key in the log, right or wrong, in header, body or address', async () => {
    const lines: string[] = [];
    const sink = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    const logged = await buildApp({ ...app.deps, log: pino({ level: 'trace' }, sink) });
    const wrong = `${app.keys.admin.slice(0, -1)}?`;
    const created = await request(logged.server)
      .post('/v1/api-keys')
      .set('Authorization', `Bearer ${app.keys.admin}`)
      .send({ name: '记', role: 'viewer' });
    await request(logged.server).get('/v1/me').set('Authorization', `Bearer ${wrong}`);
    await request(logged.server).get(`/v1/articles?key=${app.keys.viewer}`);
    await request(logged.server)
      .post('/v1/api-keys')
      .set('Authorization', `Bearer ${app.keys.admin}`)
      .send({ key: wrong });
    await logged.close();
    const log = lines.join('');
    expect(created.status).toBe(201);
    expect(log).toContain('"operation":"createApiKey"');
    for (const secret of [app.keys.admin, app.keys.viewer, created.body.key, wrong]) {
      expect(log).not.toContain(secret.slice(12));
    }
  });
});

describe('the first key', () => {
  beforeEach(async () => {
    app = await createTestApp(import.meta.url);
    await app.deps.db.sql.rows('delete from api_key', []);
    await app.newEvents();
  });
  afterEach(() => app.close());
  const ensure = (chosen?: string) => ensureFirstKey(app.deps.db, app.act(), chosen);
  const chosen = 'a-key-that-the-operator-chose-for-ci-1234';

  it('is made at random, told once, and is an admin', async () => {
    const key = await ensure();
    expect(key).toMatch(/^mh_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}$/);
    expect((await app.get('/v1/me', { as: key! })).body).toMatchObject({ role: 'admin', sections: null });
    expect(await app.newEvents()).toMatchObject([{ type: 'api_key.created' }]);
    expect(await ensure()).toBeNull();
    expect(await app.newEvents()).toEqual([]);
  });

  it('is not made where any key is, even a revoked one', async () => {
    const key = await ensure();
    const { body } = await app.get('/v1/me', { as: key! });
    await app.delete(`/v1/api-keys/${body.key.id}`, { as: key! });
    expect(await ensure()).toBeNull();
    expect((await app.get('/v1/me', { as: key! })).status).toBe(401);
  });

  it('is the one that the operator chose, which is not told back, and works beside others', async () => {
    const random = await ensure();
    expect(await ensure(chosen)).toBeNull();
    expect((await app.get('/v1/me', { as: chosen })).body.role).toBe('admin');
    expect((await app.get('/v1/me', { as: random! })).status).toBe(200);
    expect(JSON.stringify(await app.newEvents())).not.toContain(chosen);
    expect(await ensure(chosen)).toBeNull();
    expect((await app.get('/v1/api-keys', { as: chosen })).body.data).toHaveLength(2);
  });

  it('stays revoked when the chosen one was revoked', async () => {
    await ensure(chosen);
    const { body } = await app.get('/v1/me', { as: chosen });
    await app.delete(`/v1/api-keys/${body.key.id}`, { as: chosen });
    expect(await ensure(chosen)).toBeNull();
    expect((await app.get('/v1/me', { as: chosen })).status).toBe(401);
  });

  it.each([['at random'], ['chosen', chosen]])(
    'is one when two processes start at once, %s',
    async (_how, given?: string) => {
      const keys = await Promise.all(Array.from({ length: 4 }, () => ensure(given)));
      const rows = await app.deps.db.sql.rows('select id from api_key', []);
      expect(rows).toHaveLength(1);
      expect(keys.filter((key) => key !== null)).toHaveLength(given === undefined ? 1 : 0);
      expect(await app.newEvents()).toHaveLength(1);
    },
  );
});
