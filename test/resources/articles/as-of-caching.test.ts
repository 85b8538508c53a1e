// What caches are told about the past: kept long where a purge reaches, never for ever, and never what is one key's own.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makePublished, makeSection, publish } from '../../support/factories.ts';
import { giveBack, takeBack } from './taking-back.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url, { CORS_ORIGINS: 'https://front.test' });
});
afterAll(() => app.close());

const hour = 3_600_000;
const now = () => app.clock.now().toISOString();
const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
const settled = 'public, max-age=60, s-maxage=3600, stale-while-revalidate=60, stale-if-error=600';
const recent = 'public, max-age=10, s-maxage=10, stale-while-revalidate=20, stale-if-error=600';

/** An article and a section that were there at an instant, and the addresses that read the two. */
async function makePast() {
  const section = await makeSection(app);
  const article = await makePublished(app, { section: section.id, body: { text: '正文' } });
  const paths = [
    `/v1/articles/${article.id}`,
    `/v1/articles/${article.slug}`,
    `/v1/articles?section=${section.id}`,
    `/v1/sections/${section.id}`,
    `/v1/sections?ids=${section.id}`,
  ];
  return { article, section, paths, asOf: now() };
}

describe('the lifetime of an answer about the past', () => {
  it('is long in shared caches once the instant is more than a minute old, and short until then', async () => {
    const { paths, asOf } = await makePast();
    const lifetimes = async () => {
      const found = new Set<string>();
      for (const path of paths) {
        const { status, headers } = await app.get(`${path}${path.includes('?') ? '&' : '?'}asOf=${asOf}`);
        expect([path, status]).toEqual([path, 200]);
        found.add(headers['cache-control']!);
      }
      return [...found];
    };
    expect(await lifetimes()).toEqual([recent]);
    app.clock.advance(60_000);
    expect(await lifetimes()).toEqual([recent]);
    app.clock.advance(1);
    expect(await lifetimes()).toEqual([settled]);
    app.clock.advance(1000 * hour);
    expect(await lifetimes()).toEqual([settled]);
  });

  it('is never clipped: neither an end nor a schedule, met or to come, changes or can be told from it', async () => {
    const article = await makePublished(app, {}, { until: fromNow(2 * hour) });
    const asOf = now();
    const draft = await app.patch(`/v1/articles/${article.id}`, { summary: '新' }, { ifMatch: '*' });
    await publish(app, { id: article.id, etag: draft.headers.etag! }, { at: fromNow(hour), until: fromNow(2 * hour) });
    const look = async (search = '') => app.get(`/v1/articles/${article.id}?asOf=${asOf}${search}`);
    app.clock.advance(hour - 5000);
    const first = await look();
    expect(first.headers['cache-control']).toBe(settled);
    const live = await app.get(`/v1/articles/${article.id}?asOf=${now()}`);
    expect(live.headers['cache-control']).toBe(recent);
    app.clock.advance(3 * hour);
    const later = await look();
    expect(later.text).toBe(first.text);
    const own = { date: '', age: '', 'cache-status': '', 'x-request-id': '' };
    expect({ ...later.headers, ...own }).toEqual({ ...first.headers, ...own });
  });
});

describe('the keys and tags of an answer about the past', () => {
  it('name every entity that shaped it, as those of the present do', async () => {
    const { paths, asOf, article } = await makePast();
    app.clock.advance(hour);
    for (const path of paths) {
      const present = await app.get(path);
      const past = await app.get(`${path}${path.includes('?') ? '&' : '?'}asOf=${asOf}`);
      expect(past.text).toBe(present.text);
      expect(past.headers['surrogate-key']).toBe(present.headers['surrogate-key']);
      expect(past.headers.etag).toBe(present.headers.etag);
      const again = await app.get(`${path}${path.includes('?') ? '&' : '?'}asOf=${asOf}`, {
        headers: { 'If-None-Match': past.headers.etag! },
      });
      expect(again).toMatchObject({ status: 304, text: '', headers: { 'cache-control': settled } });
    }
    await app.patch(`/v1/articles/${article.id}`, { title: '新题' }, { ifMatch: '*' });
    await app.post(`/v1/articles/${article.id}/publish`, undefined, { ifMatch: '*' });
    const past = await app.get(`${paths[0]}?asOf=${asOf}`);
    expect(past.body.title).toBe(article.body.title);
  });

  it('change with the names of today, also for a client that asks by date', async () => {
    const { paths, asOf, section } = await makePast();
    app.clock.advance(hour);
    const ask = (path: string, headers?: Record<string, string>) =>
      app.get(`${path}${path.includes('?') ? '&' : '?'}asOf=${asOf}`, { headers });
    const before = [];
    for (const path of paths) before.push(await ask(path));
    const date = new Date(app.clock.now().getTime()).toUTCString();
    app.clock.advance(hour);
    await app.patch(`/v1/sections/${section.id}`, { name: '改名' }, { ifMatch: '*' });
    app.clock.advance(hour);
    for (const [i, path] of paths.entries()) {
      expect((await ask(path, { 'If-None-Match': before[i]!.headers.etag! })).status).toBe(200);
      expect((await ask(path, { 'If-Modified-Since': date })).status).toBe(200);
    }
  });

  it.each(['one', 'list'])(
    'change with a retraction of what was shown, for a client that asks by date too: %s',
    async (kind) => {
      const section = await makeSection(app);
      const related = await makePublished(app, { section: section.id });
      const article = await makePublished(app, { related: [related.id] });
      const asOf = now();
      app.clock.advance(hour);
      const path = kind === 'one' ? `/v1/articles/${article.id}?` : `/v1/articles?section=${section.id}&`;
      const ask = (headers?: Record<string, string>) => app.get(`${path}asOf=${asOf}`, { headers });
      let seen = await ask();
      expect(seen.headers['surrogate-key']).toContain(`article:${related.id}`);
      for (const change of [takeBack, giveBack]) {
        const date = app.clock.now().toUTCString();
        app.clock.advance(hour);
        await change(app, related.id);
        app.clock.advance(hour);
        expect((await ask({ 'If-Modified-Since': date })).status).toBe(200);
        const after = await ask({ 'If-None-Match': seen.headers.etag! });
        expect(after.status).toBe(200);
        seen = after;
      }
    },
  );
});

describe('who asks', () => {
  it('is what an answer about past articles varies by, beside what else it varies by', async () => {
    const { paths, asOf, article } = await makePast();
    app.clock.advance(hour);
    const varies = async (path: string) => (await app.get(path)).headers.vary?.split(', ').toSorted();
    for (const path of paths.slice(0, 3)) {
      const past = `${path}${path.includes('?') ? '&' : '?'}asOf=${asOf}`;
      expect(await varies(past)).toEqual(['Accept-Encoding', 'Authorization', 'Origin']);
      expect(await varies(path)).toEqual(['Accept-Encoding', 'Origin']);
    }
    await takeBack(app, article.id);
    expect(await varies(`${paths[0]}?asOf=${asOf}`)).toEqual(['Authorization', 'Origin']);
  });

  it('gets an answer of its own where it reads drafts, and the public one where the answer is the same for all', async () => {
    const { paths, asOf } = await makePast();
    app.clock.advance(hour);
    for (const [i, path] of paths.entries()) {
      const past = `${path}${path.includes('?') ? '&' : '?'}asOf=${asOf}`;
      const [own, open] = [await app.get(past, { as: 'viewer' }), await app.get(past)];
      expect(own.text).toBe(open.text);
      expect(own.headers['cache-control']).toBe(i < 3 ? 'private, no-store' : settled);
    }
    expect((await app.get(`${paths[0]}?asOf=${asOf}`, { as: 'mh_no_key' })).status).toBe(401);
  });
});
