// Paging: every article that fits is met once, in order, for every sort and filter, whatever happens between the pages.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeSection, publish } from '../../support/factories.ts';
import { idsOf, type Listed, makeNewsroom, readAll, sortArticles, walk } from './newsroom.ts';

let app: TestApp;
const models: Record<string, Listed[]> = {};
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  const ids = await makeNewsroom(app);
  models.published = await readAll(app, ids, 'published');
  models.draft = await readAll(app, ids, 'draft', 'viewer');
});
afterAll(() => app.close());

const sorts = ['-publishedAt', 'publishedAt', '-updatedAt', 'updatedAt', 'title'];
const inBranch =
  (...slugs: string[]) =>
  ({ section }: Listed) =>
    section?.breadcrumb.some(({ slug }) => slugs.includes(slug)) ?? false;
const inSection =
  (...slugs: string[]) =>
  ({ section }: Listed) =>
    slugs.includes(section?.breadcrumb.at(-1)?.slug ?? '');
const from =
  (...slugs: string[]) =>
  ({ source }: Listed) =>
    slugs.includes(source?.slug ?? '');
const by =
  (...slugs: string[]) =>
  ({ credits }: Listed) =>
    credits.some(({ editor }) => slugs.includes(editor?.slug ?? ''));
const about =
  (...slugs: string[]) =>
  ({ tags }: Listed) =>
    tags.some(({ slug }) => slugs.includes(slug));
const since = '2026-05-27T06:04:00.000Z';
const until = '2026-05-27T06:07:00.000Z';
const after = ({ publishedAt }: Listed) => publishedAt !== null && publishedAt > since;
const before = ({ publishedAt }: Listed) => publishedAt !== null && publishedAt < until;
const changed = ({ updatedAt }: Listed) => updatedAt > since;

const filters: [string, ((row: Listed) => boolean)[]][] = [
  ['', []],
  ['section=jing-ji', [inBranch('jing-ji')]],
  ['section=jing-ji&sectionOnly=true', [inSection('jing-ji')]],
  ['section=chan-jing,ti-yu', [inBranch('chan-jing', 'ti-yu')]],
  ['section=jing-ji,gang-kou', [inBranch('jing-ji')]],
  ['section=chan-jing,ti-yu&sectionOnly=true', [inSection('chan-jing', 'ti-yu')]],
  ['source=wen-hua', [from('wen-hua')]],
  ['source=wen-hua,xin-hua', [from('wen-hua', 'xin-hua')]],
  ['editor=liu', [by('liu')]],
  ['editor=liu,zhao', [by('liu', 'zhao')]],
  ['tag=liang-hui', [about('liang-hui')]],
  ['tag=liang-hui,kai-fang,gang-kou', [about('liang-hui', 'kai-fang', 'gang-kou')]],
  ['section=jing-ji&source=wen-hua', [inBranch('jing-ji'), from('wen-hua')]],
  ['section=jing-ji&editor=liu,zhao', [inBranch('jing-ji'), by('liu', 'zhao')]],
  ['section=jing-ji&tag=liang-hui,kai-fang', [inBranch('jing-ji'), about('liang-hui', 'kai-fang')]],
  ['source=wen-hua&tag=liang-hui', [from('wen-hua'), about('liang-hui')]],
  ['source=wen-hua&editor=zhao', [from('wen-hua'), by('zhao')]],
  ['editor=liu&tag=kai-fang', [by('liu'), about('kai-fang')]],
  [
    'section=jing-ji&source=xin-hua,wen-hua&editor=liu,zhao&tag=liang-hui',
    [inBranch('jing-ji'), from('xin-hua', 'wen-hua'), by('liu', 'zhao'), about('liang-hui')],
  ],
  [`publishedAfter=${since}`, [after]],
  [`publishedBefore=${until}`, [before]],
  [`publishedAfter=${since}&publishedBefore=${until}&section=jing-ji`, [after, before, inBranch('jing-ji')]],
  [`updatedAfter=${since}`, [changed]],
  [`updatedAfter=${since}&tag=liang-hui`, [changed, about('liang-hui')]],
];

describe.each(['published', 'draft'])('walking the %s list', (perspective) => {
  const as = perspective === 'draft' ? 'viewer' : undefined;

  it.each(filters)(
    'meets every article once, in order, for each sort and the filter "%s"',
    async (filter, conditions) => {
      const fitting = models[perspective]!.filter((row) => conditions.every((condition) => condition(row)));
      expect(fitting.length).toBeGreaterThan(1);
      for (const sort of sorts) {
        const pages = await walk(app, `/v1/articles?perspective=${perspective}&sort=${sort}&limit=4&${filter}`, as);
        const met = idsOf(pages.flatMap((page) => page.body.data));
        expect({ sort, met }).toEqual({ sort, met: idsOf(sortArticles(fitting, sort)) });
        expect(pages).toHaveLength(Math.ceil(fitting.length / 4));
      }
      for (const count of ['exact', 'estimate']) {
        const { body } = await app.get(`/v1/articles?perspective=${perspective}&limit=1&count=${count}&${filter}`, {
          as,
        });
        expect({ count, total: body.page.total }).toEqual({ count, total: fitting.length });
      }
    },
  );
});

describe('between two pages', () => {
  it.each(sorts)('nothing is repeated or skipped when articles come, change and go, sorted by %s', async (sort) => {
    const section = await makeSection(app);
    const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
    const kept: string[] = [];
    for (const title of ['安徽', '北京', '重庆', '广州', '上海', '天津']) {
      app.clock.advance(1000);
      kept.push((await makePublished(app, { title, section: section.id })).id);
    }
    const expiring = await makePublished(app, { title: '保定', section: section.id }, { until: fromNow(1000) });
    const withdrawn = await makePublished(app, { title: '大连', section: section.id });
    await publish(app, await makeArticle(app, { title: '包头', section: section.id }), { at: fromNow(500) });
    const path = `/v1/articles?section=${section.slug}&sort=${sort}&limit=3`;
    const first = await app.get(path);
    app.clock.advance(1000);
    await app.post(`/v1/articles/${withdrawn.id}/unpublish`, undefined, { ifMatch: '*' });
    for (const title of ['鞍山', '杭州', '郑州']) await makePublished(app, { title, section: section.id });
    await app.patch(`/v1/articles/${kept[2]}`, { title: '一二三' }, { ifMatch: '*' });
    const rest = await walk(app, `${path}&cursor=${first.body.page.nextCursor}`);
    const met = idsOf([first, ...rest].flatMap((page) => page.body.data));
    expect(new Set(met).size).toBe(met.length);
    expect(met.filter((id) => kept.includes(id)).toSorted()).toEqual(kept.toSorted());
    expect(idsOf(rest.flatMap((page) => page.body.data))).not.toContain(expiring.id);
    expect(idsOf(rest.flatMap((page) => page.body.data))).not.toContain(withdrawn.id);
  });

  it('the row that the cursor names may vanish: the next page goes on behind it', async () => {
    const section = await makeSection(app);
    const ids: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      app.clock.advance(1000);
      ids.unshift((await makePublished(app, { section: section.id })).id);
    }
    const path = `/v1/articles?section=${section.id}&limit=2`;
    const first = await app.get(path);
    await app.delete(`/v1/articles/${ids[1]}`, { ifMatch: '*' });
    app.clock.advance(1000);
    const second = await app.get(`${path}&cursor=${first.body.page.nextCursor}`);
    expect(idsOf(second.body.data)).toEqual([ids[2], ids[3]]);
  });
});

describe('the end of a list', () => {
  it('is an empty page without a next cursor when all behind the cursor has gone', async () => {
    const section = await makeSection(app);
    const [a] = [await makePublished(app, { section: section.id })];
    app.clock.advance(1000);
    await makePublished(app, { section: section.id });
    const path = `/v1/articles?section=${section.id}&limit=1`;
    const first = await app.get(path);
    await app.delete(`/v1/articles/${a.id}`, { ifMatch: '*' });
    app.clock.advance(1000);
    const past = await app.get(`${path}&count=exact&cursor=${first.body.page.nextCursor}`);
    expect(past).toMatchObject({ status: 200, body: { data: [], page: { limit: 1, nextCursor: null, total: 1 } } });
    expect(past.headers.link).toBeUndefined();
  });

  it('has no next cursor when the last page is exactly full', async () => {
    const section = await makeSection(app);
    for (let i = 0; i < 2; i += 1) await makePublished(app, { section: section.id });
    const { body } = await app.get(`/v1/articles?section=${section.id}&limit=2`);
    expect(body.data).toHaveLength(2);
    expect(body.page.nextCursor).toBeNull();
  });
});

describe('a cursor', () => {
  const cursorOf = async (search: string, as?: string) =>
    (await app.get(`/v1/articles?limit=1&${search}`, { as })).body.page.nextCursor as string;
  const edit = (cursor: string, change: (parts: string[]) => unknown[]) =>
    Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(cursor, 'base64url').toString())))).toString('base64url');

  it.each([
    ['another sort', 'sort=title', 'sort=publishedAt'],
    ['the other direction', 'sort=updatedAt', 'sort=-updatedAt'],
    ['no filter', '', 'section=jing-ji'],
    ['another value', 'section=jing-ji', 'section=chan-jing'],
    ['another filter', 'source=wen-hua', 'tag=liang-hui'],
    ['the branch', 'section=jing-ji', 'section=jing-ji&sectionOnly=true'],
    ['another date', `publishedAfter=${since}`, 'publishedAfter=2026-05-27T06:03:00.000Z'],
  ])('of %s is refused', async (_what, made, used) => {
    const answer = await app.get(`/v1/articles?limit=1&${used}&cursor=${await cursorOf(made)}`);
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'request.invalid_cursor', errors: [{ pointer: '?cursor', code: 'invalid_cursor' }] },
    });
  });

  it('of working copies is refused by the public list, and the other way round', async () => {
    const draft = await cursorOf('perspective=draft', 'viewer');
    expect((await app.get(`/v1/articles?limit=1&cursor=${draft}`)).status).toBe(400);
    const published = await cursorOf('');
    const answer = await app.get(`/v1/articles?limit=1&perspective=draft&cursor=${published}`, { as: 'viewer' });
    expect(answer.status).toBe(400);
  });

  it.each<[string, (cursor: string) => string]>([
    ['that no server made', () => 'abc'],
    ['that is JSON of another form', () => Buffer.from('{"a":1}').toString('base64url')],
    ['whose end was cut off', (cursor) => cursor.slice(0, -3)],
    ['with an instant that is none', (cursor) => edit(cursor, ([owner, , id]) => [owner, 'soon', id])],
    [
      'with an instant that does not exist',
      (cursor) => edit(cursor, ([owner, , id]) => [owner, '2026-02-30T00:00:00.000Z', id]),
    ],
    ['with an id that is none', (cursor) => edit(cursor, ([owner, value]) => [owner, value, "' or 1=1"])],
    ['with an object for an instant', (cursor) => edit(cursor, ([owner, , id]) => [owner, { gt: 1 }, id])],
    ['that is empty', () => ''],
  ])('%s is refused', async (_what, change) => {
    const answer = await app.get(`/v1/articles?limit=1&cursor=${encodeURIComponent(change(await cursorOf('')))}`);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].pointer).toBe('?cursor');
  });

  it('goes on with another page size, fields or body form', async () => {
    const cursor = await cursorOf('sort=title');
    const answer = await app.get(
      `/v1/articles?sort=title&limit=100&fields=title&body=text&count=exact&cursor=${cursor}`,
    );
    expect(answer.status).toBe(200);
    expect(answer.body.page.total).toBe(answer.body.data.length + 1);
  });
});
