// `?asOf=` on one article: the very answer that the public read at that instant, to the millisecond, and none that it
// could not have read.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSeed } from '../../../src/channels/imports/seed.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeSection, publish } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const hour = 3_600_000;
const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
const read = (name: string, search = '') => app.get(`/v1/articles/${name}?${search}`);

/** What can be read of an article now: itself, and the lists of the sections it is or was in. */
async function look(paths: readonly string[], asOf?: string) {
  const answers = [];
  for (const path of paths) {
    const answer = await app.get(`${path}${asOf === undefined ? '' : `&asOf=${asOf}`}`);
    answers.push({ path, status: answer.status, text: answer.status === 200 ? answer.text : '' });
  }
  return answers;
}

describe('the life of an article', () => {
  it('is read as it was, to the millisecond, at every turn', async () => {
    const start = app.clock.now().getTime() + hour;
    const at = (hours: number) => new Date(start + hours * hour);
    const [here, there] = [await makeSection(app), await makeSection(app)];
    const related = await makeArticle(app, { title: '相关' });
    const { id } = await makeArticle(app, { title: '一', section: here.id, related: [related.id] });
    const path = `/v1/articles/${id}`;
    const act = async (name: string, body?: object) => {
      const answer = await app.post(`${path}/${name}`, body, { ifMatch: '*' });
      expect([name, answer.status]).toEqual([name, 200]);
    };
    const revise = (patch: object) => app.patch(path, patch, { ifMatch: '*' });
    const life: [number, () => Promise<unknown>][] = [
      [0, () => act('publish')],
      [1, () => publish(app, related, { until: at(4).toISOString() })],
      [2, () => revise({ title: '二', slug: 'di-er-ban' })],
      [3, () => act('publish', { at: at(5).toISOString(), until: at(6).toISOString() })],
      [4, async () => {}],
      [5, async () => {}],
      [6, async () => {}],
      [7, () => revise({ title: '三', section: there.id })],
      [8, () => act('publish')],
      [9, () => act('unpublish')],
      [10, () => act('publish')],
      [11, () => act('unpublish', { at: at(12).toISOString() })],
      [12, async () => {}],
    ];
    const paths = [
      `${path}?body=blocks`,
      `/v1/articles?section=${here.id}&count=exact`,
      `/v1/articles?section=${there.id}&count=exact&sort=updatedAt`,
      `/v1/articles?ids=${id},${related.id}&count=estimate`,
    ];
    const seen: { asOf: string; answers: Awaited<ReturnType<typeof look>> }[] = [];
    const remember = async () => seen.push({ asOf: app.clock.now().toISOString(), answers: await look(paths) });
    for (const [hours, turn] of life) {
      app.clock.set(new Date(at(hours).getTime() - 1));
      await remember();
      app.clock.set(at(hours));
      await turn();
      await remember();
    }
    app.clock.set(at(24));
    for (const { asOf, answers } of seen) expect({ asOf, answers: await look(paths, asOf) }).toEqual({ asOf, answers });
    // A millisecond before each turn, and at it.
    expect(seen.map(({ answers }) => answers[0]!.status)).toEqual(
      [
        [404, 200],
        ...Array.from({ length: 5 }, () => [200, 200]),
        [200, 404],
        [404, 404],
        [404, 200],
        [200, 404],
        [404, 200],
        [200, 200],
        [200, 404],
      ].flat(),
    );
    expect(new Set(seen.map(({ answers }) => answers[0]!.text)).size).toBe(6);
  });

  it('that ends in the trash stays in the past: trash does not act backwards', async () => {
    const article = await makePublished(app);
    const asOf = app.clock.now().toISOString();
    const before = await read(article.id);
    app.clock.advance(1000);
    await app.delete(`/v1/articles/${article.id}`, { ifMatch: '*' });
    expect((await read(article.id)).status).toBe(404);
    expect((await read(article.id, `asOf=${asOf}`)).text).toBe(before.text);
    expect((await read(article.id, `asOf=${app.clock.now().toISOString()}`)).status).toBe(404);
  });

  it('shows no draft and no schedule of then', async () => {
    const draft = await makeArticle(app, { title: '未公开' });
    await publish(app, draft, { at: fromNow(hour) });
    const asOf = app.clock.now().toISOString();
    app.clock.advance(2 * hour);
    const absent = await app.get(`/v1/articles/no-such?asOf=${asOf}`, { headers: { 'X-Request-Id': 'x' } });
    for (const name of [draft.id, draft.slug]) {
      const answer = await app.get(`/v1/articles/${name}?asOf=${asOf}`, { headers: { 'X-Request-Id': 'x' } });
      expect({ ...answer.headers, date: '' }).toEqual({ ...absent.headers, date: '' });
      expect(answer.text).toBe(absent.text);
      expect((await read(name)).status).toBe(200);
    }
  });

  it('has the names that sections have today', async () => {
    const section = await makeSection(app, { name: '旧栏目' });
    const article = await makePublished(app, { section: section.id });
    const asOf = app.clock.now().toISOString();
    app.clock.advance(hour);
    await app.patch(`/v1/sections/${section.id}`, { name: '新栏目' }, { ifMatch: '*' });
    expect((await read(article.id, `asOf=${asOf}`)).body.section.name).toBe('新栏目');
  });
});

describe('a slug in the past', () => {
  it('is found while the public knew it, redirects once it was a former one, and is not there before', async () => {
    const article = await makePublished(app, { slug: 'jiu-ming' });
    const first = app.clock.now().toISOString();
    app.clock.advance(hour);
    await app.patch(`/v1/articles/${article.id}`, { slug: 'xin-ming' }, { ifMatch: '*' });
    const drafted = app.clock.now().toISOString();
    app.clock.advance(hour);
    await app.post(`/v1/articles/${article.id}/publish`, undefined, { ifMatch: '*' });
    const second = app.clock.now().toISOString();
    app.clock.advance(hour);
    expect((await read('jiu-ming', `asOf=${first}`)).body).toMatchObject({ id: article.id, slug: 'jiu-ming' });
    for (const asOf of [first, drafted]) expect((await read('xin-ming', `asOf=${asOf}`)).status).toBe(404);
    const moved = await read('jiu-ming', `asOf=${second}&body=html`);
    expect(moved.status).toBe(301);
    expect(moved.headers.location).toBe(
      `https://news.test/v1/articles/xin-ming?asOf=${encodeURIComponent(second)}&body=html`,
    );
    expect((await read('xin-ming', `asOf=${second}`)).body).toMatchObject({ id: article.id, slug: 'xin-ming' });
  });
});

describe('the seed', () => {
  it('has its date of 2020, and was not there in 2021: the site did not show it then', async () => {
    await loadSeed(app.deps);
    const found = async (search: string) => (await app.get(`/v1/articles?limit=100&${search}`)).body.data;
    const seed = (await found('publishedBefore=2021-01-01'))[0];
    expect(seed.publishedAt).toMatch(/^2020-05-27T/);
    const loaded = app.clock.now().toISOString();
    expect(seed.firstPublishedAt).toBe(loaded);
    app.clock.advance(hour);
    expect(await found('asOf=2021-01-01')).toEqual([]);
    expect((await read(seed.id, 'asOf=2021-01-01')).status).toBe(404);
    expect((await read(seed.slug, `asOf=${loaded}`)).body).toMatchObject({
      id: seed.id,
      publishedAt: seed.publishedAt,
    });
  });
});

const nouns = ['articles', 'sections', 'editors', 'sources', 'tags'];
const addresses = nouns.flatMap((plural) => [`/v1/${plural}`, `/v1/${plural}/no-such`]);

describe.each(addresses)('%s', (address) => {
  it('refuses an instant to come, by a millisecond or by ages: it would tell the schedule', async () => {
    for (const asOf of [fromNow(1), fromNow(hour), '9999-12-31', '9999-12-31T23:59:59.999Z']) {
      const answer = await app.get(`${address}?asOf=${asOf}`);
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'request.invalid', errors: [{ pointer: '?asOf', code: 'in_future' }] },
        headers: { 'cache-control': 'no-store' },
      });
    }
    const answer = await app.get(`${address}?asOf=${app.clock.now().toISOString()}`);
    expect(answer.status).toBe(address.endsWith('no-such') ? 404 : 200);
  });

  it.each([
    'yesterday',
    '2026-02-30',
    '2026-05-27T25:00:00Z',
    '2026-05-27T14:00:00+08:00',
    '1748325600000',
    '',
    '%20',
    '2026-05-27&asOf=2026-05-26',
    `2026-05-27${'0'.repeat(60)}`,
    '%00',
  ])('refuses the instant "%s"', async (asOf) => {
    const answer = await app.get(`${address}?asOf=${asOf}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid', errors: [{ pointer: '?asOf' }] } });
    if (asOf.includes('+')) expect(answer.body.detail).toContain('%2B');
  });

  it('refuses it for working copies, which have no past, and asks for the key first', async () => {
    const path = `${address}?perspective=draft&asOf=2026-01-01`;
    expect((await app.get(path)).status).toBe(401);
    expect(await app.get(path, { as: 'admin' })).toMatchObject({
      status: 400,
      body: { code: 'request.invalid', errors: [{ pointer: '?asOf' }] },
    });
  });
});

describe('an instant', () => {
  it('may be given with an offset, as a local time, or as a date: the start of that day in the configured zone', async () => {
    app.clock.set('2026-07-01T16:00:00.000Z');
    const article = await makePublished(app);
    app.clock.advance(48 * hour);
    const statusAt = async (asOf: string) => (await read(article.id, `asOf=${asOf}`)).status;
    expect(await statusAt('2026-07-02')).toBe(200);
    expect(await statusAt('2026-07-01')).toBe(404);
    expect(await statusAt('2026-07-02T00:00')).toBe(200);
    expect(await statusAt('2026-07-01T23:59:59.999')).toBe(404);
    expect(await statusAt('2026-07-02T00:00:00%2B08:00')).toBe(200);
    expect(await statusAt('2026-07-01T23:59:59.999%2B08:00')).toBe(404);
    expect(await statusAt('2026-07-01T16:00:00Z')).toBe(200);
    expect(await statusAt('0001-01-02')).toBe(404);
  });
});
