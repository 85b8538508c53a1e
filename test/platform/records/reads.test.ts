// Reading sections, editors, sources and tags: one and many, as the public and as editors read them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { nouns } from './nouns.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  for (const noun of nouns) rows.set(noun.plural, await makeRows(noun.plural));
});
afterAll(() => app.close());

// biome-ignore lint/suspicious/noExplicitAny: the contract has checked the shape.
type Row = any;
const rows = new Map<string, Row[]>();

// In Chinese order: by pinyin, not by code point.
const names = ['安徽', '北京', '重庆', '广州', '青岛', '上海', '深圳', '天津'];

/** Made in an order that is none of the sorts, three to an instant, some changed later. */
async function makeRows(plural: string): Promise<Row[]> {
  const made: Row[] = [];
  for (const [i, name] of ['上海', '重庆', '天津', '安徽', '深圳', '北京', '青岛', '广州'].entries()) {
    if (i % 3 === 0) app.clock.advance(60_000);
    const position = plural === 'sections' ? { position: i % 3 } : {};
    made.push((await app.post(`/v1/${plural}`, { name, ...position })).body);
  }
  app.clock.advance(60_000);
  for (const i of [1, 4, 6]) {
    const { body } = await app.patch(`/v1/${plural}/${made[i].id}`, { externalId: `${plural}-${i}` }, { ifMatch: '*' });
    made[i] = body;
  }
  app.clock.advance(60_000);
  return made;
}

async function walk(path: string, as?: string): Promise<{ pages: Answer[]; data: Row[] }> {
  const pages: Answer[] = [];
  let next: string | null = path;
  while (next !== null) {
    const page: Answer = await app.get(next, { as });
    expect(page.status).toBe(200);
    pages.push(page);
    if (pages.length > 100) throw new Error(`${path} does not end`);
    const { nextCursor } = page.body.page;
    const link = nextCursor === null ? undefined : /^<https:\/\/news\.test(.+)>; rel="next"$/.exec(page.headers.link!);
    expect(page.headers.link === undefined).toBe(nextCursor === null);
    next = link?.[1] ?? null;
  }
  return { pages, data: pages.flatMap((page) => page.body.data) };
}

const keyOf: Record<string, (row: Row) => [string | number, string]> = {
  name: (row) => [names.indexOf(row.name), row.id],
  createdAt: (row) => [row.createdAt, row.id],
  updatedAt: (row) => [row.updatedAt, row.id],
  position: (row) => [row.position, row.id],
};

function sortRows(all: readonly Row[], sort: string): Row[] {
  const key = keyOf[sort.replace('-', '')]!;
  const sign = sort.startsWith('-') ? -1 : 1;
  return all.toSorted((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x[0] !== y[0]) return x[0] < y[0] ? -sign : sign;
    return x[1] < y[1] ? -sign : sign;
  });
}
const idsOf = (data: readonly Row[]) => data.map((row) => row.id);

describe.each(nouns)('$plural', ({ noun, plural, own, defaultSort }) => {
  const path = `/v1/${plural}`;
  const all = () => rows.get(plural)!;
  const sorts = ['name', '-name', 'createdAt', '-createdAt', 'updatedAt', '-updatedAt'];

  it('are read by everyone, by id in either case and by slug', async () => {
    const row = all()[0];
    const answers = [];
    for (const name of [row.id, row.id.toUpperCase(), row.slug]) answers.push(await app.get(`${path}/${name}`));
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.text).toBe(answers[0]!.text);
    }
    expect(answers[0]!.body).toMatchObject({ id: row.id, slug: 'shang-hai', name: '上海' });
    expect(answers[0]!.headers['cache-control']).toMatch(/^public, max-age=\d+/);
    expect(answers[0]!.headers['surrogate-key']).toBe(`${noun}:${row.id}`);
  });

  it('show the public none of the fields that only editors read', async () => {
    const row = all()[1];
    const expected = ['id', 'slug', 'name', ...Object.keys(own)];
    if (noun === 'section') expected.push('parent', 'breadcrumb', 'position');
    expect(Object.keys((await app.get(`${path}/${row.id}`)).body).toSorted()).toEqual(expected.toSorted());
    const asked = await app.get(`${path}/${row.id}?fields=externalId,revision,name`);
    expect(asked.body).toEqual({ id: row.id, name: row.name });
  });

  it('are answered 304 to a client that has them, by ETag or by date, until they change', async () => {
    const row = (await app.post(path, { name: `条件 ${noun}` })).body;
    app.clock.advance(5000);
    const target = `${path}/${row.id}`;
    const first = await app.get(target);
    const { etag, 'last-modified': lastModified } = first.headers as Record<'etag' | 'last-modified', string>;
    expect(lastModified).toBe(new Date(Math.floor(Date.parse(row.updatedAt) / 1000) * 1000).toUTCString());
    for (const headers of [{ 'If-None-Match': etag }, { 'If-Modified-Since': lastModified }] as Record<
      string,
      string
    >[]) {
      const again = await app.get(target, { headers });
      expect(again).toMatchObject({ status: 304, text: '', headers: { etag } });
    }
    await app.patch(target, { name: `条件 ${noun} 新` }, { ifMatch: '"r1"' });
    app.clock.advance(5000);
    for (const headers of [{ 'If-None-Match': etag }, { 'If-Modified-Since': lastModified }] as Record<
      string,
      string
    >[]) {
      expect((await app.get(target, { headers })).status).toBe(200);
    }
    await app.delete(target, { ifMatch: '"r2"' });
  });

  it('are read by editors with revision and dates, never stored, under the revision as ETag', async () => {
    const row = all()[1];
    const answer = await app.get(`${path}/${row.slug}?perspective=draft`, { as: 'viewer' });
    expect(answer).toMatchObject({ status: 200, body: row, headers: { etag: `"r${row.revision}"` } });
    expect(answer.headers['cache-control']).toBe('private, no-store');
    for (const target of [`${path}/${row.slug}`, path]) {
      const refused = await app.get(`${target}?perspective=draft`);
      expect(refused).toMatchObject({ status: 401, body: { code: 'auth.missing' } });
      const list = await app.get(`${target}?perspective=draft`, { as: 'viewer' });
      expect(list.headers['cache-control']).toBe('private, no-store');
    }
  });

  it.each([...sorts, ...(noun === 'section' ? ['position'] : [])])(
    'are all walked once in the order of %s, three to a page, ties included',
    async (sort) => {
      for (const [perspective, as] of [['published'], ['draft', 'viewer']]) {
        const { pages, data } = await walk(`${path}?limit=3&sort=${sort}&perspective=${perspective}`, as);
        expect(idsOf(data)).toEqual(idsOf(sortRows(all(), sort)));
        expect(pages.map((page) => page.body.data.length)).toEqual([3, 3, 2]);
      }
    },
  );

  it(`are listed by ${defaultSort} when nothing else is asked, twenty to a page`, async () => {
    const { body, headers } = await app.get(path);
    expect(idsOf(body.data)).toEqual(idsOf(sortRows(all(), defaultSort)));
    expect(body.page).toEqual({ limit: 20, nextCursor: null });
    expect(headers.link).toBeUndefined();
  });

  it('are neither repeated nor skipped when others come and go between pages', async () => {
    const order = sortRows(all(), 'name');
    const first = await app.get(`${path}?limit=4&sort=name`);
    const before = (await app.post(path, { name: '鞍山' })).body;
    const behind = (await app.post(path, { name: '郑州' })).body;
    await app.delete(`${path}/${before.id}`, { ifMatch: '*' });
    const early = (await app.post(path, { name: '包头' })).body;
    const second = await app.get(`${path}?limit=100&sort=name&cursor=${first.body.page.nextCursor}`);
    expect(idsOf([...first.body.data, ...second.body.data])).toEqual([...idsOf(order), behind.id]);
    for (const { id } of [behind, early]) await app.delete(`${path}/${id}`, { ifMatch: '*' });
  });

  it('come as an empty last page from a cursor at the end', async () => {
    const extra = (await app.post(path, { name: '舟山' })).body;
    const page = await app.get(`${path}?limit=8&sort=name`);
    expect(page.body.page.nextCursor).not.toBeNull();
    await app.delete(`${path}/${extra.id}`, { ifMatch: '*' });
    const past = await app.get(`${path}?limit=8&sort=name&cursor=${page.body.page.nextCursor}`);
    expect(past.body).toEqual({ data: [], page: { limit: 8, nextCursor: null } });
  });

  it.each([
    ['of another sort', (cursor: string) => `sort=-name&cursor=${cursor}`],
    ['that was edited', (cursor: string) => `sort=name&cursor=${cursor.slice(0, -2)}xx`],
    ['that no server made', () => 'sort=name&cursor=abc'],
  ])('refuse a cursor %s', async (_what, search) => {
    const { body } = await app.get(`${path}?limit=1&sort=name`);
    const answer = await app.get(`${path}?${search(body.page.nextCursor)}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid_cursor' } });
    expect(answer.body.errors[0].pointer).toBe('?cursor');
  });

  it('refuse a cursor of another noun', async () => {
    const other = plural === 'tags' ? 'editors' : 'tags';
    const { body } = await app.get(`/v1/${other}?limit=1&sort=name`);
    const answer = await app.get(`${path}?limit=1&sort=name&cursor=${body.page.nextCursor}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid_cursor' } });
  });

  it('are picked by ids in the order asked, without those that are not there', async () => {
    const [a, b, c] = all();
    const ids = [c.id, '00000000-0000-7000-8000-00000000dead', a.id.toUpperCase(), b.id, c.id];
    const { body } = await app.get(`${path}?ids=${ids.join(',')}`);
    expect(idsOf(body.data)).toEqual([c.id, a.id, b.id]);
    expect(body.page.nextCursor).toBeNull();
  });

  it('come with the fields asked for, id always', async () => {
    const { body } = await app.get(`${path}?fields=name&limit=2`);
    for (const row of body.data) expect(Object.keys(row).toSorted()).toEqual(['id', 'name']);
    const unknown = await app.get(`${path}?fields=name,secret`);
    expect(unknown).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });

  it('are counted where that is asked, whatever the page', async () => {
    expect((await app.get(`${path}?limit=3`)).body.page).not.toHaveProperty('total');
    const first = await app.get(`${path}?limit=3&count=exact`);
    expect(first.body.page.total).toBe(8);
    const second = await app.get(`${path}?limit=3&count=estimate&cursor=${first.body.page.nextCursor}`);
    expect(second.body.page.total).toBe(8);
  });

  it('name every row and the list itself as surrogate keys', async () => {
    const { headers, body } = await app.get(`${path}?limit=2`);
    expect(headers['surrogate-key']).toBe([plural, ...idsOf(body.data).map((id) => `${noun}:${id}`)].join(' '));
  });

  it('answer 404 for what is not there, under a name of any form', async () => {
    for (const name of ['00000000-0000-7000-8000-00000000dead', 'no-such', '%E9%9D%92', 'A B']) {
      expect(await app.get(`${path}/${name}`)).toMatchObject({ status: 404, body: { code: 'resource.not_found' } });
    }
  });
});

describe('sections', () => {
  it('are listed by parent, and the roots by none', async () => {
    const top = (await app.post('/v1/sections', { name: '总' })).body;
    const below = [];
    for (const position of [2, 1, 1]) {
      below.push((await app.post('/v1/sections', { name: `分 ${position}`, parent: top.id, position })).body);
    }
    const deep = (await app.post('/v1/sections', { name: '深', parent: below[0].slug })).body;
    for (const parent of [top.id, top.slug]) {
      const { data } = await walk(`/v1/sections?parent=${parent}&limit=1`);
      expect(idsOf(data)).toEqual(idsOf(sortRows(below, 'position')));
    }
    const roots = idsOf((await app.get('/v1/sections?parent=none&limit=100')).body.data);
    expect(roots.toSorted()).toEqual([...idsOf(rows.get('sections')!), top.id].toSorted());
    expect((await app.get('/v1/sections?parent=no-such')).body.data).toEqual([]);
    expect((await app.get(`/v1/sections?parent=${top.id}&count=exact`)).body.page.total).toBe(3);
    const picked = await app.get(`/v1/sections?parent=${top.id}&ids=${deep.id},${below[1].id}&count=exact`);
    expect(idsOf(picked.body.data)).toEqual([below[1].id]);
    expect(picked.body.page.total).toBe(1);
  });

  it('refuse a cursor of the children of another section', async () => {
    const { body } = await app.get('/v1/sections?limit=1&parent=none');
    const answer = await app.get(`/v1/sections?limit=1&cursor=${body.page.nextCursor}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid_cursor' } });
  });
});
