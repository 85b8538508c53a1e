import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyseDocument, analyseName } from '../../../../src/channels/search/analysis/document.ts';
import { createSegmenter } from '../../../../src/channels/search/analysis/segmenter.ts';
import { createTestApp, type TestApp } from '../../../support/app.ts';
import { lexemesOf } from './lexemes.ts';

const segmenter = createSegmenter();
const none = { title: '', second: [], body: '', ids: [] };
const wordsOf = (fields: Partial<Parameters<typeof analyseDocument>[1]>) =>
  analyseDocument(segmenter, { ...none, ...fields }).words;

describe('what a document is found by', () => {
  it('is how often each word is in which field', () => {
    const words = wordsOf({ title: '青岛', second: ['青岛啤酒'], body: '青岛。青岛' });
    expect(words).toMatch(/(^| )'青岛':1A,2B,3,4( |$)/);
    expect(wordsOf({ body: '青岛。'.repeat(100) })).toMatch(/'青岛':1,2,3,4,5,6,7,8,9,10,11,12( |$)/);
  });

  it('has the words in longer words, every character, and every pair of neighbours', () => {
    const lexemes = lexemesOf(wordsOf({ body: '人民大会堂里' }));
    for (const lexeme of ['人民大会堂', '人民', '大会', '会堂', '民大', '堂', '堂里'])
      expect(lexemes).toContain(lexeme);
  });

  it('has a pair across a blank, and none across a sign or another script', () => {
    const lexemes = lexemesOf(wordsOf({ body: '青岛，烟台 潍坊A威海' }));
    for (const pair of ['岛烟', '坊威']) expect(lexemes).not.toContain(pair);
    expect(lexemes).toContain('台潍');
  });

  it('marks what the title has', () => {
    const lexemes = lexemesOf(wordsOf({ title: '重庆与长沙 Growing', body: '北京' }));
    for (const lexeme of ['^重庆', '^庆与', '^长', '^grow', '~chongqing', '~changsha'])
      expect(lexemes).toContain(lexeme);
    for (const lexeme of ['^北京', '~beijing']) expect(lexemes).not.toContain(lexeme);
  });

  it('has ids as they are, and no more of words without end than their beginning', () => {
    expect(wordsOf({ ids: ['@t1'] })).toBe("'@t1'");
    expect(wordsOf({ body: 'x'.repeat(1000) })).toBe(`'${'x'.repeat(60)}':1`);
  });

  it('knows whether a name is one word', () => {
    expect(analyseName(segmenter, '青岛')).toMatchObject({ folded: '青岛', isKnown: true });
    expect(analyseName(segmenter, ' 汪小帆 ')).toMatchObject({ folded: '汪小帆', isKnown: false });
  });
});

describe('as Postgres takes it', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp(import.meta.url);
  });
  afterAll(() => app.close());

  /** The lexemes that Postgres read, against those that were meant. */
  async function expectTaken(texts: readonly string[]) {
    for (const text of texts) {
      const body = [...text].reverse().join('');
      const made = analyseDocument(segmenter, { title: text, second: [text], body, ids: ['@e1'] });
      const [row] = await app.deps.db.sql.rows<{ lexemes: string[] }>(
        'select tsvector_to_array($1::tsvector) as lexemes',
        [made.words],
      );
      expect(new Set(row!.lexemes), JSON.stringify(text.slice(0, 80))).toEqual(lexemesOf(made.words));
    }
  }

  it('is a tsvector for any text', async () => {
    const any = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.string({ unit: fc.constantFrom(...`'\\:*&|!()<>青A1,`) }),
    );
    await expectTaken([...fc.sample(any, 300), `\u0000\ud800'\\`, "O'Brien's", 'ﷺ'.repeat(2000), '😀'.repeat(500)]);
  });

  const naughty = '../shared/data/attacks/blns/blns.json';
  it.skipIf(!existsSync(naughty))('is one for naughty strings (needs ../shared/data)', async () => {
    await expectTaken(JSON.parse(readFileSync(naughty, 'utf8')));
  });

  it('fits, however many words and pairs a long text has', async () => {
    const from = (first: number, count: number) => (n: number) =>
      String.fromCodePoint(first + (((n * 7919) ^ (n >> 3)) % count));
    const texts = [from(0x4e00, 20_900), from(0x20000, 40_000), from(0x61, 0xd000)].map((character) =>
      Array.from({ length: 120_000 }, (_, n) => character(n)).join(''),
    );
    await expectTaken([...texts, Array.from({ length: 40_000 }, (_, n) => `w${n}`).join(' '), 'ﷺ'.repeat(100_000)]);
  });
});
