// Versions as editors read them: a list, and each one as it was.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sql } from '../../../src/platform/db/db.ts';
import { listVersions } from '../../../src/resources/articles/queries/versions.ts';
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
import { walk } from './newsroom.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const read = (path: string, as = 'viewer') => app.get(`/v1/articles/${path}`, { as });

/** Patches one after the other, a second apart. */
async function revise(article: { id: string; etag: string }, patches: object[], as = 'editor') {
  let etag = article.etag;
  for (const patch of patches) {
    app.clock.advance(1000);
    const answer = await app.patch(`/v1/articles/${article.id}`, patch, { ifMatch: etag, as });
    expect(answer.status).toBe(200);
    etag = answer.headers.etag!;
  }
  return { ...article, etag };
}

describe('the list of versions', () => {
  it('tells of each number, title, author, instant, note, hash and word count, newest first', async () => {
    const editor = await makeEditor(app, { name: '刘莹莹' });
    const key = await app.createKey({ name: '桌面', role: 'editor', editor: editor.id });
    const at = app.clock.now();
    const article = await makeArticle(app, { title: '一稿', body: { text: '两会开幕' } }, key);
    await revise(article, [{ title: '二稿', body: { text: '两会今天开幕' }, note: '补时间' }]);
    const { status, headers, body } = await read(`${article.id}/versions`);
    expect([status, headers['cache-control']]).toEqual([200, 'private, no-store']);
    const [second, first] = body.data;
    expect(body.data).toHaveLength(2);
    expect(first).toEqual({
      number: 1,
      title: '一稿',
      createdAt: at.toISOString(),
      createdBy: { type: 'editor', id: editor.id, name: '刘莹莹' },
      note: null,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      previousHash: null,
      wordCount: 4,
      publications: [],
    });
    expect(second).toMatchObject({
      number: 2,
      title: '二稿',
      createdAt: new Date(at.getTime() + 1000).toISOString(),
      createdBy: { type: 'service', id: 'editor', name: 'editor' },
      note: '补时间',
      previousHash: first.hash,
      wordCount: 6,
    });
  });

  it('pages by number: no version twice or left out, also while further ones are made', async () => {
    const article = await makeArticle(app);
    const at = await revise(
      article,
      Array.from({ length: 6 }, (_, i) => ({ title: `第 ${i}` })),
    );
    const path = `/v1/articles/${article.slug}/versions?limit=3`;
    const numbers = (await walk(app, path, 'viewer')).map((page) =>
      page.body.data.map(({ number }: { number: number }) => number),
    );
    expect(numbers).toEqual([[7, 6, 5], [4, 3, 2], [1]]);
    const first = await app.get(path, { as: 'viewer' });
    await revise(at, [{ title: '又一版' }]);
    const next = await app.get(`${path}&cursor=${first.body.page.nextCursor}`, { as: 'viewer' });
    expect(next.body.data.map(({ number }: { number: number }) => number)).toEqual([4, 3, 2]);
  });

  it('says since when and until when each was or is going to be public', async () => {
    const t = (ms: number) => new Date(start + ms).toISOString();
    const start = app.clock.now().getTime();
    const article = await makePublished(app, { title: '一' });
    const changed = await revise(article, [{ title: '二' }]);
    const live = await publish(app, changed);
    const third = await revise({ ...article, etag: live.etag }, [{ title: '三' }, { title: '四' }]);
    await publish(app, third, { at: t(60_000), until: t(120_000) });
    const ranges = (await read(`${article.id}/versions`)).body.data.map(
      (each: { publications: object[] }) => each.publications,
    );
    expect(ranges).toEqual([
      [{ from: t(60_000), until: t(120_000) }],
      [],
      [{ from: t(1000), until: t(60_000) }],
      [{ from: t(0), until: t(1000) }],
    ]);
  });

  it('a version that was public twice has both times', async () => {
    const article = await makePublished(app);
    app.clock.advance(1000);
    const gone = await app.post(`/v1/articles/${article.id}/unpublish`, undefined, { ifMatch: article.etag });
    app.clock.advance(1000);
    await publish(app, { id: article.id, etag: gone.headers.etag! });
    const [{ publications }] = (await read(`${article.id}/versions`)).body.data;
    expect(publications).toHaveLength(2);
    expect(publications[1].until).toBeNull();
    expect((await read(`${article.id}/versions/1`)).body.publications).toEqual(publications);
  });

  it.each([
    ['of another article', () => makeArticle(app)],
    ['of another list', null],
  ])('refuses a cursor %s', async (_name, other) => {
    const article = await makeArticle(app);
    await revise(article, [{ title: '二' }]);
    const path = other === null ? '/v1/articles?perspective=draft' : `/v1/articles/${article.id}/versions`;
    const { nextCursor } = (await app.get(`${path}${path.includes('?') ? '&' : '?'}limit=1`, { as: 'viewer' })).body
      .page;
    const target = other === null ? article : await other();
    const answer = await read(`${target.id}/versions?cursor=${nextCursor}`);
    expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid_cursor']);
  });
});

describe('one version', () => {
  it('is the whole content as it was, whatever has changed since', async () => {
    const [section, source, editor, tag, other] = [
      await makeSection(app, { name: '产经' }),
      await makeSource(app, { name: '文化视界' }),
      await makeEditor(app, { name: '赵' }),
      await makeTag(app, { name: '港口' }),
      await makeArticle(app, { title: '相关' }),
    ];
    const content = {
      title: '标题',
      slug: 'di-yi-ban',
      kicker: '肩题',
      subtitle: '副题',
      summary: '导语',
      sourceUrl: 'https://example.com/a',
      genre: 'news',
      urgency: 3,
      locale: 'zh-CN',
      cover: { url: 'https://example.com/a.jpg', caption: '图' },
      seo: { title: 'SEO' },
      metadata: { desk: ['a', 1] },
    };
    const references = {
      section: section.slug,
      source: source.id,
      credits: [
        { role: 'author', editor: editor.slug },
        { role: 'photographer', name: '外人' },
      ],
      tags: [tag.slug],
      related: [other.id],
    };
    const article = await makeArticle(app, { ...content, ...references, body: { text: '正文' }, note: '初稿' });
    const cleared = Object.fromEntries(Object.keys({ ...content, ...references }).map((field) => [field, null]));
    const { title: _t, slug: _s, locale: _l, ...clearable } = cleared;
    await revise(article, [{ ...clearable, title: '新', slug: 'di-er-ban', body: { text: '新文' } }]);
    const { status, headers, body } = await read(`${article.id}/versions/1`);
    expect([status, headers['cache-control']]).toEqual([200, 'private, no-store']);
    expect(body).toMatchObject({
      ...content,
      id: article.id,
      number: 1,
      note: '初稿',
      wordCount: 2,
      body: { blocks: [{ children: [{ text: '正文' }] }] },
      section: { id: section.id, name: '产经', breadcrumb: [{ name: '产经' }] },
      source: { id: source.id, name: '文化视界' },
      credits: [
        { role: 'author', name: '赵', editor: { id: editor.id } },
        { role: 'photographer', name: '外人', editor: null },
      ],
      tags: [{ name: '港口' }],
      related: [{ id: other.id, title: '相关' }],
      publications: [],
      previousHash: null,
    });
    const hashes = (await read(`${article.id}/versions`)).body.data.map(({ hash }: { hash: string }) => hash);
    expect(body.hash).toBe(hashes[1]);
    expect((await read(`${article.id}/versions/2`)).body).toMatchObject({ title: '新', section: null, credits: [] });
  });

  it('has the names of today for what it refers to', async () => {
    const editor = await makeEditor(app, { name: '旧名' });
    const article = await makeArticle(app, { credits: [{ role: 'author', editor: editor.id }] });
    await app.patch(`/v1/editors/${editor.id}`, { name: '新名' }, { ifMatch: editor.etag });
    expect((await read(`${article.id}/versions/1`)).body.credits[0].name).toBe('新名');
  });

  it.each([
    ['html', { html: '<p>正文</p>' }],
    ['markdown', { markdown: '正文' }],
    ['text', { text: '正文' }],
  ])('comes with its body as %s', async (form, body) => {
    const article = await makeArticle(app, { body: { text: '正文' } });
    expect((await read(`${article.id}/versions/1?body=${form}`)).body.body).toMatchObject(
      Object.fromEntries(Object.entries(body).map(([name, text]) => [name, expect.stringContaining(text.trim())])),
    );
  });

  it('comes without its body, if asked', async () => {
    const article = await makeArticle(app, { body: { text: '正文' } });
    expect(Object.keys((await read(`${article.id}/versions/1?body=none`)).body)).not.toContain('body');
  });

  it.each(['0', '-1', '1.5', '01', 'abc', '9999999999', '%31x'])(
    'a number %s is a 400 that says so',
    async (number) => {
      const article = await makeArticle(app);
      const answer = await read(`${article.id}/versions/${number}`);
      expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid']);
    },
  );

  it('that was never made is not there', async () => {
    const article = await makeArticle(app);
    for (const number of [2, 999_999_999]) expect((await read(`${article.id}/versions/${number}`)).status).toBe(404);
  });
});

it('ten thousand versions cost a page what ten do', async () => {
  const article = await makePublished(app, { body: { text: '直播' } });
  const { sql } = app.deps.db;
  await sql.rows(
    `insert into article_version (article_id, number, slug, locale, title, body, word_count, metadata, created_at, created_by_service, hash, previous_hash)
     select article_id, n, slug, locale, title, body, word_count, metadata, created_at, created_by_service, hash, hash
     from article_version cross join generate_series(2, 10000) n where article_id = $1::uuid`,
    [article.id],
  );
  await sql.rows('update article set version = 10000 where id = $1::uuid', [article.id]);
  await sql.rows('analyze article_version', []);
  const read100 = async (cursor: string) => {
    const page = await read(`${article.id}/versions?limit=100${cursor}`);
    return { numbers: page.body.data.map(({ number }: { number: number }) => number), next: page.body.page.nextCursor };
  };
  const newest = await read100('');
  expect([newest.numbers[0], newest.numbers.at(-1)]).toEqual([10_000, 9901]);
  const second = await read100(`&cursor=${newest.next}`);
  expect([second.numbers[0], second.numbers.at(-1)]).toEqual([9900, 9801]);
  // The statement itself, explained: how many rows its busiest step went through.
  const touched: number[] = [];
  const explaining: Sql = {
    rows: async (text, values) => {
      const [row] = await sql.rows<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
        `explain (analyze, format json) ${text}`,
        values,
      );
      touched.push(...listRows(row!['QUERY PLAN'][0].Plan));
      return [];
    },
  };
  await listVersions(explaining, article.id, { before: 5000, limit: 101 }, { sectionIds: null, embargoedOf: null });
  expect(Math.max(...touched)).toBeLessThanOrEqual(101);
});

type Plan = { 'Actual Rows': number; 'Actual Loops': number; 'Rows Removed by Filter'?: number; Plans?: Plan[] };

function listRows({ Plans = [], ...plan }: Plan): number[] {
  const passed = (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops'];
  return [passed, ...Plans.flatMap(listRows)];
}
