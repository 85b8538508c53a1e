// Whatever is typed is answered, or refused with a reason; it never breaks anything, and never is more than words.
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryLengthMax } from '../../../src/channels/search/schemas.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeSection, makeTag } from '../../support/factories.ts';
import { askingOf, pathOf } from './asking.ts';

let app: TestApp;
const { ask, found, publish } = askingOf(() => app);

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  await publish('news', {
    title: '青岛新闻',
    body: { text: '港口 a b OR title 2026 C++ R&D 100% rock’n’roll 🎉👨‍👩‍👧 café' },
  });
  await publish('other', { title: '别处', body: { text: '无关' } });
});
afterAll(() => app.close());

const everything = 'facets=section,source,editor,tag,year&highlight=true&count=exact';
const sorts = ['relevance', '-publishedAt'];

/** An answer or a clear refusal, in both orders; the status. */
async function settle(path: (sort: string) => string, orders = sorts): Promise<number> {
  const statuses = new Set<number>();
  for (const sort of orders) {
    const { status, body, text } = await app.get(path(sort));
    expect([200, 400], `${path(sort)} ${text}`).toContain(status);
    if (status === 400)
      expect(body.errors[0], text).toMatchObject({ pointer: '?q', message: expect.stringMatching(/.+/) });
    statuses.add(status);
  }
  expect(statuses.size).toBe(1);
  return [...statuses][0]!;
}
const settleText = (q: string) => settle((sort) => pathOf(q, `${everything}&sort=${sort}`));

describe('nothing to look for is a 400 that says so', () => {
  it.each([
    ['nothing', ''],
    ['a blank', ' '],
    ['wide blanks', '　\u00a0\t\n'],
    ['punctuation', '。，！？…—·'],
    ['ASCII signs', '!@#$%^&*()_+=[]{};:,.<>/?~`'],
    ['operators', 'OR | - "" OR'],
    ['an exclusion', '-青岛'],
    ['exclusions', '-青岛 -"港口 新闻" -title:别处'],
    ['an empty phrase', '""'],
    ['an open quote', '"'],
    ['a field without a word', 'title:'],
    ['an excluded field without a word', '-标题：'],
    ['emoji', '🎉👨‍👩‍👧'],
    ['zero-width characters', '\u200b\u200d\ufeff'],
    ['direction marks', '\u202e\u2066'],
  ])('%s', async (_what, q) => {
    expect(await settleText(q)).toBe(400);
  });

  it('no q at all', async () => {
    const { status, body } = await app.get('/v1/search');
    expect([status, body.errors[0].pointer]).toEqual([400, '?q']);
  });
});

describe('what is too long', () => {
  it(`takes ${queryLengthMax} characters`, async () => {
    expect(await settleText('青'.repeat(queryLengthMax))).toBe(200);
    expect(await settleText('青岛 '.repeat(133))).toBe(200);
  });

  it.each([
    ['one more', '青'.repeat(queryLengthMax + 1)],
    ['ten kilobytes', 'a'.repeat(10_000)],
    ['many terms', 'a '.repeat(2000)],
    ['open quotes', '"'.repeat(4000)],
  ])('is a 400 that names the bound: %s', async (_what, q) => {
    const { status, body } = await app.get(pathOf(q));
    expect([status, body.errors[0].pointer]).toEqual([400, '?q']);
    expect(body.errors[0].message).toContain(String(queryLengthMax));
  });

  it('beyond sixteen terms is left out, and that is told', async () => {
    const terms = Array(16).fill('青岛').join(' ');
    expect((await ask(terms)).body.query.isCut).toBe(false);
    const { query, data } = (await ask(`${terms} 火星`)).body;
    expect([query.isCut, query.terms.length, data.length]).toEqual([true, 16, 1]);
  });

  it('beyond forty-eight words is left out, and that is told', async () => {
    const words = (count: number) => '青岛新闻'.repeat(count / 2);
    expect((await ask(words(48))).body.query.isCut).toBe(false);
    expect((await ask(words(50))).body.query.isCut).toBe(true);
  });

  it('the same term again and again is one demand', async () => {
    for (const q of ['a '.repeat(200).trim(), 'a'.repeat(400), '青岛 '.repeat(130).trim(), '"a" '.repeat(99)])
      expect(await settleText(q)).toBe(200);
    expect(await found('青岛 '.repeat(130).trim())).toEqual(['news']);
  });

  it('nested and repeated signs are read in one pass', async () => {
    for (const sign of ['"', '-', '(', 'title:', '|', 'OR ', '“', '\\', "'", '-"', ':', '*'])
      await settleText(sign.repeat(Math.floor(queryLengthMax / sign.length)));
  });
});

describe('is more than words to nobody', () => {
  it.each([
    ["'"],
    ["青岛'"],
    ["' or 1=1 --"],
    ["'; drop table search_document; --"],
    ["青岛'); select pg_sleep(10); --"],
    ['$1'],
    ['$$青岛$$'],
    ['\\'],
    ["\\'"],
    ["青岛\\' | '新闻"],
    ['a & b'],
    ['a | ! b'],
    ['a <-> b'],
    ['a <3> b'],
    ['青岛:*'],
    ['青岛:A'],
    ['!青岛'],
    ['!!青岛'],
    ['(青岛'],
    ['青岛)'],
    ['青岛 & !新闻'],
    ['青岛 <-> 新闻'],
    [':*'],
    ['%'],
    ['%青岛%'],
    ['_岛'],
    ['{{青岛}}'],
    ['<mark>青岛</mark>'],
    ['<script>alert(1)</script>'],
    ['../../etc/passwd'],
    ['{"$gt":""}'],
    ['青岛\u202e新闻'],
    ['مرحبا بالعالم'],
    ['שלום'],
    ['ก็็็็็็็็็็'],
    ['Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!'],
    ['café'],
    ['cafe\u0301'],
    ['𠮷野家'],
    ['👨‍👩‍👧 青岛'],
    ['青🎉岛'],
    ['ﷺ'],
    ['İstanbul ß ﬁ'],
    ['青岛OR新闻'],
    ['title:title:青岛'],
    ['title:"青岛'],
    ['"青岛" "'],
    ['青"岛'],
    ['"青岛"新闻"港口"'],
    ['- 青岛'],
    ['--青岛'],
    ['青岛 OR OR 新闻'],
    ['| | 青岛'],
    ['OR'],
    ['OR -青岛 OR'],
    ['__proto__'],
    ['constructor'],
    ['toString'],
    ['null undefined NaN true'],
    ['1e999'],
    ['-1'],
    ['0.0.0.0'],
    ['٣٤٥'],
    ['½ ² Ⅷ ①'],
  ])('%s', async (q) => {
    await settleText(q);
    expect(await found('青岛')).toEqual(['news']);
  });

  it('what stands between other signs is found', async () => {
    for (const q of [
      "青岛'",
      '青岛:*',
      '!青岛',
      '(青岛',
      '%青岛%',
      '<b>青岛',
      '青岛\u202e新闻',
      '青🎉岛 新闻',
      'C++',
      'R&D',
      'café',
      'cafe\u0301',
    ])
      expect([q, await found(q)]).toEqual([q, ['news']]);
    expect(await found('青岛 & !别处')).toEqual([]);
  });
});

describe('marks of the index', () => {
  it('are not reached by typing them: of titles, pinyin and records', async () => {
    const section = await makeSection(app, { name: '秘密栏目' });
    const tag = await makeTag(app, { name: '秘密标签' });
    const plain = (id: string) => id.replaceAll('-', '');
    const made = await publish('marked', { title: '海鸥', section: section.slug, tags: [tag.slug] });
    const lexemes = [`@s${plain(section.id)}`, `@t${plain(tag.id)}`, '^海鸥', '~haiou'];
    const [{ words }] = (await app.deps.db.sql.rows<{ words: string }>(
      'select words::text from search_document where article_id = $1',
      [made.id],
    )) as [{ words: string }];
    for (const lexeme of lexemes) expect(words).toContain(`'${lexeme}'`);
    for (const lexeme of lexemes.slice(0, 2)) {
      for (const q of [lexeme, `"${lexeme}"`, `'${lexeme}'`, `title:${lexeme}`, `${lexeme} OR 火星`])
        expect([q, await found(q)]).toEqual([q, []]);
      expect(await found(`海鸥 -${lexeme}`)).toEqual(['marked']);
    }
    // The signs are none of the words, so only the words are looked for, wherever they are.
    expect(await found('^青岛')).toEqual(await found('青岛'));
    expect(await found('^港口')).toEqual(['news']);
    expect(await found('~港口')).toEqual(['news']);
    expect(await found('^^海鸥')).toEqual(['marked']);
  });

  it('are not made by writing them', async () => {
    const text = '@s00000000000000000000000000000000 ^假标题 ~jiapinyin';
    await publish('forged', { title: '真标题', body: { text } });
    expect(await found('title:假标题')).toEqual([]);
    expect(await found('假标题')).toEqual(['forged']);
  });
});

describe('broken encodings', () => {
  it.each([
    ['half a surrogate pair', '%ED%A0%80'],
    ['the other half', '%ED%B0%80'],
    ['half a pair beside words', '%E9%9D%92%ED%A0%80%E5%B2%9B'],
    ['NUL', '%00'],
    ['NUL beside words', '%E9%9D%92%00%E5%B2%9B'],
    ['control characters', '%01%02%1B%7F'],
    ['an overlong form', '%C0%80'],
    ['a broken escape', '%E9%9D'],
    ['no escape', '%'],
    ['a byte that is none', '%FF%FE'],
  ])('%s', async (_what, encoded) => {
    expect([200, 400]).toContain(await settle((sort) => `/v1/search?${everything}&sort=${sort}&q=${encoded}`));
  });

  it('a repeated q is refused', async () => {
    const { status, body } = await app.get('/v1/search?q=a&q=b');
    expect([status, body.errors[0].pointer]).toEqual([400, '?q']);
  });

  it('an object or a list is refused', async () => {
    for (const search of ['q[a]=b', 'q[]=a', 'q.a=b']) expect((await app.get(`/v1/search?${search}`)).status).toBe(400);
  });
});

// Strings that were known to break programs (github.com/minimaxir/big-list-of-naughty-strings), where they are kept.
const naughty = new URL('../../../../shared/data/attacks/blns/blns.json', import.meta.url);
describe.runIf(existsSync(naughty))('naughty strings', () => {
  it('are answered or refused, asked for as they are, as phrases, and of drafts', async () => {
    const strings: string[] = JSON.parse(readFileSync(naughty, 'utf8'));
    for (const text of strings.filter((each) => each.length <= queryLengthMax)) {
      await settle((sort) => pathOf(text, `${everything}&sort=${sort}`), ['relevance']);
      const phrase = await app.get(pathOf(`"${text}"`.slice(0, queryLengthMax), 'perspective=draft'), { as: 'viewer' });
      expect([200, 400], text).toContain(phrase.status);
    }
  }, 120_000);

  it('are indexed as they are, and found where they have a word', async () => {
    const strings: string[] = JSON.parse(readFileSync(naughty, 'utf8'));
    const text = strings.filter((each) => !each.includes('\0') && each.isWellFormed()).join('\n');
    const first = (count: number) => [...text].slice(0, count).join('').trim();
    await makeArticle(app, { title: first(200), body: { text } });
    await publish('naughty', { title: '顽皮字符串', summary: first(1000), body: { text } });
    expect(await found('顽皮字符串')).toEqual(['naughty']);
    expect(await found('undefined')).toEqual(['naughty']);
  });
});
