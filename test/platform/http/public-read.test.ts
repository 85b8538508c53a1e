// Public reads and the cache of their answers, as a client sees them: what is kept, for whom, and until when.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roles } from '../../../src/platform/auth/permissions.ts';
import { createDataVersions } from '../../../src/platform/events/data-version.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeSection, makeTag, publish } from '../../support/factories.ts';
import { ask, untilKept } from './asking.ts';
import { type Listening, listen } from './listening.ts';

let app: TestApp;
let server: Listening;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  server = await listen(app);
});
afterAll(async () => {
  await server.close();
  await app.close();
});

const get = (path: string, headers?: Record<string, string>) => ask(server.port, path, headers);
const kept = (path: string, headers?: Record<string, string>) => untilKept(server.port, path, headers);
const as = (role: string) => ({ Authorization: `Bearer ${app.keys[role as 'viewer'] ?? role}` });
const act = async (id: string, name: string, body?: object) => {
  app.clock.advance(1000);
  const answer = await app.post(`/v1/articles/${id}/${name}`, body, { ifMatch: '*' });
  expect([name, answer.status]).toEqual([name, 200]);
  app.clock.advance(1000);
};
/** A busy machine may not be heard for a second, and then nothing comes from the cache. */
const patience = { timeout: 30_000, interval: 10 };
const entries = () => app.deps.delivery.cache!.stats().entries;

describe('Cache-Status and Age', () => {
  it('tell a reading that is stored, then hits, and after a write a reading again', async () => {
    let path = '';
    await expect
      .poll(async () => {
        path = `/v1/sections/${(await makeSection(app)).id}`;
        return (await get(path)).headers['cache-status'];
      }, patience)
      .toBe('masthead; fwd=uri-miss; stored');
    expect((await kept(path)).headers).toMatchObject({ age: '0', 'cache-status': 'masthead; hit' });
    expect((await app.patch(path, { name: '新' }, { ifMatch: '*' })).status).toBe(200);
    const after = await get(path);
    expect(after.headers['cache-status']).toMatch(/^masthead; fwd=/);
    expect(after.headers.age).toBeUndefined();
    expect(JSON.parse(after.bytes.toString())).toMatchObject({ name: '新' });
  });

  it('tell whoever waited for a reading that ran already', { timeout: 60_000 }, async () => {
    const askTogether = async () => {
      const path = `/v1/sections/${(await makeSection(app)).id}`;
      const release = await holdTable('section');
      const asked = Array.from({ length: 3 }, () => get(path));
      await expect.poll(countWaiting, patience).toBeGreaterThan(0);
      // Those who came later have been looked at by now.
      await get('/health/live');
      await release();
      return (await Promise.all(asked)).map(({ headers }) => headers['cache-status']).toSorted();
    };
    await expect
      .poll(askTogether, patience)
      .toEqual([
        'masthead; fwd=uri-miss; collapsed',
        'masthead; fwd=uri-miss; collapsed',
        'masthead; fwd=uri-miss; stored',
      ]);
  });

  it('are absent where the cache is switched off', async () => {
    const off = await createTestApp(import.meta.url, { CACHE_SIZE_BYTES: '0' });
    const { id } = await makeSection(off);
    for (const _ of [1, 2]) {
      const { status, headers } = await off.get(`/v1/sections/${id}`);
      expect(status).toBe(200);
      expect(headers).not.toHaveProperty('cache-status');
      expect(headers).not.toHaveProperty('age');
    }
    await off.close();
  });
});

describe('one meaning has one answer', () => {
  it.each([
    ['another order', (id: string) => `/v1/articles/${id}?body=text&fields=title,body`],
    ['names and values in percent form', (id: string) => `/v1/articles/${id}?%66ields=title%2Cbody&body=%74ext`],
    [
      'an id in percent form',
      (id: string) => `/v1/articles/%${id.charCodeAt(0).toString(16)}${id.slice(1)}?fields=title,body&body=text`,
    ],
  ])('under one key: %s', async (_name, other) => {
    const { id } = await makePublished(app, { body: { text: '正文' } });
    const first = await kept(`/v1/articles/${id}?fields=title,body&body=text`);
    const before = entries();
    const again = await kept(other(id));
    expect(again.bytes).toEqual(first.bytes);
    expect(again.headers.etag).toBe(first.headers.etag);
    expect(entries()).toBe(before);
  });

  it.each([
    ['the defaults, written out', (id: string) => `/v1/articles/${id}?body=blocks&perspective=published`],
    ['an id in capitals', (id: string) => `/v1/articles/${id.toUpperCase()}`],
    ['the slug', (_id: string, slug: string) => `/v1/articles/${slug}`],
    ['an empty query', (id: string) => `/v1/articles/${id}?`],
  ])('to the byte: %s', async (_name, other) => {
    const { id, slug } = await makePublished(app);
    const first = await get(`/v1/articles/${id}`);
    const again = await get(other(id, slug));
    expect(again.bytes).toEqual(first.bytes);
    expect(again.headers.etag).toBe(first.headers.etag);
  });

  it('with a link to the next page that does not depend on how it was asked', async () => {
    const parent = await makeSection(app);
    for (const _ of [1, 2]) await makeSection(app, { parent: parent.slug });
    const first = await get(`/v1/sections?limit=1&parent=${parent.slug}&sort=name`);
    const again = await get(`/v1/sections?sort=n%61me&parent=${parent.slug}&limit=1`);
    expect(first.headers.link).toContain(`<https://news.test/v1/sections?`);
    expect(again.headers.link).toBe(first.headers.link);
    expect(again.bytes).toEqual(first.bytes);
  });
});

describe('nothing is stored of', () => {
  it.each([
    ['an unknown parameter', '?nonce=1'],
    ['a parameter given twice', '?limit=1&limit=1'],
    ['a parameter given twice, of which one is an array', '?sort[]=name&sort=name'],
    ['an inherited name', '?__proto__=1'],
    ['a value that is none', '?limit=0'],
    ['a value that is too long', `?parent=${'a'.repeat(300)}`],
    ['a NUL', '?parent=a%00b'],
    ['a cursor that is none', '?cursor=x'],
    ['a broken percent sign', '?parent=%zz'],
    ['a forged version', '?minVersion=5.AAAAAAAAAAAA'],
  ])('what is refused: %s', async (_name, search) => {
    const before = entries();
    const answer = await get(`/v1/sections${search}`);
    expect([answer.status, answer.headers['cache-control']]).toEqual([400, 'no-store']);
    expect(answer.headers).not.toHaveProperty('cache-status');
    expect(entries()).toBe(before);
  });

  it('drafts: the same address without the key is a 401 before and after', async () => {
    const { id } = await makeArticle(app, { title: '密稿' });
    for (const path of [
      `/v1/articles/${id}?perspective=draft`,
      '/v1/articles?perspective=draft',
      '/v1/tags?perspective=draft',
    ]) {
      const before = entries();
      expect((await get(path)).status).toBe(401);
      const own = await get(path, as('editor'));
      expect([own.status, own.headers['cache-control']]).toEqual([200, 'private, no-store']);
      expect(own.headers).not.toHaveProperty('cache-status');
      expect((await get(path)).status).toBe(401);
      expect(entries()).toBe(before);
    }
  });

  it('previews', async () => {
    const { id } = await makeArticle(app, { title: '预览' });
    const made = await app.post(`/v1/articles/${id}/preview-links`, {});
    const path = new URL(made.body.url).pathname;
    const before = entries();
    const shown = await get(path);
    expect([shown.status, shown.headers['cache-control']]).toEqual([200, 'private, no-store']);
    expect(entries()).toBe(before);
  });

  it('what only editors may see of the past', async () => {
    const { id } = await makePublished(app, { title: '撤下的' });
    app.clock.advance(1000);
    const asOf = app.clock.now().toISOString();
    await act(id, 'retract', { notice: '撤稿' });
    const path = `/v1/articles/${id}?asOf=${asOf}`;
    expect((await get(path)).status).toBe(410);
    const own = await get(path, as('editor'));
    expect([own.status, own.headers['cache-control']]).toEqual([200, 'private, no-store']);
    expect((await get(path)).status).toBe(410);
    expect((await get(`/v1/articles?asOf=${asOf}`)).bytes.toString()).not.toContain('撤下的');
  });
});

describe('Cache-Control', () => {
  it('says of each kind of answer how long browsers may keep it', async () => {
    const [article, gone, moved] = [await makePublished(app), await makePublished(app), await makePublished(app)];
    await act(gone.id, 'retract', { notice: '撤稿' });
    await app.patch(`/v1/articles/${moved.id}`, { slug: 'moved-on' }, { ifMatch: '*' });
    await act(moved.id, 'publish');
    app.clock.advance(120_000);
    const past = new Date(app.clock.now().getTime() - 61_000).toISOString();
    const lifetimes: [path: string, status: number, seconds: number][] = [
      [`/v1/articles/${article.id}`, 200, 30],
      ['/v1/articles', 200, 10],
      ['/v1/sections', 200, 10],
      [`/v1/articles/${gone.id}`, 410, 30],
      [`/v1/articles/${moved.slug}`, 301, 60],
      ['/v1/articles/nowhere', 404, 5],
      ['/v1/sections/nowhere', 404, 5],
      [`/v1/articles/${article.id}?asOf=${past}`, 200, 60],
      [`/v1/articles/${article.id}?asOf=${app.clock.now().toISOString()}`, 200, 10],
      ['/openapi.json', 200, 300],
    ];
    for (const [path, status, seconds] of lifetimes) {
      for (const answer of [await get(path), await kept(path)]) {
        expect([path, answer.status]).toEqual([path, status]);
        expect([path, answer.headers['cache-control']]).toEqual([
          path,
          expect.stringMatching(new RegExp(`^public, max-age=${seconds}, `)),
        ]);
      }
    }
  });
});

describe('a key', () => {
  it('changes nothing of a public answer, and a bad one gets none', async () => {
    const { id } = await makePublished(app);
    const path = `/v1/articles/${id}`;
    const open = await kept(path);
    for (const role of roles) {
      const own = await get(path, as(role));
      expect(own.bytes).toEqual(open.bytes);
      expect(own.headers.etag).toBe(open.headers.etag);
      expect(own.headers['cache-control']).toBe(open.headers['cache-control']);
    }
    for (const bad of ['mh_no_key', '', 'x'.repeat(500)]) {
      const refused = await get(path, { Authorization: `Bearer ${bad}` });
      expect([refused.status, refused.headers['cache-control']]).toEqual([401, 'no-store']);
    }
  });
});

describe('what is not there', () => {
  it('is kept as a 404, and there at once when it is published, under its id and its slug', async () => {
    const article = await makeArticle(app, { slug: 'about-to-appear' });
    const paths = [`/v1/articles/${article.id}`, '/v1/articles/about-to-appear'];
    for (const path of paths) expect((await kept(path)).status).toBe(404);
    app.clock.advance(1000);
    await publish(app, article);
    for (const path of paths) expect((await get(path)).status).toBe(200);
  });

  it('is a 404, a 410 and a 301 in turn, each kept, none beyond the act that ends it', async () => {
    const article = await makePublished(app, { slug: 'in-turn' });
    const { id } = article;
    const path = '/v1/articles/in-turn';
    const statusKept = async () => (await kept(path)).status;
    expect(await statusKept()).toBe(200);
    await act(id, 'unpublish');
    expect(await statusKept()).toBe(404);
    await act(id, 'publish');
    expect(await statusKept()).toBe(200);
    await act(id, 'retract', { notice: '撤稿' });
    expect(await statusKept()).toBe(410);
    await act(id, 'reinstate');
    expect(await statusKept()).toBe(200);
    expect((await app.patch(`/v1/articles/${id}`, { slug: 'in-turn-2' }, { ifMatch: '*' })).status).toBe(200);
    expect((await get(path)).status).toBe(200);
    await act(id, 'publish');
    const moved = await kept(path);
    expect([moved.status, moved.headers.location]).toEqual([301, 'https://news.test/v1/articles/in-turn-2']);
    expect((await get(`${path}?fields=title&body=none`)).headers.location).toBe(
      'https://news.test/v1/articles/in-turn-2?body=none&fields=title',
    );
    expect((await app.delete(`/v1/articles/${id}`, { ifMatch: '*' })).status).toBe(204);
    app.clock.advance(1000);
    expect((await get(path)).status).toBe(404);
  });

  it('is there at the instant for which it was scheduled, and gone at its end, without anybody telling', async () => {
    const made = await makeArticle(app, { slug: 'by-the-clock' });
    const at = (ms: number) => new Date(start + ms).toISOString();
    const start = app.clock.now().getTime();
    await publish(app, made, { at: at(60_000), until: at(120_000) });
    const paths = ['/v1/articles/by-the-clock', `/v1/articles/${made.id}`];
    const look = async () => Promise.all([...paths, '/v1/articles'].map((path) => kept(path)));
    const isListed = (bytes: Buffer) => bytes.toString().includes(made.id);
    for (const [ms, status] of [
      [59_999, 404],
      [60_000, 200],
      [119_999, 200],
      [120_000, 404],
    ] as const) {
      app.clock.set(new Date(start + ms));
      const [bySlug, byId, list] = await look();
      expect([ms, bySlug!.status, byId!.status, isListed(list!.bytes)]).toEqual([ms, status, status, status === 200]);
    }
  });

  it('is kept of a record, too, until it is made', async () => {
    for (const [noun, make] of [
      ['sections', makeSection],
      ['tags', makeTag],
    ] as const) {
      const path = `/v1/${noun}/just-made`;
      expect((await kept(path)).status).toBe(404);
      await make(app, { slug: 'just-made' });
      expect((await get(path)).status).toBe(200);
    }
  });
});

describe('minVersion', () => {
  const rename = async (path: string, name: string) =>
    (await app.patch(path, { name }, { ifMatch: '*' })).headers['data-version']!;

  it('is answered with the newest, from the cache where that is known to be it, under the same key', async () => {
    const { id } = await makeSection(app);
    const path = `/v1/sections/${id}`;
    const version = await rename(path, '新名');
    const first = await get(`${path}?minVersion=${version}`);
    expect(JSON.parse(first.bytes.toString())).toMatchObject({ name: '新名' });
    await kept(path);
    const before = entries();
    const again = await kept(`${path}?minVersion=${version}`);
    expect(again.headers.etag).toBe(first.headers.etag);
    expect(entries()).toBe(before);
  });

  it.each([
    ['altered', (version: string) => version.replace(/^\d+/, (position) => String(Number(position) + 1))],
    ['of another installation', () => createDataVersions('11111111-1111-4111-8111-111111111111').print(1)],
    ['no version', () => 'newest'],
    ['negative', () => '-1.AAAAAAAAAAAA'],
    ['too long', (version: string) => version.repeat(3)],
  ])('is a 400 where it is %s', async (_name, forge) => {
    const { id } = await makeSection(app);
    const version = await rename(`/v1/sections/${id}`, '改名');
    const answer = await get(`/v1/sections/${id}?minVersion=${forge(version)}`);
    expect([answer.status, answer.headers['cache-control']]).toEqual([400, 'no-store']);
    expect(JSON.parse(answer.bytes.toString())).toMatchObject({ errors: [{ pointer: '?minVersion' }] });
  });

  it('is told by a write that changed nothing as well: somebody else may have', async () => {
    const { id } = await makeSection(app, { name: '同名' });
    const path = `/v1/sections/${id}`;
    const first = await rename(path, '异名');
    expect(await rename(path, '异名')).toBe(first);
  });
});

/** Keeps reads of a table waiting until released. */
async function holdTable(table: string): Promise<() => Promise<unknown>> {
  let release = () => {};
  let isHeld = () => {};
  const held = new Promise<void>((resolve) => {
    isHeld = resolve;
  });
  const holding = app.deps.db.transaction(async (tx) => {
    await tx.rows(`lock table ${table} in access exclusive mode`, []);
    isHeld();
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  });
  await held;
  return () => {
    release();
    return holding;
  };
}

async function countWaiting(): Promise<number> {
  const text = `select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`;
  return (await app.deps.db.probe.rows<{ count: number }>(text, []))[0]!.count;
}
