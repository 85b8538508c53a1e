// API keys: made once, kept as a digest, refused at once when revoked; and never mistaken for "no key".
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grants, roles } from '../../../src/platform/auth/permissions.ts';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makePublished, makeSection } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const create = (input: object, as = 'admin') => app.post('/v1/api-keys', input, { as });
const me = (key: string) => app.get('/v1/me', { as: key });
const unknownId = '00000000-0000-7000-8000-00000000dead';

// Base 62 of the CRC-32 of what stands before it: what a scanner of leaked secrets would compute.
function checksumOf(text: string): string {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let rest = crc32(text);
  let digits = '';
  while (digits.length < 6) {
    digits = alphabet[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

describe('a new key', () => {
  it('has the documented form, with its prefix and a checksum over the rest', async () => {
    const { status, body, headers } = await create({ name: '门户', role: 'viewer' });
    expect(status).toBe(201);
    expect(body.key).toMatch(/^mh_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}$/);
    expect(body.key.slice(3, 11)).toBe(body.prefix);
    expect(body.key.slice(-6)).toBe(checksumOf(body.key.slice(0, -6)));
    expect(headers.location).toBe(`https://news.test/v1/api-keys/${body.id}`);
    expect(headers['cache-control']).toBe('private, no-store');
  });

  it('is shown in that one answer and kept nowhere but as a digest', async () => {
    await app.newEvents();
    const { body } = await create({ name: '一次', role: 'viewer' });
    expect((await me(body.key)).status).toBe(200);
    const secret = body.key.slice(12);
    const tables = await app.deps.db.sql.rows<{ name: string }>(
      "select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
      [],
    );
    for (const { name } of tables) {
      const rows = await app.deps.db.sql.rows(`select t::text as text from "${name}" t`, []);
      expect({ name, found: JSON.stringify(rows).includes(secret) }).toEqual({ name, found: false });
    }
    expect(JSON.stringify(await app.newEvents())).not.toContain(secret);
    for (const path of ['/v1/api-keys?limit=100', `/v1/api-keys/${body.id}`]) {
      const answer = await app.get(path, { as: 'admin' });
      expect(answer.text).toContain(body.prefix);
      expect(answer.text).not.toContain(secret);
      expect(answer.text).not.toContain('digest');
    }
    const [{ digest }] = (await app.deps.db.sql.rows('select digest from api_key where id = $1', [body.id])) as [
      { digest: Buffer },
    ];
    expect(digest.equals(createHash('sha256').update(body.key).digest())).toBe(true);
  });

  it('is told about with its prefix, name and role', async () => {
    await app.newEvents();
    const { body } = await create({ name: '告知', role: 'writer' });
    expect(await app.newEvents()).toMatchObject([
      {
        type: 'api_key.created',
        subjectId: body.id,
        actorId: 'admin',
        payload: { prefix: body.prefix, name: '告知', role: 'writer' },
      },
    ]);
  });

  it('can have the role monitor, which may read the metrics and learns nothing more', async () => {
    const { status, body } = await create({ name: '监控', role: 'monitor', service: 'prometheus' });
    expect([status, body.role]).toEqual([201, 'monitor']);
    expect((await app.get('/metrics', { as: body.key })).status).toBe(200);
    expect((await me(body.key)).status).toBe(403);
  });

  const told = roles.filter((role) => grants[role]['self.read'] === 'all');
  it.each(told)('can have the role %s, and says of itself what it may do', async (role) => {
    const { body } = await create({ name: `角色 ${role}`, role, service: 'portal' });
    const { status, body: own, headers } = await me(body.key);
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('private, no-store');
    expect(own).toEqual({
      key: { id: body.id, prefix: body.prefix, name: `角色 ${role}`, expiresAt: null },
      role,
      actor: { type: 'service', id: 'portal', name: 'portal' },
      sections: null,
      permissions: grants[role],
    });
  });

  it('belongs to an editor, named by slug or id, who then is the one who acts', async () => {
    const editor = await makeEditor(app);
    for (const name of [editor.slug, editor.id]) {
      const { body } = await create({ name: '个人', role: 'writer', editor: name });
      expect(body).toMatchObject({ editor: { id: editor.id, name: editor.body.name }, service: null });
      await app.newEvents();
      const article = await makeArticle(app, {}, body.key);
      expect(article.body.createdBy).toEqual({ type: 'editor', id: editor.id, name: editor.body.name });
      expect(await app.newEvents()).toMatchObject([{ type: 'article.created', actorId: editor.id }]);
    }
  });

  it('belongs to the service of its own name when neither editor nor service is given', async () => {
    const { body } = await create({ name: '抓取', role: 'viewer' });
    expect(body).toMatchObject({ editor: null, service: '抓取' });
  });

  it('shares what is its own with the other keys of its editor, and with no one else', async () => {
    const editor = await makeEditor(app);
    const [first, second, other] = await Promise.all([
      create({ name: '甲', role: 'writer', editor: editor.id }),
      create({ name: '乙', role: 'writer', editor: editor.id }),
      // A service that calls itself by the editor's id is still not the editor.
      create({ name: '丙', role: 'writer', service: editor.id }),
    ]);
    const article = await makeArticle(app, {}, first.body.key);
    const patch = (as: string, title: string) =>
      app.patch(`/v1/articles/${article.id}`, { title }, { ifMatch: '*', as });
    expect((await patch(other.body.key, '冒名')).status).toBe(403);
    expect((await patch(second.body.key, '同一人')).status).toBe(200);
  });

  it.each([
    ['an editor that is not there', { editor: 'nobody' }, 422, '/editor'],
    ['a section that is not there', { sections: ['no-such'] }, 422, '/sections/0'],
    ['no section at all', { sections: [] }, 400, '/sections'],
    ['an editor and a service', { editor: 'a', service: 'b' }, 400, '/service'],
    ['a role that does not exist', { role: 'root' }, 400, '/role'],
    ['an end in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 400, '/expiresAt'],
    ['an end on a date that does not exist', { expiresAt: '2027-02-30' }, 400, '/expiresAt'],
    ['a key chosen by the client', { key: 'mh_chosen' }, 400, '/key'],
  ])('is refused with %s, and nothing is made', async (_what, input, status, pointer) => {
    await app.newEvents();
    const answer = await create({ name: '错', role: 'viewer', ...input });
    expect(answer.status).toBe(status);
    expect(answer.body.errors[0].pointer).toBe(pointer);
    expect(await app.newEvents()).toEqual([]);
  });

  it('reads an end without an offset in the zone of the newsroom', async () => {
    const { body } = await create({ name: '到期', role: 'viewer', expiresAt: '2027-01-01T00:00' });
    expect(body.expiresAt).toBe('2026-12-31T16:00:00.000Z');
  });

  it('never belongs to an editor who was trashed at the same moment', async () => {
    for (let round = 1; round <= 6; round += 1) {
      const editor = await makeEditor(app);
      const [key, gone] = await Promise.all([
        create({ name: `争 ${round}`, role: 'viewer', editor: editor.id }),
        app.delete(`/v1/editors/${editor.id}`, { ifMatch: '*' }),
      ]);
      expect([
        [201, 409],
        [422, 204],
      ]).toContainEqual([key.status, gone.status]);
    }
  });
});

describe('a key limited to sections', () => {
  it('names them in /v1/me and in the list, and reaches the branch below, for drafts too', async () => {
    const top = await makeSection(app);
    const below = await makeSection(app, { parent: top.id });
    const other = await makeSection(app);
    const { body } = await create({ name: '产经部', role: 'editor', sections: [top.slug, top.id] });
    const expected = [{ id: top.id, slug: top.slug, name: top.body.name }];
    expect(body.sections).toEqual(expected);
    expect((await me(body.key)).body.sections).toEqual(expected);
    const inside = await makeArticle(app, { section: below.id });
    const outside = await makeArticle(app, { section: other.id });
    const read = async (id: string) => (await app.get(`/v1/articles/${id}?perspective=draft`, { as: body.key })).status;
    expect([await read(inside.id), await read(outside.id)]).toEqual([200, 404]);
    const list = await app.get('/v1/articles?perspective=draft&limit=100&count=exact', { as: body.key });
    expect(list.body.data.map((row: { id: string }) => row.id)).toEqual([inside.id]);
    expect(list.body.page.total).toBe(1);
  });

  it('manages no keys, even as an admin: it could make one without the limit', async () => {
    const section = await makeSection(app);
    const limited = await create({ name: '限', role: 'admin', sections: [section.id] });
    const victim = await create({ name: '他', role: 'viewer' });
    await app.newEvents();
    for (const answer of [
      await create({ name: '越', role: 'admin' }, limited.body.key),
      await app.delete(`/v1/api-keys/${victim.body.id}`, { as: limited.body.key }),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'auth.outside_sections' } });
    }
    expect(await app.newEvents()).toEqual([]);
  });
});

describe('a key that does not hold', () => {
  let article: { id: string; slug: string };
  const unusable = new Map<string, string>();
  beforeAll(async () => {
    article = await makePublished(app);
    const expiring = await create({
      name: '短',
      role: 'admin',
      expiresAt: new Date(app.clock.now().getTime() + 1000).toISOString(),
    });
    const revoked = await create({ name: '撤', role: 'admin' });
    await app.delete(`/v1/api-keys/${revoked.body.id}`, { as: 'admin' });
    app.clock.advance(1000);
    const good = app.keys.admin;
    unusable.set('expired', expiring.body.key);
    unusable.set('revoked', revoked.body.key);
    unusable.set('unknown', 'x'.repeat(50));
    unusable.set('mistyped', `${good.slice(0, -1)}${good.endsWith('a') ? 'b' : 'a'}`);
    unusable.set('cut short', good.slice(0, -1));
    unusable.set('only a prefix', good.slice(0, 11));
  });

  it.each(['expired', 'revoked', 'unknown', 'mistyped', 'cut short', 'only a prefix'])(
    'answers 401 when it is %s, on public reads as on everything else',
    async (kind) => {
      const as = unusable.get(kind)!;
      await app.newEvents();
      const answers: Answer[] = [
        await app.get(`/v1/articles/${article.id}`, { as }),
        await app.get(`/v1/articles/${article.slug}`, { as, headers: { 'If-None-Match': '*' } }),
        await app.get('/v1/articles', { as }),
        await app.get('/v1/sections', { as }),
        await app.get(`/v1/articles/${article.id}?perspective=draft`, { as }),
        await app.get('/v1/me', { as }),
        await app.get('/health/live', { as }),
        await app.post('/v1/articles', { title: '不该有' }, { as }),
      ];
      for (const answer of answers) {
        expect(answer).toMatchObject({ status: 401, body: { code: 'auth.invalid' } });
        expect(answer.headers['cache-control']).toBe('no-store');
        expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
        expect(answer.headers.etag).toBeUndefined();
        expect(answer.text).not.toContain(as);
      }
      expect(await app.newEvents()).toEqual([]);
    },
  );

  it.each(['Basic YTpi', 'Bearer', 'Bearer a b', 'key'])(
    'answers 401 to an Authorization of the form %s',
    async (value) => {
      const answer = await app.get('/v1/articles', { headers: { Authorization: value } });
      expect(answer).toMatchObject({ status: 401, body: { code: 'auth.invalid' } });
    },
  );

  it('is noted as used by nobody', async () => {
    const { data } = (await app.get('/v1/api-keys?limit=100', { as: 'admin' })).body;
    const used = data.filter(
      (row: { name: string; lastUsedAt: unknown }) => ['短', '撤'].includes(row.name) && row.lastUsedAt,
    );
    expect(used).toEqual([]);
  });
});

describe('revoking', () => {
  it('takes effect at the next request, in the middle of what the key was doing', async () => {
    const { body } = await create({ name: '中途', role: 'editor' });
    const article = await makeArticle(app, {}, body.key);
    await app.newEvents();
    const revoked = await app.delete(`/v1/api-keys/${body.id}`, { as: 'admin' });
    expect(revoked).toMatchObject({ status: 204, text: '' });
    const patch = await app.patch(
      `/v1/articles/${article.id}`,
      { title: '迟' },
      { as: body.key, ifMatch: article.etag },
    );
    expect(patch.status).toBe(401);
    expect(await app.newEvents()).toMatchObject([
      { type: 'api_key.revoked', subjectId: body.id, actorId: 'admin', payload: { prefix: body.prefix } },
    ]);
  });

  it('twice, or five times at once, is the same as once', async () => {
    const { body } = await create({ name: '重复', role: 'viewer' });
    await app.newEvents();
    const at = app.clock.now().toISOString();
    const revoke = () => app.delete(`/v1/api-keys/${body.id}`, { as: 'admin' });
    const answers = await Promise.all(Array.from({ length: 5 }, revoke));
    expect(answers.map((answer) => answer.status)).toEqual([204, 204, 204, 204, 204]);
    app.clock.advance(60_000);
    expect((await revoke()).status).toBe(204);
    expect(await app.newEvents()).toHaveLength(1);
    expect((await app.get(`/v1/api-keys/${body.id}`, { as: 'admin' })).body.revokedAt).toBe(at);
  });

  it('answers 404 for a key that is not there, as reading it does', async () => {
    for (const method of ['GET', 'DELETE']) {
      const answer = await app.call(method, `/v1/api-keys/${unknownId}`, { as: 'admin' });
      expect(answer).toMatchObject({ status: 404, body: { code: 'resource.not_found' } });
    }
  });
});
