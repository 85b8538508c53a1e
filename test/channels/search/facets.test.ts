// Facets tell how the results are spread: each count is what the filter by that value then finds.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { facetedMax, facetNames } from '../../../src/channels/search/match/facets.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makePublished, makeSection, makeSource } from '../../support/factories.ts';
import { askingOf, multiply, pathOf } from './asking.ts';

let app: TestApp;
const { ask } = askingOf(() => app);

beforeAll(async () => {
  app = await createTestApp(import.meta.url, { MASTHEAD_TIME_ZONE: 'Asia/Shanghai' });
  await makeSection(app, { name: '财经', slug: 'cai-jing' });
  await makeSection(app, { name: '港口', slug: 'gang-kou', parent: 'cai-jing' });
  await makeSection(app, { name: '体育', slug: 'ti-yu' });
  for (const slug of ['zao-bao', 'wan-bao']) await makeSource(app, { slug });
  for (const slug of ['liu', 'zhao']) await makeEditor(app, { slug });
  const sections = ['cai-jing', 'gang-kou', 'ti-yu', undefined];
  const credits = [['liu'], ['liu', 'zhao'], [], ['zhao', 'zhao']];
  const tags = [['两会', '开放'], ['两会'], []];
  for (let n = 0; n < 24; n += 1) {
    await makePublished(app, {
      title: n % 2 === 0 ? `货轮到港第${n}班` : `货轮离港第${n}班`,
      body: { text: n % 3 === 0 ? '集装箱起重机' : '集装箱堆场' },
      section: sections[n % 4],
      source: n % 5 === 0 ? undefined : ['zao-bao', 'wan-bao'][n % 2],
      credits: (credits[(n * 7) % 4] ?? []).map((editor, at) => ({ role: at === 0 ? 'author' : 'editor', editor })),
      tags: tags[n % 3],
    });
  }
  await makePublished(app, { title: '别的新闻', section: 'ti-yu', tags: ['开放'] });
  // Hidden, and in none of the counts.
  await makeArticle(app, { title: '货轮到港草稿', section: 'ti-yu', source: 'zao-bao', tags: ['两会', '内参'] });
});
afterAll(() => app.close());

type Value = { slug?: string; name?: string; year?: number; count: number };
type Facet = { values: Value[]; isExact: boolean };
const all = facetNames.join(',');
const facetsOf = async (q: string, more = ''): Promise<Record<string, Facet>> =>
  (await ask(q, `facets=${all}&${more}`)).body.facets;
const totalOf = async (q: string, more: string) => (await ask(q, `count=exact&limit=1&${more}`)).body.page.total;

/** As a reader in the newsroom's zone would ask for a year. */
const filterFor = (facet: string, { slug, year }: Value) =>
  facet === 'year'
    ? `publishedAfter=${year! - 1}-12-31T23:59:59.999%2B08:00&publishedBefore=${year! + 1}-01-01T00:00:00%2B08:00`
    : `${facet}=${slug}`;

describe('every count', () => {
  it.each([
    ['a word', '货轮'],
    ['several terms', '货轮 集装箱'],
    ['a phrase', '"货轮到港"'],
    ['a phrase across words', '"港第"'],
    ['a title', 'title:离港'],
    ['a choice', '离港 OR 起重机'],
    ['an exclusion', '货轮 -起重机'],
    ['an excluded phrase', '货轮 -"到港第"'],
    ['a dropped term', '货轮 集装箱 火星'],
    ['a relaxed term', '货轮到港起重机堆场'],
    ['the name of a tag', '两会'],
  ])('is what the filter by its value finds: %s', async (_what, q) => {
    const facets = await facetsOf(q);
    expect(Object.keys(facets).toSorted()).toEqual([...facetNames].toSorted());
    for (const [facet, { values, isExact }] of Object.entries(facets)) {
      expect([facet, isExact, values.length > 0]).toEqual([facet, true, true]);
      for (const value of values)
        expect([facet, value, await totalOf(q, filterFor(facet, value))]).toEqual([facet, value, value.count]);
    }
    const total = await totalOf(q, '');
    expect(facets.year!.values.reduce((sum, { count }) => sum + count, 0)).toBe(total);
  });

  it('of what is exactly counted here', async () => {
    const { section, source, editor, tag, year } = await facetsOf('货轮');
    expect(section!.values).toEqual([
      { slug: 'cai-jing', name: '财经', count: 12 },
      { slug: 'gang-kou', name: '港口', count: 6 },
      { slug: 'ti-yu', name: '体育', count: 6 },
    ]);
    expect(source!.values.map(({ slug, count }) => [slug, count])).toEqual([
      ['wan-bao', 10],
      ['zao-bao', 9],
    ]);
    expect(editor!.values.map(({ slug, count }) => [slug, count])).toEqual([
      ['liu', 12],
      ['zhao', 12],
    ]);
    expect(tag!.values.map(({ name, count }) => [name, count])).toEqual([
      ['两会', 16],
      ['开放', 8],
    ]);
    expect(year!.values).toEqual([{ year: 2026, count: 24 }]);
  });

  it('counts within the filters, and not only what is on the page', async () => {
    const { section, tag } = await facetsOf('货轮', 'section=gang-kou&limit=1');
    expect(section!.values.map(({ slug, count }) => [slug, count])).toEqual([
      ['cai-jing', 6],
      ['gang-kou', 6],
    ]);
    expect(tag!.values.reduce((sum, { count }) => sum + count, 0)).toBe(6);
  });

  it('is the same for both orders', async () => {
    expect(await facetsOf('货轮到港起重机堆场', 'sort=-publishedAt')).toEqual(await facetsOf('货轮到港起重机堆场'));
  });
});

it('are empty and exact where nothing is found, by its words or by a filter', async () => {
  const empty = Object.fromEntries(facetNames.map((name) => [name, { values: [], isExact: true }]));
  expect(await facetsOf('火星')).toEqual(empty);
  expect(await facetsOf('货轮', 'tag=no-such-tag')).toEqual(empty);
});

it('are there only where they are asked for, each once', async () => {
  expect((await ask('货轮')).body).not.toHaveProperty('facets');
  expect(Object.keys((await ask('货轮', 'facets=tag, year,tag')).body.facets)).toEqual(['tag', 'year']);
  for (const wrong of ['author', 'tag,author', 'section;drop', ',']) {
    const { status, body } = await app.get(pathOf('货轮', `facets=${encodeURIComponent(wrong)}`));
    expect([status, body.errors[0].pointer]).toEqual([400, expect.stringMatching(/^\?facets/)]);
  }
});

it('a working copy counts by what it refers to itself', async () => {
  const { id } = await makePublished(app, { title: '货轮改签', section: 'ti-yu', tags: ['两会'] });
  await app.patch(`/v1/articles/${id}`, { section: 'gang-kou', tags: ['开放'] }, { ifMatch: '*' });
  const published = (await ask('货轮改签', 'facets=section,tag')).body.facets;
  const working = (await ask('货轮改签', 'facets=section,tag&perspective=draft', 'viewer')).body.facets;
  const names = ({ section, tag }: Record<string, Facet>) =>
    [section, tag].map((facet) => facet!.values.map(({ name }) => name).toSorted());
  expect(names(published)).toEqual([['体育'], ['两会']]);
  expect(names(working)).toEqual([['港口', '财经'].toSorted(), ['开放']]);
});

it('a year is one in the zone of the newsroom', async () => {
  app.clock.set('2026-12-31T15:59:59.999Z');
  await makePublished(app, { title: '除夕前夜' });
  app.clock.set('2026-12-31T16:00:00.000Z');
  await makePublished(app, { title: '除夕前夜' });
  expect((await ask('除夕前夜', 'facets=year')).body.facets.year.values).toEqual([
    { year: 2027, count: 1 },
    { year: 2026, count: 1 },
  ]);
});

it('beyond the bound they are not exact, and say so', async () => {
  const { sql } = app.deps.db;
  const { id } = await makePublished(app, { title: '海鸥', tags: ['两会'] });
  const year = async (more: string) => (await ask('海鸥', `facets=year&limit=1${more}`)).body.facets.year;
  await multiply(app, id, { from: 2, to: facetedMax });
  expect(await year('')).toEqual({ values: [{ year: expect.any(Number), count: facetedMax }], isExact: true });
  await multiply(app, id, { from: facetedMax + 1, to: facetedMax + 1 });
  expect(await year('&fields=id')).toMatchObject({ isExact: false });
  // Those that a phrase leaves are fewer than the bound, but there may be more behind it.
  await sql.rows("update search_document set text = '海 鸥' where article_id = $1 and version % 2 = 0", [id]);
  const phrase = (await ask('"海鸥"', 'facets=year&limit=1')).body.facets.year;
  expect(phrase.values[0].count).toBeLessThan(facetedMax);
  expect(phrase.isExact).toBe(false);
});
