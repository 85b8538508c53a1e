// `?asOf=` on lists: the very pages that the public read then, for every filter and sort, walked in peace while the
// newsroom goes on.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeSection, publish } from '../../support/factories.ts';
import { contentOf, idsOf, makeNewsroom, walk } from './newsroom.ts';

const sorts = ['-publishedAt', 'publishedAt', '-updatedAt', 'updatedAt', 'title'];
const filters = [
  '',
  'section=jing-ji',
  'section=jing-ji&sectionOnly=true',
  'section=chan-jing,ti-yu',
  'source=wen-hua,xin-hua',
  'editor=liu',
  'editor=liu,zhao',
  'tag=liang-hui',
  'tag=liang-hui,kai-fang,gang-kou',
  'section=jing-ji&source=wen-hua',
  'section=jing-ji&editor=liu,zhao',
  'section=jing-ji&tag=liang-hui,kai-fang',
  'editor=liu&tag=kai-fang',
  'publishedAfter=2026-05-27T06:03:00Z&publishedBefore=2026-05-27T06:07:00Z',
  'updatedAfter=2026-05-27T06:03:00Z&tag=liang-hui',
];
const lists = filters.flatMap((filter) => sorts.map((sort) => `sort=${sort}&${filter}`));

let app: TestApp;
/** The instants at which all lists were read, and what they held. */
const then: { asOf: string; seen: Map<string, string[]> }[] = [];

const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
const texts = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row));

async function remember(): Promise<void> {
  const seen = new Map<string, string[]>();
  for (const list of lists) {
    const { body } = await app.get(`/v1/articles?limit=100&count=exact&${list}`);
    expect(body.page.total).toBe(body.data.length);
    seen.set(list, texts(body.data));
  }
  then.push({ asOf: app.clock.now().toISOString(), seen });
}

/** Half of it is updated, moved elsewhere, withdrawn, ended or trashed, and more is published. */
async function goOn(ids: readonly string[]): Promise<void> {
  for (const [i, id] of ids.entries()) {
    app.clock.advance(1000);
    const path = `/v1/articles/${id}`;
    if (i % 5 === 0) {
      const draft = await app.patch(path, { ...contentOf(i + 1), title: `改 ${i}` }, { ifMatch: '*' });
      await publish(app, { id, etag: draft.headers.etag! });
    }
    if (i % 5 === 1) await app.post(`${path}/unpublish`, undefined, { ifMatch: '*' });
    if (i % 5 === 2) await app.delete(path, { ifMatch: '*' });
    if (i % 5 === 3) await makePublished(app, contentOf(i), { until: fromNow(500) });
    if (i % 5 === 4) await makePublished(app, contentOf(i + 2));
  }
  app.clock.advance(1000);
}

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  const ids = await makeNewsroom(app);
  await remember();
  await goOn(ids.slice(0, 15));
  await remember();
  await goOn(ids.slice(15, 30));
  await remember();
}, 300_000);
afterAll(() => app.close());

describe.each([0, 1, 2])('at the instant number %i', (number) => {
  it.each(filters)(
    'every list with the filter "%s" is walked as it was, each article once, and counted so',
    async (filter) => {
      const { asOf, seen } = then[number]!;
      for (const sort of sorts) {
        const expected = seen.get(`sort=${sort}&${filter}`)!;
        const pages = await walk(app, `/v1/articles?limit=7&asOf=${asOf}&sort=${sort}&${filter}`);
        expect({ sort, rows: texts(pages.flatMap((page) => page.body.data)) }).toEqual({ sort, rows: expected });
      }
      for (const count of ['exact', 'estimate']) {
        const { body } = await app.get(`/v1/articles?limit=1&asOf=${asOf}&count=${count}&${filter}`);
        expect({ count, total: body.page.total }).toEqual({ count, total: seen.get(`sort=title&${filter}`)!.length });
      }
    },
  );
});

describe('before anything was public', () => {
  it.each(sorts)('a list sorted by %s is empty, and counts nothing', async (sort) => {
    const { body } = await app.get(`/v1/articles?asOf=2026-01-01&count=exact&sort=${sort}`);
    expect(body).toEqual({ data: [], page: { limit: 20, nextCursor: null, total: 0 } });
  });
});

describe('between two pages of the past', () => {
  it.each(sorts)(
    'nothing is repeated or skipped while articles are published and withdrawn, sorted by %s',
    async (sort) => {
      const section = await makeSection(app);
      for (const title of ['安徽', '北京', '重庆', '广州', '上海', '天津', '青岛']) {
        app.clock.advance(1000);
        await makePublished(app, { title, section: section.id });
      }
      const path = `/v1/articles?section=${section.slug}&sort=${sort}&limit=2`;
      const expected = idsOf((await walk(app, path)).flatMap((page) => page.body.data));
      const asOf = app.clock.now().toISOString();
      const met: string[] = [];
      let next: string | null = '';
      while (next !== null) {
        const page = await app.get(`${path}&asOf=${asOf}${next === '' ? '' : `&cursor=${next}`}`);
        met.push(...idsOf(page.body.data));
        next = page.body.page.nextCursor;
        app.clock.advance(1000);
        for (const title of ['鞍山', '杭州', '郑州']) await makePublished(app, { title, section: section.id });
        await app.post(`/v1/articles/${expected[met.length % 7]}/unpublish`, undefined, { ifMatch: '*' });
        await app.patch(`/v1/articles/${expected[3]}`, { title: `一二三${met.length}` }, { ifMatch: '*' });
        await app.post(`/v1/articles/${expected[3]}/publish`, undefined, { ifMatch: '*' });
      }
      expect(met).toEqual(expected);
    },
  );

  it('the link to the next one keeps the instant as it was written', async () => {
    const { headers } = await app.get('/v1/articles?limit=1&asOf=2026-05-27T14:05:00%2B08:00');
    const url = new URL(/^<(.+)>; rel="next"$/.exec(headers.link!)![1]!);
    expect(url.searchParams.get('asOf')).toBe('2026-05-27T14:05:00+08:00');
    expect((await app.get(`${url.pathname}${url.search}`)).status).toBe(200);
  });
});

describe('a cursor of the past', () => {
  it.each([
    ['another instant', 'asOf=2026-05-27T06:05:00Z', 'asOf=2026-05-27T06:06:00Z'],
    ['the present', 'asOf=2026-05-27T06:05:00Z', ''],
    ['the past, when it is of the present', '', 'asOf=2026-05-27T06:05:00Z'],
  ])('is refused for %s', async (_what, made, used) => {
    const { body } = await app.get(`/v1/articles?limit=1&${made}`);
    const answer = await app.get(`/v1/articles?limit=1&${used}&cursor=${body.page.nextCursor}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid_cursor' } });
  });
});

describe('what is hidden now', () => {
  it('is not found in the past by any filter: drafts, and publications to come', async () => {
    const section = await makeSection(app);
    const draft = await makeArticle(app, { title: '未公开', section: section.id, tags: ['密标'] });
    await publish(app, await makeArticle(app, { title: '将公开', section: section.id }), { at: fromNow(1000) });
    const asOf = app.clock.now().toISOString();
    app.clock.advance(999);
    for (const search of [`section=${section.id}`, `tag=${draft.body.tags[0].slug}`, `ids=${draft.id}`]) {
      const { body } = await app.get(`/v1/articles?asOf=${asOf}&count=exact&${search}`, { as: 'admin' });
      expect(body).toMatchObject({ data: [], page: { total: 0 } });
    }
  });
});
