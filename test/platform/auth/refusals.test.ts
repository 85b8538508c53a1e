// Refused attempts on keys are told in the event log: who tried what with which key, never the secret.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../../../src/platform/auth/permissions.ts';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { onDatabase } from '../../support/database-address.ts';
import { makeArticle, makeEditor, makePublished, makeSection } from '../../support/factories.ts';
import { readRefusals } from './refused.ts';

let app: TestApp;
let seen = 0;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());
// Every test has a minute of its own.
beforeEach(async () => {
  app.clock.advance(60_000);
  seen = (await readRefusals(app, 0)).at(-1)?.position ?? 0;
});

const told = () => readRefusals(app, seen);
const list = (as: string) => app.get('/v1/articles', { as });
const create = async (input: object) => (await app.post('/v1/api-keys', input, { as: 'admin' })).body;
const revoke = (id: string) => app.delete(`/v1/api-keys/${id}`, { as: 'admin' });
const nobody = '00000000-0000-0000-0000-000000000000';
const unknownKey = 'mh_abcdEFGH_00000000000000000000000000000000';

describe('a key that does not hold', () => {
  it('is told as unknown, of nobody, when there is none like it', async () => {
    const answer = await list('x'.repeat(50));
    expect(answer.status).toBe(401);
    expect(await told()).toMatchObject([
      {
        type: 'api_key.refused',
        subject_type: 'api_key',
        subject_id: nobody,
        actor_type: 'anonymous',
        actor_id: 'unknown',
        key_id: null,
        request_id: answer.headers['x-request-id'],
        occurred_at: app.clock.now(),
        payload: {
          reason: 'unknown',
          prefix: null,
          operation: 'listArticles',
          address: expect.stringMatching(/^(::ffff:)?127\.0\.0\.1$|^::1$/),
          count: 1,
        },
      },
    ]);
  });

  it('is told as mistyped with the prefix that it shows', async () => {
    await list(`${unknownKey}aaaaaa`);
    expect(await told()).toMatchObject([{ subject_id: nobody, payload: { reason: 'mistyped', prefix: 'abcdEFGH' } }]);
  });

  it('is told as expired, of its own editor', async () => {
    const editor = await makeEditor(app);
    const expiresAt = new Date(app.clock.now().getTime() + 1000).toISOString();
    const key = await create({ name: '短', role: 'admin', editor: editor.id, expiresAt });
    app.clock.advance(1000);
    await app.get('/v1/me', { as: key.key });
    expect(await told()).toMatchObject([
      {
        subject_id: key.id,
        actor_type: 'editor',
        actor_id: editor.id,
        payload: { reason: 'expired', prefix: key.prefix, operation: 'getMe' },
      },
    ]);
  });

  it('is told as revoked, of its own service', async () => {
    const key = await create({ name: '撤', role: 'editor', service: 'portal' });
    await revoke(key.id);
    await app.post('/v1/articles', { title: '不该有' }, { as: key.key });
    expect(await told()).toMatchObject([
      {
        subject_id: key.id,
        actor_type: 'service',
        actor_id: 'portal',
        payload: { reason: 'revoked', prefix: key.prefix, operation: 'createArticle' },
      },
    ]);
  });

  it('is told when it was revoked while its request waited, which then stores nothing', async () => {
    const key = await create({ name: '中途', role: 'editor' });
    const article = await makeArticle(app, {}, key.key);
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    const answer = await onDatabase(app.databaseUrl, async (holder): Promise<Answer> => {
      await holder.query('begin');
      await holder.query('select id from article where id = $1 for update', [article.id]);
      const pending = app.patch(`/v1/articles/${article.id}`, { title: '迟' }, { as: key.key, ifMatch: '*' });
      while ((await app.deps.db.sql.rows(waiting, [])).length === 0);
      expect((await revoke(key.id)).status).toBe(204);
      await holder.query('commit');
      return pending;
    });
    expect(answer).toMatchObject({ status: 401, body: { code: 'auth.invalid' } });
    expect(await told()).toMatchObject([
      { subject_id: key.id, payload: { reason: 'revoked', operation: 'updateArticle' } },
    ]);
  });

  it('leaves neither itself nor a part of its secret in the log', async () => {
    const key = await create({ name: '密', role: 'viewer' });
    await revoke(key.id);
    const operators = 'a-key-that-an-operator-chose-0123456789';
    for (const text of [key.key, `${unknownKey}aaaaaa`, operators, `${key.key}x`]) {
      app.clock.advance(60_000);
      await list(text);
    }
    const events = JSON.stringify(await told());
    expect(events.match(/"reason"/g)).toHaveLength(4);
    for (const secret of [key.key.slice(12), '00000000000000000000', operators, operators.slice(0, 8)])
      expect(events).not.toContain(secret);
  });

  it('gets the same answer whether the attempt is told or only counted', async () => {
    const answers = [await list(unknownKey), await list(unknownKey), await list(unknownKey)];
    const comparable = answers.map(({ status, text, headers }) => {
      const { 'x-request-id': id = '', date: _date, ...rest } = headers;
      return { status, text: text.replace(id, ''), rest };
    });
    expect(comparable[1]).toEqual(comparable[0]);
    expect(comparable[2]).toEqual(comparable[0]);
    expect(await told()).toHaveLength(1);
  });
});

describe('a key that holds', () => {
  it.each(['viewer', 'writer', 'editor'] as Role[])(
    'is told as forbidden when its role %s reaches for keys, on each route about them',
    async (role) => {
      const { id, prefix } = (await app.get('/v1/me', { as: role })).body.key;
      const calls = [
        () => app.get('/v1/api-keys', { as: role }),
        () => app.get(`/v1/api-keys/${id}`, { as: role }),
        () => app.post('/v1/api-keys', { name: '越', role: 'admin' }, { as: role }),
        () => app.delete(`/v1/api-keys/${id}`, { as: role }),
      ];
      for (const call of calls) {
        expect((await call()).status).toBe(403);
        app.clock.advance(60_000);
      }
      const of = (operation: string) => ({
        subject_id: id,
        actor_id: role,
        payload: { reason: 'forbidden', prefix, operation, count: 1 },
      });
      const operations = ['listApiKeys', 'getApiKey', 'createApiKey', 'revokeApiKey'];
      expect(await told()).toMatchObject(operations.map(of));
    },
  );

  it('is told when it is limited to sections and reaches for keys all the same', async () => {
    const section = await makeSection(app);
    const key = await create({ name: '限', role: 'admin', sections: [section.id] });
    await app.post('/v1/api-keys', { name: '越', role: 'admin' }, { as: key.key });
    expect(await told()).toMatchObject([
      { subject_id: key.id, payload: { reason: 'outside_sections', operation: 'createApiKey' } },
    ]);
  });

  it('is not told when what it may not do is about something else, or when it does well', async () => {
    await makePublished(app);
    expect((await app.post('/v1/sections', { name: '越' }, { as: 'viewer' })).status).toBe(403);
    expect((await app.get('/v1/api-keys', { as: 'admin' })).status).toBe(200);
    expect((await app.get(`/v1/api-keys/${nobody}`, { as: 'admin' })).status).toBe(404);
    expect((await app.post('/v1/api-keys', { name: '' }, { as: 'admin' })).status).toBe(400);
    expect((await app.get('/v1/me')).status).toBe(401);
    expect(await told()).toEqual([]);
  });
});
