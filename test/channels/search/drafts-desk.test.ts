// The filters of an editor's desk, in search: each finds, of what has the words, exactly what the list with the same
// filters holds, for whoever asks, and is refused where the list refuses it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idsOf, type Listed, walk } from '../../resources/articles/newsroom.ts';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, publish } from '../../support/factories.ts';
import { pathOf } from './asking.ts';
import { type DeskRoom, makeDeskRoom, word } from './desk-articles.ts';

let app: TestApp;
let room: DeskRoom;

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  room = await makeDeskRoom(app);
});
afterAll(() => app.close());

const day = 86_400_000;
const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
const listPath = (filters: string) => `/v1/articles?perspective=draft&${filters}`;
const searchPath = (filters: string, q = word) => pathOf(q, `perspective=draft&${filters}`);
async function get(path: string, as: string): Promise<Answer> {
  const answer = await app.get(path, { as });
  expect(answer.status, `${path} ${answer.text}`).toBe(200);
  return answer;
}
const list = (filters: string, as = room.keys.liu) => get(listPath(`${filters}&limit=100`), as);
const search = (filters: string, as = room.keys.liu, q = word) => get(searchPath(`${filters}&limit=100`, q), as);
const sorted = ({ body }: Answer) => idsOf(body.data).toSorted();

/** As the editor liu asks. */
const filters = [
  'state=draft',
  'state=in_review',
  'state=approved,in_review',
  'assignee=me',
  'assignee=none',
  'assignee=zhao,wu',
  'assignee=me,none',
  'createdBy=me',
  'createdBy=zhao',
  'createdBy=service:portal',
  'createdBy=wu,service:portal,service:portal',
  'scheduled=true',
  'scheduled=false',
  'hasUnpublishedChanges=true',
  'hasUnpublishedChanges=false',
  'embargoed=true',
  'embargoed=false',
  'retracted=true',
  'retracted=false',
];
// With these every article, or none, so they say nothing of a pair.
const trivial = ['trashed=false', 'assignee=nobody', 'createdBy=service:nobody,none', 'state=draft,in_review,approved'];
const published = ['section=yao-wen', 'tag=kai-fang', 'source=zao-bao', 'editor=zhao', 'publishedAfter=2020-01-01'];
const nameOf = (filter: string) => filter.split('=')[0]!;

describe('a filter', () => {
  it('holds some of the articles and not others', async () => {
    const all = sorted(await list(''));
    expect(all.length).toBeGreaterThan(50);
    for (const filter of [...filters, ...published]) {
      const ids = sorted(await list(filter));
      expect([filter, ids.length > 0, ids.length < all.length]).toEqual([filter, true, true]);
    }
  });

  it.each(['relevance', '-publishedAt'])('finds what the list with it holds, and counts it, by %s', async (sort) => {
    for (const filter of [...filters, ...trivial, ...published]) {
      const [listed, found] = [await list(filter), await search(`${filter}&count=exact&sort=${sort}`)];
      expect([filter, sorted(found), found.body.page.total]).toEqual([filter, sorted(listed), listed.body.data.length]);
    }
  });

  it('finds of it what has the words', async () => {
    for (const q of [`"${word}1"`, `${word} -两会`, `title:${word}`, `${word} 开放`]) {
      const all = sorted(await search('', room.keys.liu, q));
      for (const filter of filters) {
        const listed = sorted(await list(filter));
        const found = sorted(await search(filter, room.keys.liu, q));
        expect([q, filter, found]).toEqual([q, filter, all.filter((id) => listed.includes(id))]);
      }
    }
  });

  it.each(filters)('%s, with each other, finds and estimates what the list with both does', async (filter) => {
    for (const [n, other] of [...filters, ...published].entries()) {
      if (nameOf(other) === nameOf(filter)) continue;
      const both = `${filter}&${other}`;
      const sort = ['relevance', '-publishedAt'][n % 2];
      const [listed, found] = [await list(both), await search(`${both}&sort=${sort}&count=estimate`)];
      expect([both, sorted(found), found.body.page.total]).toEqual([both, sorted(listed), listed.body.data.length]);
    }
  });

  it('finds the one that all of them together leave', async () => {
    const { id, etag } = await makeArticle(app, { title: `${word}合`, section: 'ti-yu' }, room.keys.liu);
    await publish(app, { id, etag }, { at: fromNow(day) });
    const own = { assignee: 'zhao', embargoUntil: fromNow(day / 2), genre: '新闻' };
    expect((await app.patch(`/v1/articles/${id}`, own, { ifMatch: '*' })).status).toBe(200);
    const all = `state=draft&assignee=zhao&createdBy=me&scheduled=true&hasUnpublishedChanges=true&embargoed=true&retracted=false&trashed=false`;
    expect(sorted(await search(`${all}&section=ti-yu`))).toEqual([id]);
    expect((await app.delete(`/v1/articles/${id}`, { ifMatch: '*' })).status).toBe(204);
    expect(sorted(await search(`${all}&section=ti-yu`))).toEqual([]);
  });

  it('goes by the article as it is now, whenever its words were indexed', async () => {
    const { id } = await makeArticle(app, { title: `${word}时` }, room.keys.liu);
    async function isFound(filter: string) {
      const found = sorted(await search(filter));
      expect([filter, found]).toEqual([filter, sorted(await list(filter))]);
      return found.includes(id);
    }
    const act = (action: string, body?: object) => app.post(`/v1/articles/${id}/${action}`, body, { ifMatch: '*' });
    expect([await isFound('state=draft'), await isFound('state=in_review')]).toEqual([true, false]);
    await act('submit');
    expect([await isFound('state=draft'), await isFound('state=in_review')]).toEqual([false, true]);
    await act('publish', { at: fromNow(1000) });
    expect([await isFound('scheduled=true'), await isFound('hasUnpublishedChanges=false')]).toEqual([true, true]);
    app.clock.advance(1000);
    expect([await isFound('scheduled=true'), await isFound('hasUnpublishedChanges=false')]).toEqual([false, true]);
    app.clock.advance(1000);
    await act('unpublish');
    expect(await isFound('hasUnpublishedChanges=true')).toBe(true);
    await app.delete(`/v1/articles/${id}`, { ifMatch: '*' });
    expect(await isFound('trashed=false')).toBe(false);
  });

  it('takes part in what is dropped', async () => {
    const ask = async (filter: string) => (await search(filter, room.keys.liu, `${word} 两会 开放`)).body;
    expect((await ask('state=draft')).query.dropped).toEqual([]);
    const { id } = await makeArticle(app, { title: `${word}两会`, tags: [] }, room.keys.portal);
    await app.post(`/v1/articles/${id}/approve`, undefined, { ifMatch: '*' });
    const narrow = 'state=approved&createdBy=service:portal&assignee=none&hasUnpublishedChanges=true&retracted=false';
    const body = await ask(`${narrow}&sort=-publishedAt`);
    expect([body.query.dropped, idsOf(body.data).includes(id)]).toEqual([['开放'], true]);
    await app.delete(`/v1/articles/${id}`, { ifMatch: '*' });
  });
});

describe('the facets of a filter', () => {
  const readers: Record<string, (row: Listed) => string | string[]> = {
    section: ({ section }) => section?.breadcrumb.map(({ slug }) => slug) ?? [],
    source: ({ source }) => (source === null ? [] : [source.slug]),
    editor: ({ credits }) => credits.flatMap(({ editor }) => editor?.slug ?? []),
    tag: ({ tags }) => tags.map(({ slug }) => slug),
    year: ({ publishedAt }) => publishedAt?.slice(0, 4) ?? [],
  };
  const count = (values: string[]) =>
    Object.fromEntries([...new Set(values)].map((value) => [value, values.filter((each) => each === value).length]));

  async function compare(filter: string, names: string[]) {
    const rows: Listed[] = (await list(filter)).body.data;
    const { facets } = (await search(`${filter}&facets=${names.join()}`)).body;
    for (const name of names) {
      const values: { slug?: string; year?: number; count: number }[] = facets[name].values;
      const counted = Object.fromEntries(values.map((value) => [value.slug ?? value.year, value.count]));
      expect([filter, name, counted]).toEqual([filter, name, count(rows.flatMap(readers[name]!))]);
    }
  }

  it.each([...filters, 'assignee=nobody'])('%s count what the list with it holds', async (filter) => {
    await compare(filter, ['section', 'source', 'editor', 'tag']);
    // What is scheduled has a date before it is published.
    if (nameOf(filter) !== 'scheduled') await compare(`${filter}&scheduled=false`, Object.keys(readers));
  });
});

describe('pages', () => {
  it.each(['relevance', '-publishedAt'])('of a filter neither repeat nor skip, by %s', async (sort) => {
    for (const filter of filters) {
      const whole = idsOf((await search(`${filter}&sort=${sort}`)).body.data);
      const pages = await walk(app, searchPath(`${filter}&sort=${sort}&limit=4`), room.keys.liu);
      expect([filter, pages.flatMap((page) => idsOf(page.body.data))]).toEqual([filter, whole]);
      expect(new Set(whole).size).toBe(whole.length);
    }
  });

  const next = async (filter: string, as: string): Promise<string> =>
    (await get(searchPath(`${filter}&limit=1`), as)).body.page.nextCursor;
  const go = (filter: string, cursor: string, as: string) =>
    app.get(searchPath(`${filter}&limit=1&cursor=${cursor}`), { as });

  it.each([
    ['state=draft', 'state=draft,approved'],
    ['state=draft', 'retracted=false'],
    ['state=draft', ''],
    ['', 'state=draft'],
    ['assignee=none', 'assignee=me,none'],
    ['createdBy=me', 'assignee=me'],
    ['scheduled=false', 'embargoed=false'],
    ['hasUnpublishedChanges=true', 'hasUnpublishedChanges=false'],
    ['trashed=false', 'scheduled=false'],
  ])('of "%s" do not go on with "%s"', async (filter, other) => {
    const cursor = await next(filter, room.keys.liu);
    expect((await go(filter, cursor, room.keys.liu)).status).toBe(200);
    expect((await go(other, cursor, room.keys.liu)).body).toMatchObject({
      status: 400,
      code: 'request.invalid_cursor',
    });
  });

  it.each(['assignee=me', 'createdBy=me'])('of %s are those of whoever asked', async (filter) => {
    const cursor = await next(filter, room.keys.liu);
    expect((await go(filter, cursor, room.keys.zhao)).body.code).toBe('request.invalid_cursor');
    const mine = await go(filter, cursor, room.keys.liu);
    const named = await go(filter.replace('me', room.liu), cursor, room.keys.zhao);
    expect(named.body.data).toEqual(mine.body.data);
  });
});

describe('whoever asks', () => {
  it.each<[string, () => string]>([
    ['a viewer', () => 'viewer'],
    ['an admin', () => 'admin'],
    ['a writer', () => room.keys.wu],
    ['a viewer of one section', () => room.keys.sport],
  ])('%s finds what the list shows that key, and counts no more', async (_who, as) => {
    const mine = filters.map((filter) => filter.replace(/\bme\b/, 'liu'));
    for (const filter of [...mine, 'embargoed=true&createdBy=wu']) {
      const listed = sorted(await list(filter, as()));
      const { body } = await search(`${filter}&count=exact&facets=section`, as());
      const counted: { count: number }[] = body.facets.section.values;
      expect([filter, idsOf(body.data).toSorted(), body.page.total]).toEqual([filter, listed, listed.length]);
      for (const { count } of counted) expect(count).toBeLessThanOrEqual(listed.length);
    }
  });

  it('learns nothing of an article that the key may not read, byte by byte', async () => {
    const hidden = { section: 'yao-wen', assignee: 'zhao', embargoUntil: fromNow(day) };
    const { id, etag } = await makeArticle(app, { title: '鸸鹋出没', section: 'yao-wen' }, room.keys.liu);
    await publish(app, { id, etag }, { at: fromNow(2 * day) });
    expect((await app.patch(`/v1/articles/${id}`, hidden, { ifMatch: '*' })).status).toBe(200);
    const holding = ['state=draft', 'assignee=zhao', 'createdBy=liu', 'scheduled=true', 'embargoed=true'];
    const mixed = (secret: string) => [secret, `${word} 两会 ${secret}`, `${secret}${word}两会`, `${word} -${secret}`];
    for (const filter of [...holding, holding.join('&')]) {
      expect(sorted(await search(filter, room.keys.liu, '鸸鹋'))).toEqual([id]);
      for (const as of [room.keys.sport, 'viewer', room.keys.wu]) {
        for (const [n, q] of mixed('鸸鹋').entries()) {
          const all = `${filter}&count=exact&facets=section,source,editor,tag,year&highlight=true`;
          const seen = (await search(all, as, q)).text.replaceAll('鸸鹋', '□');
          const absent = (await search(all, as, mixed('貔貅')[n]!)).text.replaceAll('貔貅', '□');
          expect([q, filter, seen]).toEqual([q, filter, absent]);
        }
      }
    }
    await app.delete(`/v1/articles/${id}`, { ifMatch: '*' });
  });
});

describe('refused as by the list', () => {
  const all = [
    'state=draft',
    'assignee=me',
    'createdBy=me',
    'scheduled=false',
    'hasUnpublishedChanges=true',
    'embargoed=false',
    'retracted=true',
    'trashed=true',
    'trashed=false',
  ];
  type Refusal = { status: number; code: string; detail: string; errors: object[] };
  const told = ({ body }: Answer): Refusal => {
    const { status, code, detail, errors } = body;
    return { status, code, detail, errors };
  };
  /** What search says, after it was compared. */
  async function refuse(parameters: string, as?: string): Promise<Refusal> {
    const listed = told(await app.get(`/v1/articles?${parameters}`, { as }));
    expect(listed.status, parameters).toBeGreaterThanOrEqual(400);
    const refused = told(await app.get(pathOf(word, parameters), { as }));
    expect([parameters, refused]).toEqual([parameters, listed]);
    return refused;
  }

  it.each(all)('is %s where the public reads, with a key or without', async (filter) => {
    for (const perspective of ['', '&perspective=published'])
      for (const as of [undefined, room.keys.liu]) {
        const { status, errors } = await refuse(filter + perspective, as);
        expect([status, errors]).toMatchObject([400, [{ pointer: `?${nameOf(filter)}`, code: 'only_drafts' }]]);
      }
  });

  it('are all of them at once, each with its name', async () => {
    const { errors } = await refuse(all.slice(0, -1).join('&'));
    expect(errors).toHaveLength(all.length - 1);
  });

  it.each(all)('is %s of drafts without a key', async (filter) => {
    expect((await refuse(`perspective=draft&${filter}`)).status).toBe(401);
  });

  it.each([
    'state=published',
    'state=draft,',
    'state=',
    'state=draft&state=approved',
    'assignee=',
    `createdBy=${Array(51).fill('x').join()}`,
    'scheduled=yes',
    'hasUnpublishedChanges=1',
    'embargoed=',
    'retracted=TRUE',
    'trashed=1',
  ])('is %s', async (filter) => {
    expect(await refuse(`perspective=draft&${filter}`, room.keys.liu)).toMatchObject({
      status: 400,
      errors: [{ pointer: expect.stringMatching(new RegExp(`^\\?${nameOf(filter)}`)) }],
    });
  });

  it('is `assignee=me` of a service, which may ask what it made', async () => {
    expect((await refuse('perspective=draft&assignee=me,none', room.keys.portal)).errors).toMatchObject([
      { pointer: '?assignee' },
    ]);
    const made = await search('createdBy=me', room.keys.portal);
    expect(sorted(made)).toEqual(sorted(await list('createdBy=service:portal')));
  });
});

it('the trash is not searched, and who asks for it is told where it is listed', async () => {
  const answer = await app.get(searchPath('trashed=true'), { as: room.keys.liu });
  expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: '?trashed', code: 'invalid_value' }] });
  const [, address] = /GET (\S+) lists it/.exec(answer.body.detail)!;
  const { data } = (await get(address!, room.keys.liu)).body;
  expect(data.length).toBeGreaterThan(3);
  const found = sorted(await search(''));
  for (const { id } of data) expect(found).not.toContain(id);
  expect(sorted(await search('trashed=false'))).toEqual(found);
});
