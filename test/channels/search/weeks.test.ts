// Of a common word the newest documents are looked for in some weeks first; what is found does not depend on it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishStories } from '../../../bench/search/publish.ts';
import { projectArticles } from '../../../src/channels/search/index/articles.ts';
import { countWords } from '../../../src/channels/search/index/counting.ts';
import { openScope } from '../../../src/channels/search/match/scope.ts';
import { findArticles } from '../../../src/channels/search/match/search.ts';
import { countWeeks, listValues, weekOf } from '../../../src/channels/search/match/weeks.ts';
import { analyseQuery } from '../../../src/channels/search/query/analyse.ts';
import { parseQuery } from '../../../src/channels/search/query/parse.ts';
import type { Sql } from '../../../src/platform/db/db.ts';
import { articleListQuery, readFilters } from '../../../src/resources/articles/queries/query.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { onDatabase } from '../../support/database-address.ts';
import { makePublished } from '../../support/factories.ts';
import { pathOf } from './asking.ts';

const hourMs = 3_600_000;
const [count, each] = [9000, 3];
const start = Date.parse('2021-01-01T00:00:00Z');
// Nine a day, so that a year is as long ago as it is many documents back.
const at = (n: number) => new Date(start + n * 3 * hourMs);

let app: TestApp;
const rows = <Row extends object>(text: string, values: unknown[] = []) => app.deps.db.sql.rows<Row>(text, values);

beforeAll(async () => {
  app = await createTestApp(import.meta.url, { SEARCH_CANDIDATES: '200', CACHE_SIZE_BYTES: '0' });
  // Every third has the word, those of the first years more often.
  const stories = Array.from({ length: count }, (_, n) => ({
    name: `day-${n}`,
    title: n % 30 === 0 ? '潮汐' : '港口',
    body: n % each === 0 || n < 600 ? '潮汐表' : '装卸',
    at: at(n),
    refers: null,
  }));
  await onDatabase(app.databaseUrl, (client) => publishStories(client, stories));
  const made = await rows<{ id: string }>('select id::text from article order by published_at');
  const ids = made.map(({ id }) => id);
  for (let from = 0; from < ids.length; from += 1000) {
    const batch = ids.slice(from, from + 1000);
    await app.deps.db.transaction((tx) => projectArticles(tx, app.deps.segmenter, batch, app.clock.now()));
  }
  await rows('analyze search_document');
});
afterAll(() => app.close());

/** Slugs of the first pages, and what else the answers say. */
async function answersTo(path: string): Promise<object[]> {
  const answers: object[] = [];
  for (let cursor: string | null = ''; cursor !== null && answers.length < 4; ) {
    const { status, body, text } = await app.get(cursor === '' ? path : `${path}&cursor=${cursor}`);
    expect(status, text).toBe(200);
    const { nextCursor, ...page } = body.page;
    answers.push({ ...body, page });
    cursor = nextCursor;
  }
  return answers;
}

const paths = [
  pathOf('潮汐', 'fields=slug&limit=50'),
  pathOf('潮汐', 'fields=slug&limit=50&sort=-publishedAt&count=exact'),
  pathOf('潮汐 -装卸', 'fields=slug&limit=50&count=estimate&facets=year'),
  pathOf('title:潮汐 OR 装卸', 'fields=slug&limit=100'),
  pathOf('潮汐', `fields=slug&publishedBefore=${encodeURIComponent(at(1000).toISOString())}&sort=-publishedAt`),
  pathOf('潮汐', `fields=slug&publishedAfter=${encodeURIComponent(at(8900).toISOString())}&count=exact`),
  pathOf('潮汐', `fields=slug&publishedAfter=${encodeURIComponent(at(100).toISOString())}&limit=100`),
  pathOf('"潮汐表"', 'fields=slug&limit=100&sort=-publishedAt'),
];

it('what is found and counted is the same before it is known how documents are spread over time, and then', async () => {
  const before = await Promise.all(paths.map(answersTo));
  expect(await countWords(app.deps.db, app.clock.now())).toBe(true);
  const [kept] = await rows<{ weeks: number[] }>('select weeks from search_count');
  const begins = [1000, 2000, 4000, 8000].map((back) => weekOf(at(count - back)));
  expect(kept!.weeks).toEqual(begins);
  // Rarity is the same: the numbers are.
  expect(await Promise.all(paths.map(answersTo))).toEqual(before);
});

it.each(['relevance', '-publishedAt'] as const)(
  'by %s only documents of the last weeks are read for the newest of a common word, whatever is scheduled',
  async (sort) => {
    const { deps, clock } = app;
    await makePublished(app, { title: '潮汐' }, { at: '2062-01-01T00:00:00Z' });
    const statements: [string, readonly unknown[]][] = [];
    const sql: Sql = {
      rows(text, values, name) {
        statements.push([text, values]);
        return deps.db.sql.rows(text, values, name);
      },
    };
    const filters = readFilters(articleListQuery.parse({}), deps.config.timeZone);
    const scope = (await openScope(sql, { now: clock.now(), reader: undefined, filters }))!;
    const query = analyseQuery(await deps.segmenter.get(), parseQuery('潮汐'));
    await findArticles(sql, { query, scope, config: deps.config, sort, limit: 20, behind: null });
    const [text, values] = statements.at(-1)!;
    const plan = await rows<{ 'QUERY PLAN': string }>(`explain (analyze, costs off, timing off) ${text}`, [...values]);
    const read = plan
      .map((line) => line['QUERY PLAN'])
      .filter((line) => line.includes('Bitmap Heap Scan'))
      .map((line) => Number(/rows=(\d+)/.exec(line)?.[1] ?? 0));
    expect(read.length).toBeGreaterThan(1);
    expect(Math.max(...read)).toBeGreaterThan(20);
    expect(read.reduce((sum, count) => sum + count, 0)).toBeLessThan(count / each / 2);
  },
);

describe('the weeks that the index is asked for', () => {
  const dates = ['1931-05-01', '1970-01-01', '1999-12-31', '2020-05-27', '2026-11-27', '2150-01-01', '9999-12-31'];
  const weeks = { starts: [], last: weekOf(new Date('2027-01-01')) };

  it('hold every date between two, and none long before', async () => {
    for (const from of dates) {
      for (const to of dates.filter((date) => date >= from)) {
        const values = listValues(weekOf(new Date(from)), weekOf(new Date(to)), weeks);
        expect(values.length).toBeLessThanOrEqual(21);
        const found = await rows<{ day: string }>(
          `select day from unnest($1::text[]) day where search_weeks(day::timestamptz) && $2::int[]`,
          [dates, values],
        );
        const between = dates.filter((date) => date >= from && date <= to);
        expect(found.map(({ day }) => day)).toEqual(expect.arrayContaining(between));
      }
    }
  });

  it('hold what was never published where there is no end, and only there', async () => {
    const select = 'select search_weeks(null) && $1::int[] as is';
    for (const from of [2900, 2000, 0]) {
      expect(await rows(select, [listValues(from, null, weeks)])).toEqual([{ is: true }]);
      expect(await rows(select, [listValues(from, 2950, weeks)])).toEqual([{ is: false }]);
    }
  });

  it('are those that hold twice as many as are wanted; all, where that is most of them', () => {
    const spread = { starts: [2990, 2980, 2960, 2920, 2840], last: 3000 };
    expect(countWeeks(spread, 21, 1)).toBe(10);
    expect(countWeeks(spread, 600, 0.5)).toBe(40);
    expect(countWeeks(spread, 600, 0.16)).toBe(80);
    expect(countWeeks(spread, 600, 0.1)).toBeNull();
    expect(countWeeks(spread, 600, 0)).toBeNull();
    expect(countWeeks({ starts: [], last: 3000 }, 21, 1)).toBeNull();
  });
});
