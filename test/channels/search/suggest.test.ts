// What somebody who is typing is offered: titles and names that the public sees, and nothing else.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeEditor, makePublished, makeSection, makeSource, makeTag } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

type Suggestion = { type: string; id: string; slug: string; text: string };

const path = (q: string, more = '') => `/v1/search/suggest?q=${encodeURIComponent(q)}${more}`;
async function suggest(q: string, more = ''): Promise<Suggestion[]> {
  const answer = await app.get(path(q, more));
  expect(answer.status, answer.text).toBe(200);
  return answer.body.data;
}
const texts = async (q: string, more = '') => (await suggest(q, more)).map(({ text }) => text);
const hour = 3_600_000;
describe('GET /v1/search/suggest', () => {
  it('offers titles and names of every kind, with their ids and slugs', async () => {
    const article = await makePublished(app, { title: '崂山云海奇观' });
    const tag = await makeTag(app, { name: '崂山' });
    const section = await makeSection(app, { name: '崂山频道' });
    const editor = await makeEditor(app, { name: '崂山客' });
    const source = await makeSource(app, { name: '崂山日报' });
    expect((await suggest('崂山')).toSorted((a, b) => a.text.localeCompare(b.text))).toEqual(
      [
        { type: 'article', id: article.id, slug: article.slug, text: '崂山云海奇观' },
        { type: 'tag', id: tag.id, slug: tag.slug, text: '崂山' },
        { type: 'section', id: section.id, slug: section.slug, text: '崂山频道' },
        { type: 'editor', id: editor.id, slug: editor.slug, text: '崂山客' },
        { type: 'source', id: source.id, slug: source.slug, text: '崂山日报' },
      ].toSorted((a, b) => a.text.localeCompare(b.text)),
    );
    expect((await suggest('崂山'))[0]).toMatchObject({ type: 'tag', text: '崂山' });
  });

  it.each([
    ['a word', '青岛港'],
    ['half of a word', '青岛港吞吐'],
    ['one character', '吞'],
    ['characters that the dictionary does not join', '岛港'],
    ['words apart', '青岛 突破'],
    ['words in another order', '突破 青岛'],
    ['Traditional characters', '青島港'],
    ['pinyin of a word', 'qingdao'],
    ['pinyin half typed', 'qingd'],
    ['pinyin in capitals', 'QingD'],
    ['pinyin with a blank', 'qing dao'],
    ['Chinese, then pinyin half typed', '青岛港tun'],
    ['letters in full width', 'ＣＧＴＮ'],
    ['small letters', 'cgt'],
    ['one letter', 'c'],
    ['a number half typed', '20'],
    ['an English word half typed', 'contain'],
    ['an English word without its last letter', 'universit'],
    ['another form of an English word', 'universities'],
    ['an English word with its ending half typed', 'organizati'],
    ['quotes around it', '"青岛港'],
  ])('finds a title by %s: %s', async (_how, q) => {
    const title = '青岛港吞吐量突破2026万 CGTN container university organization';
    const [first] = await suggest('青岛港吞吐量突破2026');
    const id = first?.id ?? (await makePublished(app, { title })).id;
    expect((await suggest(q)).map((suggestion) => suggestion.id)).toContain(id);
  });

  it('finds names by half of them, by pinyin and by any of their characters', async () => {
    await makeEditor(app, { name: '汪小帆' });
    await makeTag(app, { name: '工业互联网大会' });
    await makeSource(app, { name: 'Reuters News' });
    for (const q of ['汪', '汪小', '小帆', '汪小帆', 'wangx', 'wangxiaof', 'wangxiaofan', 'wang xiao'])
      expect(await texts(q), q).toContain('汪小帆');
    for (const q of ['工业互', '互联网', '业互', '網大', 'gongye', '大会 工业'])
      expect(await texts(q), q).toContain('工业互联网大会');
    for (const q of ['reut', 'Reuters n', 'new', 'ｒｅｕｔ']) expect(await texts(q), q).toContain('Reuters News');
  });

  it('does not offer what has only some of it', async () => {
    await makePublished(app, { title: '即墨古城开放' });
    await makeTag(app, { name: '即墨' });
    for (const q of ['即墨 火星', '墨即', 'jimoguchengkai', 'jimoz', 'mo']) expect(await texts(q), q).toEqual([]);
  });

  it('does not look at what is written below the title', async () => {
    await makePublished(app, { title: '平度新闻', body: { text: '莱西一日' }, summary: '莱西' });
    expect(await texts('莱西')).toEqual([]);
  });

  it('puts what begins with the letters typed first, then names by their length and titles by their date', async () => {
    for (const name of ['胶州湾跨海大桥', '大胶州', '胶州湾', '胶州']) await makeTag(app, { name });
    const titles = ['胶州第一', '胶州第二', '今日胶州'];
    for (const title of titles) {
      app.clock.advance(hour);
      await makePublished(app, { title });
    }
    expect(await texts('胶州')).toEqual([
      ...['胶州', '胶州湾', '胶州湾跨海大桥', '大胶州'],
      ...['胶州第二', '胶州第一', '今日胶州'],
    ]);
  });

  it('gives half of the room to names, and to titles what those leave', async () => {
    for (const name of ['黄岛', '黄岛区', '黄岛港']) await makeTag(app, { name });
    for (let n = 1; n <= 6; n += 1) await makePublished(app, { title: `黄岛新闻第${n}期` });
    const types = async (more: string) => (await suggest('黄岛', more)).map(({ type }) => type);
    expect(await types('&limit=4')).toEqual(['tag', 'tag', 'article', 'article']);
    expect(await types('&limit=8')).toEqual([...Array(3).fill('tag'), ...Array(5).fill('article')]);
    expect(await types('&limit=1')).toEqual(['tag']);
    expect(await types('')).toHaveLength(9);
  });

  it('offers a title that several articles have once, of the newest', async () => {
    await makePublished(app, { title: '城阳早报' });
    app.clock.advance(hour);
    const newest = await makePublished(app, { title: '城阳早报' });
    expect(await suggest('城阳')).toMatchObject([{ id: newest.id }]);
  });

  it('finds an old title behind many new ones', async () => {
    const old = await makePublished(app, { title: '市北往事' });
    app.clock.advance(hour);
    const { id } = await makePublished(app, { title: '别处新闻' });
    // More documents than are looked at before the index is asked.
    const { sql } = app.deps.db;
    await sql.rows(
      `insert into article_version select (json_populate_record(v, json_build_object('number', n))).*
       from article_version v, generate_series(1001, 1400) n where v.article_id = $1::uuid`,
      [id],
    );
    await sql.rows(
      `insert into search_document select (json_populate_record(d, json_build_object('version', n))).*
       from search_document d, generate_series(1001, 1400) n where d.article_id = $1::uuid`,
      [id],
    );
    expect(await suggest('市北')).toMatchObject([{ id: old.id }]);
    expect(await suggest('别处')).toMatchObject([{ id }]);
    const { id: newest } = await makePublished(app, { title: '市北今日' });
    expect(await suggest('市北', '&limit=1')).toMatchObject([{ id: newest }]);
    expect(await suggest('s')).toContainEqual(expect.objectContaining({ id: old.id }));
  });
});
