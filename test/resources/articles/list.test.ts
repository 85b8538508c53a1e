// Lists of articles: what a page looks like, in which order, what caches are told, and who sees working copies.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeSection, makeSource, publish } from '../../support/factories.ts';
import { idsOf, walk } from './newsroom.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();

async function makeThree(input: object = {}): Promise<{ section: { id: string; slug: string }; ids: string[] }> {
  const section = await makeSection(app);
  const ids: string[] = [];
  for (let i = 0; i < 3; i += 1) {
    app.clock.advance(1000);
    ids.unshift((await makePublished(app, { section: section.id, ...input })).id);
  }
  return { section, ids };
}

describe('a page', () => {
  it('holds articles as single reads show them, without their bodies', async () => {
    const { section, ids } = await makeThree({ body: { text: '正文' }, tags: ['两会'], summary: '导语' });
    const { status, body, headers } = await app.get(`/v1/articles?section=${section.slug}`);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(idsOf(body.data)).toEqual(ids);
    expect(body.page).toEqual({ limit: 20, nextCursor: null });
    for (const row of body.data) {
      expect(row).toEqual((await app.get(`/v1/articles/${row.id}?body=none`)).body);
      expect(row).not.toHaveProperty('body');
    }
  });

  it.each(['blocks', 'html', 'markdown', 'text'])('holds bodies as %s where that is asked for', async (form) => {
    const { section } = await makeThree({ body: { markdown: '## 一\n\n**二**' } });
    const { body } = await app.get(`/v1/articles?section=${section.slug}&body=${form}`);
    for (const row of body.data) {
      expect(row).toEqual((await app.get(`/v1/articles/${row.id}?body=${form}`)).body);
    }
  });

  it('holds the fields asked for, id always, in either perspective', async () => {
    const { section, ids } = await makeThree();
    const search = `section=${section.slug}&fields=title`;
    for (const [perspective, as] of [['published'], ['draft', 'viewer']]) {
      const { body } = await app.get(`/v1/articles?${search}&perspective=${perspective}`, { as });
      expect(idsOf(body.data)).toEqual(ids);
      for (const row of body.data) expect(Object.keys(row).toSorted()).toEqual(['id', 'title']);
    }
    const hidden = await app.get(`/v1/articles?section=${section.slug}&fields=state,revision,externalId`);
    expect(hidden.body.data).toEqual(ids.map((id) => ({ id })));
  });

  it('has a Link to the next one that keeps every parameter and never takes the Host of the request', async () => {
    const { section, ids } = await makeThree();
    const path = `/v1/articles?section=${section.slug}&limit=1&fields=title&sort=-updatedAt`;
    const first = await app.get(path, { headers: { Host: 'evil.example' } });
    const url = new URL(/^<(.+)>; rel="next"$/.exec(first.headers.link!)![1]!);
    expect(url.origin).toBe('https://news.test');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      section: section.slug,
      limit: '1',
      fields: 'title',
      sort: '-updatedAt',
      cursor: first.body.page.nextCursor,
    });
    const pages = await walk(app, path);
    expect(idsOf(pages.flatMap((page) => page.body.data))).toEqual(ids);
  });

  it.each(['0', '-1', '101', 'NaN', '1.5', '', '1e1', '20&limit=20'])('refuses the limit "%s"', async (limit) => {
    const answer = await app.get(`/v1/articles?limit=${limit}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid', errors: [{ pointer: '?limit' }] } });
  });

  it('has a total only where count asks, the whole list over, whichever page it is', async () => {
    const { section } = await makeThree();
    const path = `/v1/articles?section=${section.slug}&limit=2`;
    const plain = await app.get(path);
    expect(plain.body.page).not.toHaveProperty('total');
    for (const count of ['exact', 'estimate']) {
      expect((await app.get(`${path}&count=${count}`)).body.page.total).toBe(3);
      const second = await app.get(`${path}&count=${count}&cursor=${plain.body.page.nextCursor}`);
      expect(second.body).toMatchObject({ data: [{}], page: { total: 3, nextCursor: null } });
    }
  });
});

describe('the order', () => {
  it('by title is the Chinese one, by pinyin, with the id between equals', async () => {
    const section = await makeSection(app);
    const made: Record<string, string[]> = {};
    for (const title of ['上海', '重庆', '北京', '广州', '安徽', '北京']) {
      const { id } = await makePublished(app, { title, section: section.id });
      made[title] = [...(made[title] ?? []), id].toSorted();
    }
    const expected = ['安徽', '北京', '重庆', '广州', '上海'].flatMap((title) => made[title]!);
    for (const [perspective, as] of [['published'], ['draft', 'viewer']]) {
      const path = `/v1/articles?section=${section.slug}&sort=title&limit=1&perspective=${perspective}`;
      expect(idsOf((await walk(app, path, as)).flatMap((page) => page.body.data))).toEqual(expected);
    }
  });

  it('by publishedAt is by the editorial date, which an update does not move; by updatedAt the update comes first', async () => {
    const { section, ids } = await makeThree();
    const [newest, middle, oldest] = ids as [string, string, string];
    app.clock.advance(1000);
    const draft = await app.patch(`/v1/articles/${oldest}`, { summary: '更' }, { ifMatch: '*' });
    await publish(app, { id: oldest, etag: draft.headers.etag! });
    const order = async (sort: string) =>
      idsOf((await app.get(`/v1/articles?section=${section.slug}&${sort}`)).body.data);
    expect(await order('')).toEqual([newest, middle, oldest]);
    expect(await order('sort=publishedAt')).toEqual([oldest, middle, newest]);
    expect(await order('sort=-updatedAt')).toEqual([oldest, newest, middle]);
    expect(await order('sort=updatedAt')).toEqual([middle, newest, oldest]);
  });
});

describe('ids', () => {
  it('are answered in the order asked, each once, without what the public may not see', async () => {
    const { ids } = await makeThree();
    const [a, b, c] = ids as [string, string, string];
    const draft = await makeArticle(app);
    const asked = [c, draft.id, a.toUpperCase(), '00000000-0000-7000-8000-00000000dead', b, c];
    const path = `/v1/articles?ids=${asked.join(',')}`;
    const { body, headers } = await app.get(path);
    expect(idsOf(body.data)).toEqual([c, a, b]);
    expect(body.page.nextCursor).toBeNull();
    expect(headers.link).toBeUndefined();
    expect((await app.get(`${path}&count=exact`)).body.page.total).toBe(3);
    const drafts = await app.get(`${path}&perspective=draft`, { as: 'viewer' });
    expect(idsOf(drafts.body.data)).toEqual([c, draft.id, a, b]);
  });

  it('may be a hundred, which are answered on one page, and no more', async () => {
    const many: string[] = [];
    for (let i = 0; i < 30; i += 1) many.push((await makePublished(app)).id);
    const others = Array.from({ length: 70 }, (_, i) => `00000000-0000-7000-8000-${String(i).padStart(12, '0')}`);
    const { status, body } = await app.get(`/v1/articles?ids=${[...others, ...many.toReversed()].join(',')}`);
    expect({ status, ids: idsOf(body.data) }).toEqual({ status: 200, ids: many.toReversed() });
    const more = await app.get(`/v1/articles?ids=${[...others, ...many, many[0]].join(',')}`);
    expect(more).toMatchObject({ status: 400, body: { errors: [{ pointer: '?ids' }] } });
  });
});

describe('caches', () => {
  it('get a 304 while nothing has changed, by tag or by date, and a new page after a change', async () => {
    const { section, ids } = await makeThree();
    app.clock.advance(5000);
    const path = `/v1/articles?section=${section.slug}`;
    const first = await app.get(path);
    const byTag = { 'If-None-Match': `W/${first.headers.etag}` };
    const byDate = { 'If-Modified-Since': first.headers['last-modified']! };
    for (const headers of [byTag, byDate] as Record<string, string>[]) {
      expect(await app.get(path, { headers })).toMatchObject({ status: 304, text: '' });
    }
    await app.post(`/v1/articles/${ids[0]}/unpublish`, undefined, { ifMatch: '*' });
    app.clock.advance(5000);
    for (const headers of [byTag, byDate] as Record<string, string>[]) {
      expect((await app.get(path, { headers })).status).toBe(200);
    }
  });

  it.each([
    [
      'a scheduled start',
      async (section: string) => publish(app, await makeArticle(app, { section }), { at: fromNow(3000) }),
    ],
    ['an end', async (section: string) => makePublished(app, { section }, { until: fromNow(3000) })],
  ])('are told of %s by the date too, though nobody wrote anything then', async (_what, arrange) => {
    const { section } = await makeThree();
    await arrange(section.id);
    app.clock.advance(2000);
    const path = `/v1/articles?section=${section.slug}`;
    const first = await app.get(path);
    app.clock.advance(5000);
    const answer = await app.get(path, { headers: { 'If-Modified-Since': first.headers['last-modified']! } });
    expect(answer.status).toBe(200);
    expect(answer.headers.etag).not.toBe(first.headers.etag);
  });

  it('are not told of what editors do out of sight', async () => {
    const { section, ids } = await makeThree();
    app.clock.advance(5000);
    const paths = [`/v1/articles?section=${section.slug}`, '/v1/sections', '/v1/tags'];
    const look = async () => {
      const answers = [];
      for (const path of paths) answers.push((await app.get(path)).headers);
      return answers.map(({ etag, 'last-modified': date, 'cache-control': lifetime }) => ({ etag, date, lifetime }));
    };
    const before = await look();
    app.clock.advance(5000);
    const draft = await makeArticle(app, { section: section.id });
    await app.patch(`/v1/articles/${ids[0]}`, { title: '未发' }, { ifMatch: '*' });
    await publish(app, draft, { at: fromNow(3_600_000) });
    await app.delete(`/v1/articles/${draft.id}`, { ifMatch: '*' });
    await app.post('/v1/api-keys', { name: 'k', role: 'viewer' }, { as: 'admin' });
    app.clock.advance(5000);
    expect(await look()).toEqual(before);
  });

  it('are given one lifetime, whatever is scheduled or ends: a shrinking one would tell', async () => {
    const { section } = await makeThree();
    const lifetime = async () => (await app.get(`/v1/articles?section=${section.slug}`)).headers['cache-control'];
    const constant = await lifetime();
    expect(constant).toBe('public, max-age=10, s-maxage=10, stale-while-revalidate=20, stale-if-error=600');
    await publish(app, await makeArticle(app, { section: section.id }), { at: fromNow(3000) });
    await makePublished(app, { section: section.id }, { until: fromNow(3000) });
    expect(await lifetime()).toBe(constant);
    app.clock.advance(2500);
    expect(await lifetime()).toBe(constant);
  });

  it('are told which entities shaped the page', async () => {
    const { section, ids } = await makeThree();
    const { headers } = await app.get(`/v1/articles?section=${section.slug}&limit=2`);
    const expected = ['articles', 'sections', `section:${section.id}`, `article:${ids[0]}`, `article:${ids[1]}`];
    expect(headers['surrogate-key']!.split(' ').toSorted()).toEqual(expected.toSorted());
  });

  it('are told what the filters name, also where the list is empty: it may be called otherwise tomorrow', async () => {
    const [section, source] = [await makeSection(app), await makeSource(app)];
    const keysOf = async (search: string) => (await app.get(`/v1/articles?${search}`)).headers['surrogate-key'];
    expect(await keysOf('section=no-such')).toBe('articles sections');
    expect(await keysOf('tag=no-such&editor=no-such')).toBe('articles editors tags');
    expect((await keysOf(`section=${section.slug}&source=${source.slug}`))!.split(' ').toSorted()).toEqual(
      ['articles', 'sections', 'sources', `section:${section.id}`, `source:${source.id}`].toSorted(),
    );
  });

  it('see HEAD as GET without its body', async () => {
    const { section } = await makeThree();
    const path = `/v1/articles?section=${section.slug}&limit=1`;
    const headers = { 'X-Request-Id': 'same', 'Accept-Encoding': 'gzip' };
    await app.get(path, { headers });
    const [get, head] = [await app.get(path, { headers }), await app.call('HEAD', path, { headers })];
    const { date: _a, ...expected } = get.headers;
    const { date: _b, ...shown } = head.headers;
    expect({ status: head.status, text: head.text, shown }).toEqual({ status: 200, text: '', shown: expected });
  });
});

describe('the list of working copies', () => {
  it('answers 401 without a key, and is never stored', async () => {
    const refused = await app.get('/v1/articles?perspective=draft');
    expect(refused).toMatchObject({
      status: 401,
      body: { code: 'auth.missing' },
      headers: { 'cache-control': 'no-store' },
    });
    const { headers, status } = await app.get('/v1/articles?perspective=draft', { as: 'viewer' });
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('private, no-store');
    expect(headers['surrogate-key']).toBeUndefined();
    expect(headers.etag).toBeUndefined();
  });

  it('shows drafts, schedules and what has ended as single reads do, and never the trash', async () => {
    const section = await makeSection(app);
    const draft = await makeArticle(app, { section: section.id, externalId: 'list-draft' });
    const scheduled = await publish(app, await makeArticle(app, { section: section.id }), { at: fromNow(3_600_000) });
    const ended = await makePublished(app, { section: section.id }, { until: fromNow(1000) });
    const trashed = await makeArticle(app, { section: section.id });
    await app.delete(`/v1/articles/${trashed.id}`, { ifMatch: '*' });
    app.clock.advance(1000);
    const { body } = await app.get(`/v1/articles?perspective=draft&section=${section.slug}&count=exact`, {
      as: 'viewer',
    });
    expect(idsOf(body.data).toSorted()).toEqual(idsOf([draft, scheduled, ended]).toSorted());
    expect(body.page.total).toBe(3);
    for (const row of body.data) {
      const single = await app.get(`/v1/articles/${row.id}?perspective=draft&body=none`, { as: 'viewer' });
      expect(row).toEqual(single.body);
    }
  });

  it('shows everyone the same public list, with a key or without', async () => {
    await makeArticle(app);
    const anonymous = await app.get('/v1/articles?limit=100&count=exact');
    for (const as of ['viewer', 'writer', 'editor', 'admin']) {
      expect((await app.get('/v1/articles?limit=100&count=exact', { as })).text).toBe(anonymous.text);
    }
  });

  it('ends at the sections of a limited key, in rows, counts, ids and filters, and in its related articles', async () => {
    const [mine, other] = [await makeSection(app), await makeSection(app)];
    const below = await makeSection(app, { parent: mine.id });
    const key = await app.createKey({ name: 'limited', role: 'editor', sections: [mine.id] });
    const hidden = await makeArticle(app, { section: other.id, title: '外部草稿', tags: ['界限'] });
    const nowhere = await makeArticle(app, { tags: ['界限'] });
    const inside = await makeArticle(app, { section: below.id, tags: ['界限'], related: [hidden.id, nowhere.id] });
    const tag = inside.body.tags[0].slug;
    for (const search of [
      `tag=${tag}`,
      `ids=${hidden.id},${inside.id},${nowhere.id}`,
      'publishedBefore=2020-01-01',
      '',
    ]) {
      const { body } = await app.get(`/v1/articles?perspective=draft&limit=100&count=exact&${search}`, { as: key });
      const expected = search.startsWith('published') ? [] : [inside.id];
      expect({ search, ids: idsOf(body.data), total: body.page.total }).toEqual({
        search,
        ids: expected,
        total: expected.length,
      });
      expect(JSON.stringify(body)).not.toContain('外部草稿');
    }
  });
});
