// Pages of results: every article once, whatever happens between them, and cursors that nobody can bend.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, publish } from '../../support/factories.ts';
import { pathOf } from './asking.ts';

let app: TestApp;
const ids: string[] = [];

const count = 45;
const isNear = (n: number) => n % 3 === 0;
const isHeavy = (n: number) => n % 5 === 0;
const minute = 60_000;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  // Their words are more and less, so that there are many scores, and equal ones among them.
  for (let n = 0; n < count; n += 1) {
    app.clock.advance(minute);
    const text = `港口${'港口'.repeat(n % 7)}。${isNear(n) ? '码头新闻' : '新闻'}。${isHeavy(n) ? '吊车' : ''}`;
    const title = n % 5 === 0 ? `港口见闻${n}` : `见闻${n}`;
    ids.push((await makePublished(app, { title, body: { text } })).id);
  }
  app.clock.advance(minute);
});
afterAll(() => app.close());

const q = '港口 新闻';
const get = async (path: string, as?: string) => {
  const answer = await app.get(path, { as });
  expect(answer.status, answer.text).toBe(200);
  return answer;
};
const idsIn = ({ body }: { body: { data: { id: string }[] } }) => body.data.map(({ id }) => id);

/** All pages one after the other; `between` acts before each but the first. */
async function walk(path: string, between?: (page: number) => Promise<unknown>, as?: string): Promise<string[][]> {
  const pages: string[][] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    if (pages.length > 0) await between?.(pages.length);
    const { body } = await get(cursor === '' ? path : `${path}&cursor=${cursor}`, as);
    pages.push(body.data.map(({ id }: { id: string }) => id));
    cursor = body.page.nextCursor;
    expect(pages.length).toBeLessThan(100);
  }
  return pages;
}

describe.each(['relevance', '-publishedAt'])('the pages by %s', (sort) => {
  it.each([
    [q, 10],
    [q, 1],
    [q, 45],
    [q, 44],
    [q, 100],
    ['title:港口 OR 新闻', 10],
    ['"新闻"', 10],
    ['港口 新闻 明天', 10],
  ])('hold each article once, in the order of one page: %s by %d', async (asked, limit) => {
    const whole = idsIn(await get(pathOf(asked, `sort=${sort}&limit=100`)));
    expect(whole.toSorted()).toEqual(ids.toSorted());
    const pages = await walk(pathOf(asked, `sort=${sort}&limit=${limit}`));
    expect(pages.flat()).toEqual(whole);
    expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
  });

  it.each([1, 4, 20])('go on where the most of a term is enough: by %d', async (limit) => {
    const path = pathOf('码头吊车港口新闻', `sort=${sort}&limit=${limit}`);
    const pages = await walk(path);
    const expected = ids.filter((_, n) => isNear(n) || isHeavy(n));
    expect(pages.flat()).toEqual(idsIn(await get(path.replace(/limit=\d+/, 'limit=100'))));
    expect(pages.flat().toSorted()).toEqual(expected.toSorted());
  });

  it.each([1, 4, 20])('ask for all of a term where enough have it: by %d', async (limit) => {
    const path = pathOf('码头港口新闻见闻', `sort=${sort}&limit=${limit}`);
    expect((await get(path)).body.query.relaxed).toEqual([]);
    expect((await walk(path)).flat().toSorted()).toEqual(ids.filter((_, n) => isNear(n)).toSorted());
  });

  it('say as much on every page of what was dropped and relaxed, and count the same', async () => {
    const term = '码头吊车港口新闻';
    for (const [asked, told, total] of [
      ['港口 新闻 明天', { dropped: ['明天'], relaxed: [] }, count],
      [term, { dropped: [], relaxed: [term] }, 21],
    ] as const) {
      const path = pathOf(asked, `sort=${sort}&limit=20&count=exact&facets=year`);
      const first = await get(path);
      const second = await get(`${path}&cursor=${first.body.page.nextCursor}`);
      for (const { body } of [first, second]) {
        expect(body.query).toMatchObject(told);
        expect(body.page.total).toBe(total);
        expect(body.facets.year.values).toEqual([{ year: 2026, count: total }]);
      }
    }
  });

  it('by date are the newest first', async () => {
    const pages = await walk(pathOf(q, 'sort=-publishedAt&limit=10'));
    expect(pages.flat()).toEqual(ids.toReversed());
  });

  it('of working copies go on likewise', async () => {
    const path = pathOf(q, `sort=${sort}&limit=10&perspective=draft`);
    const draft = await makeArticle(app, { title: '港口新闻草稿' });
    const pages = await walk(path, () => makeArticle(app, { title: '见闻' }), 'viewer');
    const seen = pages.flat();
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining([draft.id, ...ids]));
    if (sort === '-publishedAt') expect(seen[0]).toBe(draft.id);
    expect((await app.delete(`/v1/articles/${draft.id}`, { ifMatch: '*' })).status).toBeLessThan(300);
  });
});

describe('the number of rows', () => {
  it.each(['1', '100'])('may be %s', async (limit) => {
    const { body } = await get(pathOf(q, `limit=${limit}`));
    expect(body.page.limit).toBe(Number(limit));
    expect(body.data).toHaveLength(Math.min(Number(limit), count));
  });

  it('is 20 where nothing else is asked', async () => {
    const { body } = await get(pathOf(q));
    expect([body.page.limit, body.data.length]).toEqual([20, 20]);
  });

  it.each(['0', '101', '-1', '1.5', 'many', '', '010'])('is not "%s"', async (limit) => {
    const { status, body } = await app.get(pathOf(q, `limit=${limit}`));
    expect([status, body.errors[0].pointer]).toEqual([400, '?limit']);
  });
});

it('the next page is linked to, as long as there is one', async () => {
  const first = await get(pathOf(q, 'limit=40&fields=id&section=').replace('&section=', ''));
  const [, address] = /^<https:\/\/news\.test(\/v1\/search\?[^>]+)>; rel="next"$/.exec(first.headers.link!)!;
  expect(new URL(address!, 'https://news.test').searchParams.get('q')).toBe(q);
  const last = await get(address!);
  expect([...idsIn(first), ...idsIn(last)].toSorted()).toEqual(ids.toSorted());
  expect([last.headers.link, last.body.page.nextCursor]).toEqual([undefined, null]);
});

describe('the count', () => {
  it.each(['exact', 'estimate'])('is of all pages, not of one: %s', async (kind) => {
    const { body } = await get(pathOf(q, `limit=1&count=${kind}`));
    expect(body.page.total).toBe(count);
    expect((await get(pathOf('明天', `count=${kind}`))).body.page.total).toBe(0);
  });

  it('is only there where it is asked for', async () => {
    expect((await get(pathOf(q))).body.page).not.toHaveProperty('total');
  });
});

describe('a cursor', () => {
  const cursorOf = async (asked: string, more = '', as?: string) =>
    (await get(pathOf(asked, `limit=5&${more}`), as)).body.page.nextCursor as string;
  const refused = async (path: string, as?: string) => {
    const { status, body } = await app.get(path, { as });
    expect([status, body.code, body.errors[0].pointer]).toEqual([400, 'request.invalid_cursor', '?cursor']);
  };

  it.each([
    ['another query', q, '', '港口', ''],
    ['another sort', q, 'sort=relevance', q, 'sort=-publishedAt'],
    ['another filter', q, '', q, 'tag=x'],
    ['another instant', q, 'publishedAfter=2026-01-01', q, 'publishedAfter=2026-01-02'],
  ])('of %s is refused', async (_what, made, makes, used, uses) => {
    await refused(pathOf(used, `${uses}&limit=5&cursor=${await cursorOf(made, makes)}`));
  });

  it('of working copies is refused by the public, and the other way round', async () => {
    await refused(pathOf(q, `cursor=${await cursorOf(q, 'perspective=draft', 'viewer')}`));
    await refused(pathOf(q, `perspective=draft&cursor=${await cursorOf(q)}`), 'viewer');
  });

  it('goes on with another page size, fields, body form, facets and highlights', async () => {
    const cursor = await cursorOf(q);
    const more = 'limit=100&fields=title&body=text&facets=year&highlight=true&count=exact';
    expect((await get(pathOf(q, `${more}&cursor=${cursor}`))).body.data).toHaveLength(count - 5);
  });

  type Parts = [isRelaxed: unknown, dropped: unknown, at: unknown, counts: unknown, key: unknown];
  const decode = (cursor: string) => JSON.parse(Buffer.from(cursor, 'base64url').toString());
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const bend = (cursor: string, change: (parts: Parts) => unknown) => {
    const [owner, value, id] = decode(cursor);
    return encode([owner, JSON.stringify(change(JSON.parse(value))), id]);
  };
  const withPart = (n: number, value: unknown) => (parts: Parts) => parts.with(n, value);

  it.each<[string, (parts: Parts) => unknown]>([
    ['no list', () => 'x'],
    ['too few parts', (parts) => parts.slice(0, 4)],
    ['another type', withPart(0, 1)],
    ['a term dropped of two', withPart(1, [0])],
    ['a number that no term has', withPart(1, [99])],
    ['all terms dropped', withPart(1, [0, 1])],
    ['a negative term', withPart(1, [-1])],
    ['many terms', withPart(1, Array(500).fill(0))],
    ['an instant beyond all calendars', withPart(2, 8.64e15)],
    ['an instant beyond the year 9999', withPart(2, 253_402_300_800_000)],
    ['a broken instant', withPart(2, 0.5)],
    ['a negative instant', withPart(2, -1)],
    ['counts that are none', withPart(3, "'); drop")],
    ['a key that is no number', withPart(4, 'high')],
    ['an empty key', withPart(4, '')],
    ['a number beyond all', withPart(4, '1e999')],
    ['no number', withPart(4, 'NaN')],
  ])('with %s is refused', async (_what, change) => {
    await refused(pathOf(q, `cursor=${bend(await cursorOf(q), change)}`));
  });

  it.each([
    'soon',
    '2026-02-30 00:00:00+00',
    '2026-99-99 99:99:99+00',
    '99999-01-01 00:00:00+00',
    '-infinity',
    '',
    '5',
  ])('by date with "%s" is refused', async (key) => {
    const cursor = bend(await cursorOf(q, 'sort=-publishedAt'), withPart(4, key));
    await refused(pathOf(q, `sort=-publishedAt&cursor=${cursor}`));
  });

  it.each([['abc'], [encode({ a: 1 })], [encode([1, 2, 3])]])('that no server made is refused: %s', async (cursor) => {
    await refused(pathOf(q, `cursor=${cursor}`));
  });

  it('with strange numbers leads to a page, if they are numbers', async () => {
    const cursor = await cursorOf(q);
    for (const change of [
      withPart(4, '1e308'),
      withPart(4, '-1e308'),
      withPart(4, '5e-324'),
      withPart(2, 0),
      withPart(3, ''),
      withPart(3, 'zz'.repeat(7)),
      withPart(3, '00'.repeat(7)),
      withPart(0, true),
    ]) {
      expect((await app.get(pathOf(q, `cursor=${bend(cursor, change)}`))).status).toBe(200);
    }
    expect((await get(pathOf(q, `limit=100&cursor=${bend(cursor, withPart(4, '1e308'))}`))).body.data).toHaveLength(
      count,
    );
  });

  it('drops a third of the terms at most, whatever it says', async () => {
    const three = '港口 新闻 明天';
    const cursor = await cursorOf(three);
    await refused(pathOf(three, `cursor=${bend(cursor, withPart(1, [0, 1, 2]))}`));
    expect((await app.get(pathOf(three, `cursor=${bend(cursor, withPart(1, [0]))}`))).status).toBe(200);
  });

  it('of a long query is short enough to be sent back', async () => {
    const long = '港口新闻码头见闻'.repeat(50);
    const cursor = await cursorOf(`${long.slice(0, 380)} OR 新闻`);
    expect(cursor.length).toBeLessThan(4000);
    await get(pathOf(`${long.slice(0, 380)} OR 新闻`, `cursor=${cursor}`));
  });
});

describe.each(['relevance', '-publishedAt'])('while others come, change and go, the pages by %s', (sort) => {
  it('hold each article once that was there all the time', async () => {
    const passing: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      app.clock.advance(minute);
      const { id } = await makePublished(app, { title: `港口新闻${n}`, body: { text: '港口新闻' } });
      passing.push(id);
    }
    const pages = await walk(pathOf(q, `sort=${sort}&limit=10`), async (page) => {
      app.clock.advance(minute);
      await makePublished(app, { title: '港口港口新闻', body: { text: '新闻新闻港口' } });
      await makePublished(app, { title: '新闻', body: { text: '别处' } });
      await app.post(`/v1/articles/${passing[page]}/unpublish`, undefined, { ifMatch: '*' });
      await app.patch(`/v1/articles/${passing[0]}`, { title: `别的${page}`, body: null }, { ifMatch: '*' });
      await app.post(`/v1/articles/${passing[0]}/publish`, {}, { ifMatch: '*' });
    });
    const seen = pages.flat();
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => ids.includes(id)).toSorted()).toEqual(ids.toSorted());
  });
});

it('a cursor does not show what was published after the first page, nor what was hidden meanwhile', async () => {
  const cursor = (await get(pathOf(q, 'sort=-publishedAt&limit=5'))).body.page.nextCursor;
  app.clock.advance(minute);
  const late = await publish(app, await makeArticle(app, { title: '港口新闻最新' }));
  const gone = ids[0]!;
  await app.post(`/v1/articles/${gone}/unpublish`, undefined, { ifMatch: '*' });
  const { body } = await get(pathOf(q, `sort=-publishedAt&limit=100&cursor=${cursor}`));
  expect(idsIn({ body })).not.toContain(late.id);
  expect(idsIn({ body })).not.toContain(gone);
  expect(idsIn({ body }).filter((id) => ids.includes(id)).length).toBeGreaterThan(30);
});
