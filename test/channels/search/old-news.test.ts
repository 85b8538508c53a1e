// What is old is found however much came after it: a word of long ago has candidates, and by date all of it is walked.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishStories } from '../../../bench/search/publish.ts';
import { projectArticles } from '../../../src/channels/search/index/articles.ts';
import { countWords } from '../../../src/channels/search/index/counting.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { onDatabase } from '../../support/database-address.ts';
import { makePublished } from '../../support/factories.ts';
import { multiply, pathOf } from './asking.ts';

// The least bound there is, and half of it for titles.
const bound = 100;
const [count, titled, newer] = [900, 30, 7200];
// Two of each instant, so that it takes more than the date to put them in order.
const at = (n: number) => new Date(Date.parse('2016-03-01T00:00:00Z') + Math.floor(n / 2) * 3_600_000);

let app: TestApp;
/** The oldest first; the first of them have the word in their titles, and are none of the newest. */
let ids: string[];

beforeAll(async () => {
  // What is fresh for days alone: of what is years old next to nothing is left of it, which no number holds.
  app = await createTestApp(import.meta.url, { SEARCH_CANDIDATES: String(bound), SEARCH_FRESHNESS_DAYS: '1' });
  const stories = Array.from({ length: count }, (_, n) => ({
    name: `old-${n}`,
    title: n < titled ? `灯塔旧闻${n}` : `旧闻${n}`,
    body: `${'灯塔。'.repeat(1 + (n % 4))}${n === 5 ? '管理员修理雾号' : `管理员${n}`}。${n < 4 ? 'The red lighthouse' : ''}`,
    at: at(n),
    refers: null,
  }));
  await onDatabase(app.databaseUrl, (client) => publishStories(client, stories));
  const made = await app.deps.db.sql.rows<{ id: string }>('select id::text from article order by published_at, id', []);
  ids = made.map(({ id }) => id);
  await app.deps.db.transaction((tx) => projectArticles(tx, app.deps.segmenter, ids, app.clock.now()));
  for (const title of ['港口新闻', '雾号新闻']) {
    const { id } = await makePublished(app, { title, body: { text: 'Lighthouse in red' } });
    await multiply(app, id, { from: 2, to: newer / 2 });
  }
});
afterAll(() => app.close());

const get = async (path: string) => {
  const answer = await app.get(path);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};

async function walk(path: string): Promise<string[]> {
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { data, page } = await get(cursor === '' ? path : `${path}&cursor=${cursor}`);
    seen.push(...data.map(({ id }: { id: string }) => id));
    cursor = page.nextCursor;
    expect(seen.length).toBeLessThanOrEqual(count);
  }
  return seen;
}

const minute = 60_000;

describe.each([
  ['before the documents are counted', async () => undefined],
  [
    'once it is known how they are spread over time',
    async () => {
      await app.deps.db.sql.rows('analyze search_document', []);
      expect(await countWords(app.deps.db, app.clock.now())).toBe(true);
    },
  ],
])('%s, a word that only old articles have, more of them than are ranked', (_when, prepare) => {
  beforeAll(async () => {
    await prepare();
    // No answer from before is kept.
    app.clock.advance(11 * minute);
  });

  it.each([20, 100])('is found page by page up to the bound, each article once: by %d', async (limit) => {
    const seen = await walk(pathOf('灯塔', `fields=id&limit=${limit}`));
    expect(new Set(seen).size).toBe(seen.length);
    // The newest by their text, and beside them those by their titles.
    expect(seen.toSorted()).toEqual([...ids.slice(0, titled), ...ids.slice(-bound)].toSorted());
    expect(seen.slice(0, titled).toSorted()).toEqual(ids.slice(0, titled).toSorted());
  });

  it('is walked by date to the very end, each article once, and counted whole', async () => {
    expect(await walk(pathOf('灯塔', 'fields=id&limit=100&sort=-publishedAt'))).toEqual(ids.toReversed());
    expect((await get(pathOf('灯塔', 'limit=1&count=exact'))).page.total).toBe(count);
  });

  it('is walked to the very end, too, where each text has to be looked into', async () => {
    const seen = await walk(pathOf('"管理员修理雾号" OR "灯塔"', 'fields=id&limit=100&sort=-publishedAt'));
    expect(seen).toEqual(ids.toReversed());
  });

  it('is come to by date, though thousands of newer ones have the words of a phrase apart', async () => {
    const seen = await walk(pathOf('"red lighthouse"', 'fields=id&sort=-publishedAt'));
    expect(seen).toEqual(ids.slice(0, 4).toReversed());
  });

  it('is found within a filter of time, though most is beyond the bound', async () => {
    const before = encodeURIComponent(at(20).toISOString());
    expect(await walk(pathOf('灯塔', `fields=id&limit=100&publishedBefore=${before}`))).toHaveLength(20);
  });
});

describe('an old article that has nearly all of a question', () => {
  it('is the first, before thousands of newer ones that have a word of it', async () => {
    const { data, query } = await get(pathOf('灯塔管理员如何修理雾号新闻', 'fields=slug&limit=5'));
    expect(query.relaxed).toHaveLength(1);
    expect(data[0].slug).toBe('old-5');
  });
});
