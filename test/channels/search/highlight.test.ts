// What search marks in its results.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSegmenter, type LearningSegmenter } from '../../../src/channels/search/analysis/segmenter.ts';
import { highlightText, highlightWhole } from '../../../src/channels/search/highlight/highlight.ts';
import { type Wanted, wantedOf } from '../../../src/channels/search/highlight/wanted.ts';
import { analyseQuery } from '../../../src/channels/search/query/analyse.ts';
import { parseQuery } from '../../../src/channels/search/query/parse.ts';

let segmenter: LearningSegmenter;
beforeAll(() => {
  segmenter = createSegmenter();
});
const wanted = (q: string): Wanted => wantedOf(analyseQuery(segmenter, parseQuery(q)));

describe('a whole text', () => {
  const cases: [q: string, text: string, marked: string | null][] = [
    ['青岛', '青岛港在青岛', '<mark>青岛</mark>港在<mark>青岛</mark>'],
    ['青岛 港', '青岛港', '<mark>青岛港</mark>'],
    ['北京', '青岛港', null],
    ['兩會', '两会开幕', '<mark>两会</mark>开幕'],
    ['两会', '兩會開幕', '<mark>兩會</mark>開幕'],
    ['ＧＤＰ', '今年gdp与ＧＤＰ', '今年<mark>gdp</mark>与<mark>ＧＤＰ</mark>'],
    ['city', 'Cities and citizens', '<mark>Cities</mark> and citizens'],
    ['qingdao', '青岛的海', '<mark>青岛</mark>的海'],
    ['汪小帆', '院士汪小帆说', '院士<mark>汪小帆</mark>说'],
    ['"互联网大会"', '互联网，大会，互联网大会', '互联网，大会，<mark>互联网大会</mark>'],
    ['青岛 -北京', '青岛与北京', '<mark>青岛</mark>与北京'],
    ['怎么去青岛', '怎么不去青岛', '怎么不去<mark>青岛</mark>'],
    ['5G', '5G 与 15G', '<mark>5G</mark> 与 15G'],
    ['青岛', '<b>青岛</b> & "x"', '&lt;b&gt;<mark>青岛</mark>&lt;/b&gt; &amp; &quot;x&quot;'],
  ];
  it.each(cases)('of %s is marked: %s', (q, text, marked) => {
    expect(highlightWhole(text, wanted(q))).toBe(marked);
  });
});

describe('fragments of a long text', () => {
  const filler = '这一天天气很好，人们都出门走走。'.repeat(30);

  it('show where most of the query stands, in the order of the text, cut at the ends of sentences', () => {
    const text = `${filler}工业很重要。${filler}青岛的工业互联网大会开幕了，有一千人参加。${filler}`;
    const found = highlightText(text, wanted('青岛 工业 大会'));
    expect(found.join('')).toContain('<mark>青岛</mark>的<mark>工业</mark>互联网<mark>大会</mark>开幕了');
    expect(found.length).toBeLessThanOrEqual(2);
    for (const fragment of found) expect(fragment).toMatch(/^….*…$/);
  });

  it('of a text in which nothing is found are none', () => {
    expect(highlightText(filler, wanted('青岛'))).toEqual([]);
  });

  it('never halve a character', () => {
    const text = `${'👨‍👩‍👧‍👦'.repeat(60)}青岛${'👨‍👩‍👧‍👦'.repeat(60)}`;
    for (const fragment of highlightText(text, wanted('青岛'))) {
      expect(fragment.replace(/<\/?mark>|…/g, '').replace(/青岛/, '')).toMatch(/^(?:👨‍👩‍👧‍👦)*$/u);
    }
  });
});

const readHtml = (html: string) =>
  html
    .replace(/<\/?mark>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');

describe('whatever the text', () => {
  const piece = fc.constantFrom(
    '青岛',
    '<script>',
    '</mark>',
    '&lt;',
    '"',
    "'",
    '&',
    'Cities',
    '臺灣',
    'é',
    '👩‍🚀',
    '\ud83d',
    ' ',
  );
  const texts = fc
    .array(fc.oneof(piece, fc.string({ unit: 'grapheme' })), { maxLength: 40 })
    .map((parts) => parts.join(''));
  const query = '青岛 city 台湾 script mark';

  it('without marks it reads as it was written', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const marked = highlightWhole(text, wanted(query));
        if (marked !== null) expect(readHtml(marked)).toBe(text);
      }),
    );
  });

  it('there is no markup but marks, opened and closed in turn', () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const html of [highlightWhole(text, wanted(query)) ?? '', ...highlightText(text, wanted(query))]) {
          expect(html.replace(/<mark>[^<>]*<\/mark>/g, '')).not.toMatch(/[<>]/);
        }
      }),
    );
  });
});
