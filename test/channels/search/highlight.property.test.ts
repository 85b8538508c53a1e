// What holds for marks and fragments, whatever the text.
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSegmenter } from '../../../src/channels/search/analysis/segmenter.ts';
import { highlightText, highlightWhole } from '../../../src/channels/search/highlight/highlight.ts';
import { type Wanted, wantedOf } from '../../../src/channels/search/highlight/wanted.ts';
import { analyseQuery } from '../../../src/channels/search/query/analyse.ts';
import { parseQuery } from '../../../src/channels/search/query/parse.ts';

const segmenter = createSegmenter();
const wanted = (q: string): Wanted => wantedOf(analyseQuery(segmenter, parseQuery(q)));
const queries = ['青岛 city 株式 GDP', '岛', '"青岛。工业"', 'qingdao fi', '"港 city"', 'mark amp lt'].map(wanted);

const piece = fc.constantFrom(
  ...[
    '青岛',
    '青島',
    '工业',
    '株式',
    '㍿',
    '岛',
    '港',
    '。',
    '，',
    '\n',
    '\r\n',
    ' ',
    '　',
    'city',
    'Cities',
    'GDP',
    'ＧＤＰ',
  ],
  ...[
    '<b>',
    '</mark>',
    '<mark>',
    '&amp;',
    '&',
    '"',
    "'",
    '…',
    '3.5',
    'ﬁ',
    '각',
    'e\u0301',
    '\u0301',
    '\u200d',
    '\u0e33',
  ],
  ...['👨‍👩‍👧‍👦', '🇨🇳', '👍🏽', 'क्षि', '\ud83d', '\udc00'],
);
const texts = fc
  .array(fc.oneof({ weight: 6, arbitrary: piece }, { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }) }), {
    maxLength: 400,
  })
  .map((parts) => parts.join(''));

const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
const read = (html: string) =>
  html.replace(/<\/?mark>/g, '').replace(/&(?:lt|gt|quot|#39|amp);/g, (name) => entities[name]!);
const flat = (text: string) => text.replace(/\s+/gu, ' ').trim();
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const isWithin = (text: string, at: number) =>
  at > 0 && at < text.length && graphemes.segment(text).containing(at)!.index !== at;

/** Where marks begin and end in what is read. */
function edgesOf(html: string): number[] {
  let at = 0;
  return html.split(/(<\/?mark>)/).flatMap((part) => {
    if (/^<\/?mark>$/.test(part)) return [at];
    at += read(part).length;
    return [];
  });
}

/** A fragment with and without what may tell that the text goes on. */
const readings = (html: string) => {
  const text = read(html);
  return [text, text.replace(/^…/, ''), text.replace(/…$/, ''), text.replace(/^…|…$/g, '')];
};

function hold(judge: (text: string, query: Wanted) => void): void {
  fc.assert(
    fc.property(texts, (text) => {
      for (const query of queries) judge(text, query);
    }),
    { numRuns: 200 },
  );
}
const all = (text: string, query: Wanted) => [highlightWhole(text, query) ?? '', ...highlightText(text, query)];

describe('whatever the text', () => {
  it('marks begin and end where characters do', () => {
    hold((text, query) => {
      const html = highlightWhole(text, query);
      if (html !== null) expect(edgesOf(html).filter((at) => isWithin(text, at))).toEqual([]);
    });
  });

  it('marks that touch are one, and none is empty', () => {
    hold((text, query) => {
      for (const html of all(text, query)) expect(html).not.toMatch(/<\/mark><mark>|<mark><\/mark>/);
    });
  });

  it('a fragment is a stretch of it, blanks aside, that halves no character', () => {
    hold((text, query) => {
      const within = flat(text);
      const isStretch = (part: string) => {
        for (let at = within.indexOf(part); at !== -1; at = within.indexOf(part, at + 1)) {
          if (!isWithin(within, at) && !isWithin(within, at + part.length)) return true;
        }
        return false;
      };
      for (const html of highlightText(text, query)) expect(readings(html).some(isStretch), html).toBe(true);
    });
  });

  it('there are at most two fragments, none longer than promised, and each shows what was found', () => {
    hold((text, query) => {
      const found = highlightText(text, query);
      expect(found.length).toBeLessThanOrEqual(2);
      for (const html of found) {
        expect(read(html).length).toBeLessThanOrEqual(162);
        expect(html).toContain('<mark>');
      }
    });
  });
});

describe('a long text', () => {
  const dull = '天气很好，人们出门走走。'.repeat(40);

  it('is shown where most of the query is, however often one word of it stands elsewhere', () => {
    const found = highlightText(`${'青岛，'.repeat(2000)}。${dull}工业大会。`, wanted('青岛 工业 大会'));
    expect(found.at(-1)).toContain('<mark>工业大会</mark>');
  });

  it('is shown at a phrase that is longer than a fragment', () => {
    const phrase = '一二三四五六七八九十'.repeat(30);
    const [fragment] = highlightText(`${dull}${phrase}。`, wanted(`"${phrase}"`));
    expect(fragment).toContain('<mark>一二三');
    expect(read(fragment!).length).toBeLessThanOrEqual(162);
  });

  it('of English is cut between words', () => {
    const words = Array.from({ length: 400 }, (_, n) => `word${n}`).join(' ');
    const [fragment] = highlightText(words.replace('word200', 'Qingdao'), wanted('qingdao'));
    expect(fragment).toMatch(/^…word\d{3} .* word\d{3}…$/);
    expect(words).toContain(fragment!.slice(1, fragment!.indexOf(' ')));
  });
});

const naughty = '../shared/data/attacks/blns/blns.json';
it.skipIf(!existsSync(naughty))('naughty strings around what was found stay text (needs ../shared/data)', () => {
  for (const text of JSON.parse(readFileSync(naughty, 'utf8')) as string[]) {
    const html = highlightWhole(`${text} 青岛 ${text}`, wanted('青岛'))!;
    expect(read(html)).toBe(`${text} 青岛 ${text}`);
    expect(html.replace(/<\/?mark>/g, '')).not.toMatch(/[<>"']/);
  }
});
