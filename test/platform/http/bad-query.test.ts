// Query parameters and cursors that cannot be meant: each is a 400 that names the parameter, never a 500, never ignored.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makePublished, makeSection } from '../../support/factories.ts';
import { expectProblem, expectRefused } from './refusals.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  const section = await makeSection(app, { name: '产经', slug: 'chan-jing' });
  await makeSection(app);
  for (const title of ['甲', '乙', '丙']) await makePublished(app, { title, section: section.slug });
});
afterAll(() => app.close());

const lists = [
  { list: '/v1/articles', as: undefined, filter: 'section' },
  { list: '/v1/sections', as: undefined, filter: 'parent' },
  { list: '/v1/api-keys', as: 'admin', filter: undefined },
] as const;

const limitFaults: [name: string, query: string][] = [
  ['0', 'limit=0'],
  ['-1', 'limit=-1'],
  ['101', 'limit=101'],
  ['NaN', 'limit=NaN'],
  ['1.5', 'limit=1.5'],
  ['1e1', 'limit=1e1'],
  ['0x10', 'limit=0x10'],
  ['010', 'limit=010'],
  ['a blank', 'limit=%20'],
  ['with a blank', 'limit=10%20'],
  ['Chinese digits', 'limit=%EF%BC%91%EF%BC%90'],
  ['nothing', 'limit='],
  ['no equals sign', 'limit'],
  ['a huge number', `limit=${'9'.repeat(400)}`],
  ['Infinity', 'limit=Infinity'],
  ['given twice', 'limit=10&limit=20'],
  ['NUL', 'limit=10%00'],
];

const namesOf = (filter: string) => ({
  'an unknown name': ['nonsense=1', '?nonsense', 'unknown_parameter'],
  'the same name in capitals': ['LIMIT=5', '?LIMIT', 'unknown_parameter'],
  'an operator in brackets': [`${filter}[contains]=a`, `?${filter}[contains]`, 'unknown_parameter'],
  'an array in brackets': [`${filter}[]=a`, `?${filter}[]`, 'unknown_parameter'],
  'a path in dots': [`${filter}.contains=a`, `?${filter}.contains`, 'unknown_parameter'],
  __proto__: ['__proto__=a', '?__proto__', 'unknown_parameter'],
  constructor: ['constructor=a', '?constructor', 'unknown_parameter'],
  'a name with NUL': ['a%00b=1', '?a\0b', 'unknown_parameter'],
  'an empty name': ['=1', '?', 'unknown_parameter'],
  'a filter given twice': [`${filter}=a&${filter}=b`, `?${filter}`, 'invalid_type'],
  'an empty filter': [`${filter}=`, `?${filter}`, 'too_small'],
  'a filter with NUL': [`${filter}=a%00`, `?${filter}`, 'custom'],
  'a filter of 9 kB': [`${filter}=${'a'.repeat(9000)}`, `?${filter}`, 'too_big'],
  'an unknown sort': ['sort=rank', '?sort', 'invalid_value'],
  'SQL as the sort': ['sort=title;drop%20table%20article', '?sort', 'invalid_value'],
  'a sort given twice': ['sort=-updatedAt&sort=updatedAt', '?sort', 'invalid_value'],
  'an inherited name as the sort': ['sort=__proto__', '?sort', 'invalid_value'],
  'an unknown perspective': ['perspective=all', '?perspective', 'invalid_value'],
  'an unknown field': ['fields=id,digest', '?fields.1', 'invalid_value'],
  'an inherited field': ['fields=constructor', '?fields.0', 'invalid_value'],
  'ids that are none': ['ids=1,2', '?ids.0', 'custom'],
  '101 ids': [`ids=${Array(101).fill('0195f2a0-0000-7000-8000-000000000001')}`, '?ids', 'too_big'],
  'an unknown count': ['count=yes', '?count', 'invalid_value'],
});

describe.each(lists)('GET $list refuses', ({ list, as, filter }) => {
  it.each(limitFaults)('limit %s', async (_name, query) => {
    const expected = { status: 400, code: 'request.invalid', pointer: '?limit' };
    await expectRefused(app, () => app.get(`${list}?${query}`, { as }), expected);
  });

  it.each(Object.entries(filter ? namesOf(filter) : {}))('%s', async (_name, [query, pointer, fault]) => {
    const expected = { status: 400, code: 'request.invalid', pointer, fault };
    await expectRefused(app, () => app.get(`${list}?${query}`, { as }), expected);
  });

  it.each(['%FF', '%ED%A0%80', '%C0%AF', '%', '%2', '%zz'])('the bytes %s in a value', async (bytes) => {
    const answer = await app.get(`${list}?${filter ?? 'cursor'}=${bytes}`, { as });
    expectProblem(answer, { status: 400, code: 'request.invalid', pointer: `?${filter ?? 'cursor'}` });
  });

  it.each(['%FF', '%ED%A0%80', '%zz'])('the bytes %s in a name', async (bytes) => {
    expectProblem(await app.get(`${list}?${bytes}=1`, { as }), { status: 400, code: 'request.invalid' });
  });
});

describe('a value that is one of several', () => {
  it.each([
    ['/v1/articles?fields=id,digest', '"digest" is not a field of this answer'],
    ['/v1/audit?action=tag.created,article.exploded', '"article.exploded" is not a type of event'],
    ['/v1/audit?subject=article,planet', 'must be an id, or one of article, '],
  ])('%s is refused with %s', async (path, message) => {
    const answer = await app.get(path, { as: 'admin' });
    expect([answer.status, answer.body.errors[0].message]).toEqual([400, expect.stringContaining(message)]);
  });
});

describe('a date that does not exist is refused as', () => {
  const names = ['publishedAfter', 'publishedBefore', 'updatedAfter'];
  const dates = ['2026-02-30', '2026-13-01', '2026-02-29T00:00:00Z', '2026-01-01T24:00:00Z', '0000-01-01', 'yesterday'];
  const more = [
    '2026-06-30T23:59:60Z',
    '2026-1-1',
    '1780000000000',
    "2026-01-01'--",
    '+272026-01-01',
    '2026-01-01T00:00:00+24:00',
  ];
  it.each(names.flatMap((name) => [...dates, ...more].map((date) => [name, date])))('%s=%s', async (name, date) => {
    const expected = { status: 400, code: 'request.invalid', pointer: `?${name}` };
    await expectRefused(app, () => app.get(`/v1/articles?${name}=${encodeURIComponent(date)}`), expected);
  });
});

type Cursor = [fingerprint: string, value: string, id: string];
const encode = (cursor: unknown) => Buffer.from(JSON.stringify(cursor)).toString('base64url');

async function readCursor(path: string, as?: string): Promise<Cursor> {
  const { body } = await app.get(path, { as });
  return JSON.parse(Buffer.from(body.page.nextCursor, 'base64url').toString('utf8'));
}

/** Every list with every kind of sort value: instant, text, number. */
const pages = [
  { page: '/v1/articles?limit=1', as: undefined, kind: 'instant' },
  { page: '/v1/articles?limit=1&sort=title', as: undefined, kind: 'text' },
  { page: '/v1/articles?limit=1&sort=updatedAt&perspective=draft', as: 'viewer', kind: 'instant' },
  { page: '/v1/articles?limit=1&sort=title&perspective=draft', as: 'viewer', kind: 'text' },
  { page: '/v1/sections?limit=1', as: undefined, kind: 'number' },
  { page: '/v1/sections?limit=1&sort=name', as: undefined, kind: 'text' },
  { page: '/v1/sections?limit=1&sort=-createdAt', as: undefined, kind: 'instant' },
  { page: '/v1/api-keys?limit=1', as: 'admin', kind: 'instant' },
] as const;

const id = '0195f2a0-0000-7000-8000-000000000001';
const sql = "'; drop table article; --";
const anyValue: [name: string, (cursor: Cursor) => string][] = [
  ['garbage', () => 'garbage'],
  ['characters that base64 has not', () => '%2B%2F%3D%3D%20!'],
  ['no JSON', () => Buffer.from('[').toString('base64url')],
  ['an object', () => encode({ value: 1 })],
  ['null', () => encode(null)],
  ['deep JSON', () => Buffer.from('['.repeat(700)).toString('base64url')],
  ['too few parts', ([print, value]) => encode([print, value])],
  ['too many parts', (cursor) => encode([...cursor, id])],
  ['an operator as the value', ([print]) => encode([print, { gt: '' }, id])],
  ['an id that is none', ([print, value]) => encode([print, value, '1'])],
  ['SQL as the id', ([print, value]) => encode([print, value, `${id}${sql}`])],
  ['SQL as the fingerprint', ([, value]) => encode([sql, value, id])],
  ['another fingerprint', ([, value]) => encode(['AAAAAAAAAAAA', value, id])],
  ['NUL in the value', ([print]) => encode([print, 'a\0', id])],
  ['half a surrogate pair in the value', ([print]) => encode([print, '\ud800', id])],
  ['a broken tail', (cursor) => `${encode(cursor)}AAAA`],
  ['more than 4,200 characters', ([print]) => encode([print, 'a'.repeat(3500), id])],
];
const notText = ['', ' ', sql, 'NaN', '1; select 1', 'Infinity', '-'];
const notInstant = [
  ...notText,
  '2026-02-30T00:00:00.000Z',
  '2026-99-99T99:99:99.999Z',
  '0000-01-01T00:00:00.000Z',
  '7',
];
const notNumber = [...notText, '1e3', '9007199254740991', '2147483648', '-2147483649', '1.5', '0x10', ' 1'];
const wrongValues = { instant: notInstant, number: notNumber, text: [] };

describe.each(pages)('GET $page refuses as a cursor', ({ page, as, kind }) => {
  const refused = { status: 400, pointer: '?cursor' };
  const expectNoCursor = async (cursor: string) => {
    const answer = await app.get(`${page}&cursor=${cursor}`, { as });
    const code = answer.body?.code === 'request.invalid' ? 'request.invalid' : 'request.invalid_cursor';
    expectProblem(answer, { ...refused, code });
  };

  it.each(anyValue)('%s', async (_name, edit) => expectNoCursor(edit(await readCursor(page, as))));

  it.each(wrongValues[kind])(`a value that is no ${kind}: %j`, async (value) => {
    const [print, , last] = await readCursor(page, as);
    await expectNoCursor(encode([print, value, last]));
  });

  it('one that is empty, or given twice', async () => {
    const cursor = encode(await readCursor(page, as));
    expectProblem(await app.get(`${page}&cursor=`, { as }), { ...refused, code: 'request.invalid' });
    expectProblem(await app.get(`${page}&cursor=${cursor}&cursor=${cursor}`, { as }), {
      ...refused,
      code: 'request.invalid',
    });
  });

  it('that of every other list, filter, sort and perspective', async () => {
    const others = pages.filter((other) => other.page !== page);
    const filtered = ['/v1/articles?limit=1&section=chan-jing', '/v1/sections?limit=1&parent=none'];
    for (const other of [...others, ...filtered.map((each) => ({ page: each, as: undefined }))]) {
      await expectNoCursor(encode(await readCursor(other.page, other.as)));
    }
  });
});

it('SQL as a title in a cursor is a place in the order and nothing else', async () => {
  const [print, , last] = await readCursor('/v1/articles?limit=1&sort=title');
  const answer = await app.get(`/v1/articles?limit=1&sort=title&cursor=${encode([print, sql, last])}`);
  expect(answer.status).toBe(200);
  expect((await app.get('/v1/articles')).body.data).toHaveLength(3);
});
