// `?asOf=` on sections, editors, sources and tags: which of them were there, under the names of today.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, publish } from '../../support/factories.ts';
import { nouns } from './nouns.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const now = () => app.clock.now().toISOString();
const namesOf = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);

describe.each(nouns)('$plural of the past', ({ noun, plural }) => {
  const path = `/v1/${plural}`;
  const make = async (name: string) => (await app.post(path, { name })).body as { id: string; slug: string };
  const listAt = async (asOf: string, search = '') =>
    namesOf((await app.get(`${path}?limit=100&sort=name&asOf=${asOf}${search}`)).body.data);

  it('are there from their making until they go into the trash, to the millisecond, one and many', async () => {
    app.clock.advance(60_000);
    const { id, slug } = await make(`暂 ${noun}`);
    const made = now();
    app.clock.advance(60_000);
    await app.delete(`${path}/${id}`, { ifMatch: '*' });
    const trashed = now();
    app.clock.advance(60_000);
    const before = (instant: string) => new Date(Date.parse(instant) - 1).toISOString();
    for (const [asOf, isThere] of [
      [before(made), false],
      [made, true],
      [before(trashed), true],
      [trashed, false],
      [now(), false],
    ] as const) {
      for (const name of [id, slug]) {
        expect([asOf, (await app.get(`${path}/${name}?asOf=${asOf}`)).status]).toEqual([asOf, isThere ? 200 : 404]);
      }
      expect([asOf, (await listAt(asOf)).includes(`暂 ${noun}`)]).toEqual([asOf, isThere]);
      const { body } = await app.get(`${path}?ids=${id}&count=exact&asOf=${asOf}`);
      expect([asOf, body.page.total]).toEqual([asOf, isThere ? 1 : 0]);
    }
    expect((await app.get(`${path}/${id}`)).status).toBe(404);
  });

  it('have the names of today, and answer only what the public reads', async () => {
    const { id } = await make(`旧 ${noun}`);
    const asOf = now();
    app.clock.advance(60_000);
    await app.patch(`${path}/${id}`, { name: `新 ${noun}`, externalId: `${noun}-secret` }, { ifMatch: '*' });
    for (const as of [undefined, 'admin']) {
      const answer = await app.get(`${path}/${id}?asOf=${asOf}`, { as });
      expect(answer.body).toEqual((await app.get(`${path}/${id}`)).body);
      expect(answer.body.name).toBe(`新 ${noun}`);
    }
  });

  it('are walked as they were there while more are made, and counted so', async () => {
    app.clock.advance(60_000);
    for (const name of ['安', '北', '重', '广', '上']) await make(`${name} ${noun}`);
    const asOf = now();
    const expected = await listAt(asOf);
    const met: string[] = [];
    let next: string | null = `${path}?limit=2&sort=name&count=exact&asOf=${asOf}`;
    while (next !== null) {
      const { body, headers } = await app.get(next);
      met.push(...namesOf(body.data));
      expect(body.page.total).toBe(expected.length);
      app.clock.advance(1000);
      await make(`包 ${noun} ${met.length}`);
      next = /^<https:\/\/news\.test(.+)>; rel="next"$/.exec(headers.link ?? '')?.[1] ?? null;
    }
    expect(met).toEqual(expected);
  });

  it('refuse a cursor of another instant, and of the present', async () => {
    const [early, late] = [now(), new Date(app.clock.now().getTime() + 1000).toISOString()];
    app.clock.advance(1000);
    const { body } = await app.get(`${path}?limit=1&asOf=${early}`);
    for (const search of [`asOf=${late}`, '']) {
      const answer = await app.get(`${path}?limit=1&${search}&cursor=${body.page.nextCursor}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid_cursor' } });
    }
    const again = await app.get(
      `${path}?limit=1&asOf=${encodeURIComponent(early.replace('Z', '+00:00'))}&cursor=${body.page.nextCursor}`,
    );
    expect(again.status).toBe(200);
  });

  it('are kept long where a purge reaches, a short time while the instant is fresh', async () => {
    const { id } = await make(`存 ${noun}`);
    const asOf = now();
    for (const [ms, lifetime] of [
      [60_000, 'public, max-age=10, s-maxage=10, stale-while-revalidate=20, stale-if-error=600'],
      [1, 'public, max-age=60, s-maxage=3600, stale-while-revalidate=60, stale-if-error=600'],
    ] as const) {
      app.clock.advance(ms);
      const [one, many] = [
        await app.get(`${path}/${id}?asOf=${asOf}`),
        await app.get(`${path}?ids=${id}&asOf=${asOf}`),
      ];
      expect([one.headers['cache-control'], many.headers['cache-control']]).toEqual([lifetime, lifetime]);
      expect(one.headers['surrogate-key']).toBe(`${noun}:${id}`);
      expect(many.headers['surrogate-key']).toBe(`${plural} ${noun}:${id}`);
      const same = await app.get(`${path}/${id}?asOf=${asOf}`, { headers: { 'If-None-Match': one.headers.etag! } });
      expect(same.status).toBe(304);
    }
  });
});

describe('a tag that an article made on the way', () => {
  it('is there for the public from the first article with it that was public, also when asked later', async () => {
    const article = await makeArticle(app, { tags: ['秘密行动'] });
    const [{ slug }] = article.body.tags;
    const made = now();
    app.clock.advance(60_000);
    await publish(app, article);
    const published = now();
    app.clock.advance(60_000);
    const statusAt = async (asOf: string) => (await app.get(`/v1/tags/${slug}?asOf=${asOf}`)).status;
    expect([await statusAt(made), await statusAt(published)]).toEqual([404, 200]);
    const listed = async (asOf: string) => namesOf((await app.get(`/v1/tags?limit=100&asOf=${asOf}`)).body.data);
    expect(await listed(made)).not.toContain('秘密行动');
    expect(await listed(published)).toContain('秘密行动');
  });
});
