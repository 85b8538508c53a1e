// The filters of article lists: what each means, and that none of them tells of what the public may not see.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import {
  makeArticle,
  makeEditor,
  makePublished,
  makeSection,
  makeSource,
  makeTag,
  publish,
} from '../../support/factories.ts';
import { idsOf } from './newsroom.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const list = (search: string, as?: string) => app.get(`/v1/articles?limit=100&${search}`, { as });
const found = async (search: string, as?: string) => {
  const answer = await list(search, as);
  expect(answer.status).toBe(200);
  return idsOf(answer.body.data).toSorted();
};
const ids = (...articles: { id: string }[]) => idsOf(articles).toSorted();
const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();

type Named = { id: string; slug: string; body: { name: string } };
const kinds: [string, () => Promise<Named>, (named: Named) => object][] = [
  ['section', () => makeSection(app), ({ id }) => ({ section: id })],
  ['source', () => makeSource(app), ({ id }) => ({ source: id })],
  ['editor', () => makeEditor(app), ({ slug }) => ({ credits: [{ role: 'reporter', editor: slug }] })],
  ['tag', () => makeTag(app), ({ body }) => ({ tags: [body.name] })],
];

describe.each(kinds)('the filter %s', (filter, make, refer) => {
  it('takes slug or id, and several of either as "or"; an article that fits twice is there once', async () => {
    const [a, b] = [await make(), await make()];
    const ofA = await makePublished(app, refer(a));
    const ofB = await makePublished(app, refer(b));
    expect(await found(`${filter}=${a.slug}`)).toEqual([ofA.id]);
    expect(await found(`${filter}=${a.id}`)).toEqual([ofA.id]);
    expect(await found(`${filter}=${a.id.toUpperCase()}`)).toEqual([ofA.id]);
    expect(await found(`${filter}=${a.slug},${b.id}`)).toEqual(ids(ofA, ofB));
    expect(await found(`${filter}=${a.slug},${a.id},%20${b.slug}`)).toEqual(ids(ofA, ofB));
    expect(await found(`${filter}=${a.slug},no-such-thing`)).toEqual([ofA.id]);
  });

  it('holds nothing for what does not exist, and says nothing more about it', async () => {
    for (const name of ['no-such-thing', '00000000-0000-7000-8000-00000000dead']) {
      const { status, body } = await list(`${filter}=${name}&count=exact`);
      expect({ status, body }).toEqual({
        status: 200,
        body: { data: [], page: { limit: 100, nextCursor: null, total: 0 } },
      });
    }
  });

  it('finds what the public sees, not what the draft says', async () => {
    const [shown, drafted] = [await make(), await make()];
    const article = await makePublished(app, refer(shown));
    await app.patch(`/v1/articles/${article.id}`, refer(drafted), { ifMatch: '*' });
    expect(await found(`${filter}=${shown.slug}`)).toEqual([article.id]);
    expect(await found(`${filter}=${drafted.slug}`)).toEqual([]);
    expect(await found(`${filter}=${shown.slug}&perspective=draft`, 'viewer')).toEqual([]);
    expect(await found(`${filter}=${drafted.slug}&perspective=draft`, 'viewer')).toEqual([article.id]);
  });

  it('tells nothing of drafts, schedules, what has ended and the trash: the answer is as if they were not', async () => {
    const thing = await make();
    const empty = await list(`${filter}=${thing.id}&count=exact`);
    const before = await app.get(`/v1/articles?${filter}=${thing.id}&count=estimate&limit=1`);
    await makeArticle(app, refer(thing));
    await publish(app, await makeArticle(app, refer(thing)), { at: fromNow(3_600_000) });
    await makePublished(app, refer(thing), { until: fromNow(1000) });
    const withdrawn = await makePublished(app, refer(thing));
    await app.post(`/v1/articles/${withdrawn.id}/unpublish`, undefined, { ifMatch: '*' });
    const trashed = await makePublished(app, refer(thing));
    await app.delete(`/v1/articles/${trashed.id}`, { ifMatch: '*' });
    app.clock.advance(1000);
    for (const sort of ['-publishedAt', 'publishedAt', '-updatedAt', 'updatedAt', 'title']) {
      expect((await list(`${filter}=${thing.id}&count=exact&sort=${sort}`)).text).toBe(empty.text);
    }
    const after = await app.get(`/v1/articles?${filter}=${thing.id}&count=estimate&limit=1`);
    expect(after.text).toBe(before.text);
    expect(after.headers['cache-control']).toBe(before.headers['cache-control']);
    expect(await found(`${filter}=${thing.id}&perspective=draft`, 'viewer')).toHaveLength(4);
  });

  it('shows a scheduled article from its instant on, and an expiring one until its own', async () => {
    const thing = await make();
    const article = await publish(app, await makeArticle(app, refer(thing)), {
      at: fromNow(1000),
      until: fromNow(3000),
    });
    const seen: number[] = [];
    for (const ms of [999, 1, 1999, 1]) {
      app.clock.advance(ms);
      seen.push((await found(`${filter}=${thing.id}`)).length);
    }
    expect(seen).toEqual([0, 1, 1, 0]);
    expect((await app.get(`/v1/articles/${article.id}`)).status).toBe(404);
  });
});

describe('the filter section', () => {
  it('includes the branch below, or with sectionOnly=true the section alone', async () => {
    const top = await makeSection(app);
    const mid = await makeSection(app, { parent: top.id });
    const leaf = await makeSection(app, { parent: mid.id });
    const [inTop, inMid, inLeaf] = [
      await makePublished(app, { section: top.id }),
      await makePublished(app, { section: mid.id }),
      await makePublished(app, { section: leaf.id }),
    ];
    expect(await found(`section=${top.slug}`)).toEqual(ids(inTop, inMid, inLeaf));
    expect(await found(`section=${top.slug}&sectionOnly=false`)).toEqual(ids(inTop, inMid, inLeaf));
    expect(await found(`section=${top.slug}&sectionOnly=true`)).toEqual([inTop.id]);
    expect(await found(`section=${top.slug},${leaf.slug}&sectionOnly=true`)).toEqual(ids(inTop, inLeaf));
    expect(await found(`section=${mid.id}&perspective=draft`, 'viewer')).toEqual(ids(inMid, inLeaf));
  });

  it('follows a branch that is moved, with the filters beside it', async () => {
    const [from, to] = [await makeSection(app), await makeSection(app)];
    const branch = await makeSection(app, { parent: from.id });
    const leaf = await makeSection(app, { parent: branch.id });
    const tag = await makeTag(app);
    const article = await makePublished(app, { section: leaf.id, tags: [tag.body.name] });
    const inBoth = async () => [
      await found(`section=${from.slug}`),
      await found(`section=${to.slug}`),
      await found(`section=${to.slug}&tag=${tag.slug}`),
    ];
    expect(await inBoth()).toEqual([[article.id], [], []]);
    await app.patch(`/v1/sections/${branch.id}`, { parent: to.id }, { ifMatch: '*' });
    expect(await inBoth()).toEqual([[], [article.id], [article.id]]);
  });
});

describe('several filters', () => {
  it('mean "and"', async () => {
    const [section, source, tag] = [await makeSection(app), await makeSource(app), await makeTag(app)];
    const all = { section: section.id, source: source.id, tags: [tag.body.name] };
    const fits = await makePublished(app, all);
    await makePublished(app, { ...all, source: null });
    await makePublished(app, { ...all, tags: [] });
    await makePublished(app, { ...all, section: null });
    expect(await found(`section=${section.slug}&source=${source.slug}&tag=${tag.slug}`)).toEqual([fits.id]);
  });

  it('mean "and" with ids as well', async () => {
    const section = await makeSection(app);
    const [inside, outside] = [await makePublished(app, { section: section.id }), await makePublished(app)];
    expect(await found(`ids=${outside.id},${inside.id}&section=${section.slug}`)).toEqual([inside.id]);
  });
});

describe('dates', () => {
  // 16:00 UTC is midnight in Shanghai.
  const midnight = '2026-06-09T16:00:00.000Z';
  const instants = ['2026-06-09T15:59:59.999Z', midnight, '2026-06-09T16:00:00.001Z'];
  let early: string;
  let exact: string;
  let late: string;
  let tag: { slug: string; body: { name: string } };
  beforeAll(async () => {
    tag = await makeTag(app);
    const made: string[] = [];
    for (const instant of instants) {
      app.clock.set(instant);
      made.push((await makePublished(app, { tags: [tag.body.name] })).id);
    }
    [early, exact, late] = made as [string, string, string];
    app.clock.advance(60_000);
  });
  const within = (search: string, as?: string) => found(`tag=${tag.slug}&${search}`, as);

  it.each([
    ['as an instant in UTC', midnight],
    ['with an offset', '2026-06-10T00:00:00%2B08:00'],
    ['with another offset', '2026-06-09T11:00:00-05:00'],
    ['as a local time, read in Asia/Shanghai', '2026-06-10T00:00'],
    ['as a date alone, which is the start of that day in Asia/Shanghai', '2026-06-10'],
  ])('are exclusive on either side, %s', async (_form, text) => {
    for (const [perspective, as] of [['published'], ['draft', 'viewer']]) {
      expect(await within(`perspective=${perspective}&publishedAfter=${text}`, as)).toEqual([late]);
      expect(await within(`perspective=${perspective}&publishedBefore=${text}`, as)).toEqual([early]);
      expect(await within(`perspective=${perspective}&updatedAfter=${text}`, as)).toEqual([late]);
    }
  });

  it('bound a span together', async () => {
    const span = `publishedAfter=${instants[0]}&publishedBefore=${instants[2]}`;
    expect(await within(span)).toEqual([exact]);
    expect(await within('publishedAfter=2026-06-09&publishedBefore=2026-06-10')).toEqual([early]);
    expect(await within('publishedAfter=2026-06-11&publishedBefore=2026-06-10')).toEqual([]);
  });

  it('tell when a story was updated apart from when it was published', async () => {
    const draft = await app.patch(`/v1/articles/${early}`, { summary: '更' }, { ifMatch: '*' });
    const at = app.clock.now();
    await publish(app, { id: early, etag: draft.headers.etag! });
    const just = new Date(at.getTime() - 1).toISOString();
    expect(await within(`updatedAfter=${just}`)).toEqual([early]);
    expect(await within(`updatedAfter=${at.toISOString()}`)).toEqual([]);
    expect(await within(`publishedAfter=${just}`)).toEqual([]);
  });

  it.each(['publishedAfter', 'publishedBefore', 'updatedAfter'])(
    'that do not exist are refused in %s',
    async (name) => {
      for (const text of ['2026-02-30', 'yesterday', '2026-13-01T00:00:00Z', '1780000000', '2026-06-10T25:00']) {
        expect(await list(`${name}=${text}`)).toMatchObject({
          status: 400,
          body: { code: 'request.invalid', errors: [{ pointer: `?${name}` }] },
        });
      }
    },
  );
});

describe('a zone of another newsroom', () => {
  it('decides where a day begins', async () => {
    const london = await createTestApp(`${import.meta.url}-london`, { MASTHEAD_TIME_ZONE: 'Europe/London' });
    try {
      london.clock.set('2026-06-09T23:30:00.000Z');
      const article = await makePublished(london);
      const dated = async (day: string) => idsOf((await london.get(`/v1/articles?publishedAfter=${day}`)).body.data);
      expect(await dated('2026-06-10')).toEqual([article.id]);
      expect(await dated('2026-06-11')).toEqual([]);
    } finally {
      await london.close();
    }
  });
});

describe('a value of the wrong form', () => {
  it.each([
    ['section=', '?section'],
    ['section=a,,b', '?section'],
    ['section=a&section=b', '?section'],
    ['section[slug]=a', '?section[slug]'],
    ['sectionOnly=yes', '?sectionOnly'],
    [`tag=${Array.from({ length: 51 }, (_, i) => `t${i}`).join(',')}`, '?tag'],
    ['author=liu', '?author'],
    ['ids=1,2', '?ids'],
    ['sort=random', '?sort'],
    ['count=yes', '?count'],
  ])('is refused by name: %s', async (search, pointer) => {
    const answer = await list(search);
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(answer.body.errors[0].pointer.startsWith(pointer)).toBe(true);
  });
});
