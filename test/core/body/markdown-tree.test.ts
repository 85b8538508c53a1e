// Markdown is read straight from its tokens; by way of the HTML that it stands for it must say the same.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Draft } from '../../../src/core/body/draft.ts';
import { parseMarkdown, readMarkdown, readThroughHtml } from '../../../src/core/body/read-markdown.ts';
import { createReport, type Report } from '../../../src/core/body/report.ts';
import { Problem } from '../../../src/core/problems.ts';
import { htmlOf, removedOf } from './parse.ts';

/** What comes of reading: what was removed is told in any order. */
async function outcomeOf(read: (report: Report) => Promise<Draft[]>): Promise<unknown> {
  const report = createReport();
  try {
    const drafts = await read(report);
    return {
      drafts,
      removed: report.list().toSorted((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1)),
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { code: error.code, errors: error.errors };
  }
}

async function expectSame(markdown: string): Promise<void> {
  const direct = await outcomeOf((report) => readMarkdown(markdown, report));
  const throughHtml = await outcomeOf(async (report) => readThroughHtml(await parseMarkdown(markdown), report));
  expect(direct, JSON.stringify(markdown)).toEqual(throughHtml);
}

const signs =
  'a|b|青岛|再开放。|“|”|！|1.|　|\u00a0|😀| |  |\t|*|**|***|_|__|~~|`|``|# |#### |- |* |1. |3) |  - |    |> |>> |[|](|)|![|\\*|\\|<|>|"';
const lines = [
  '\n',
  '\n\n',
  '  \n',
  '\\\n',
  '\r\n',
  '===\n',
  '---\n',
  '***\n',
  '```\n',
  '```js\n',
  '~~~ a/b c\n',
  '|-|\n',
];
const tables = ['| a | b |\n', '|---|:-:|\n', '| 1 | **2** [l](/m) ![p](/q) |\n', '| x\n', '|'];
const links = [
  '[x](/y)',
  '[x](https://a.cn/?a=1&b=2 "t")',
  '[x](javascript:a)',
  '[x](<a b:c>)',
  '[x](//a.cn)',
  '[x](data:a)',
  '<http://a.cn>',
  '<javascript:a>',
  '<a@b.cn>',
  '[r]',
  '[r]: /s "t"\n',
];
const pictures = ['![alt *e*](/i.jpg)', '![](/i.jpg)', '![a](data:x)', '![a](/i.jpg "说\\"明")', '![](x "")'];
const entities = ['&amp;', '&nbsp;', '&#0;', '&#x41;', '&emsp;', '&lt;b&gt;', '&copy', '\\&'];
const plain = [...signs.split('|'), ...lines, ...tables, ...links, ...pictures, ...entities];

const raw = [
  '<u>b</u>',
  '<u>',
  '</u>',
  '<br>',
  '<sub>2</sub>',
  '\n\n<figure><img src="/a"><figcaption>b <span class="credit">c</span></figcaption></figure>\n\n',
  '\n\n<table><tr><td>a<td>b</table>\n\n',
  '\n\n<iframe src="https://v.cn/x"></iframe>\n\n',
  '<div>\n',
  '</div>\n',
  '\n\n<blockquote>\n\n',
  '</blockquote>\n',
  '\n\n<p>',
  '</p>',
  '<li>',
  '<foo>',
  '</foo>',
  '<a href="javascript:x">',
  '</a>',
  '<img src=x onerror=y>',
  '<!-- c -->',
  '<!--',
  '<script>x</script>',
  '<script>\n',
  '<textarea>',
  '<noscript>',
  '<svg>',
  '<![CDATA[',
  '<?x',
  '<masthead-border></masthead-border>',
  '</Masthead-Border>',
];

const anyOf = (pieces: readonly string[]) =>
  fc.array(fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: fc.string() }), {
    minLength: 1,
    maxLength: 25,
  });

describe('Markdown read from its tokens', () => {
  it('of signs in any order says what its HTML says', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(anyOf(plain), (parts) => expectSame(parts.join(''))),
      { numRuns: 1500 },
    );
  });

  it('with raw HTML in between, closed or not, says what its HTML says', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(anyOf([...plain, ...plain, ...raw]), (parts) => expectSame(parts.join(''))),
      { numRuns: 1500 },
    );
  });

  it.each([
    ['a loose list with paragraphs, code and a quotation', '1. a\n\n   b\n\n       c\n2. > d\n\n   - e\n     f\n'],
    [
      'a list deeper than there are levels',
      [...'abcdefgh'].map((letter, i) => `${'  '.repeat(i)}- ${letter}`).join('\n'),
    ],
    ['headings in a quotation', '> # a\n> b\n\n> - ## c'],
    ['emphasis beside Chinese signs', '是**“推介”**青岛，*势*头***重***的~~旧~~'],
    ['a line break in each place', 'a  \nb\\\nc\n青\t\n岛\n再**开\n放**  \n\nd'],
    [
      'a table with alignment, marks, a picture and escapes',
      '| a | b |\n|:-|-:|\n| *1* | `2\\|` |\n| ![x](/y "z") | [l](/m) |',
    ],
    ['a table of one cell', '| a |\n|---|'],
    ['pictures between words, in a link, in a heading', 'a ![b](/c "d") e\n\n[![f](/g)](/h)\n\n# i ![j](/k "l") m'],
    ['code with a language that is none', '```a"b<c>\n&lt;<b>\n\n```\n\n``` \nd\n```'],
    [
      'links of each kind',
      '[a](java&#115;cript:x) [b](<mailto:a@b.cn>) [c](tel:1 "t") [d](a:b) [e]()\n\n[f][g]\n\n[g]: data:x',
    ],
    ['entities', '&amp;lt; &#39;&quot;&nbsp;&NotAnEntity; &#xD800; &#0;'],
    ['a hundred marks within each other', `${'*a **b '.repeat(60)}c${'** d* '.repeat(60)}`],
    ['more than 60,000 cells', `|a|b|\n|-|-|\n${'|c|d|\n'.repeat(31_000)}`],
  ])('%s', async (_what, markdown) => {
    await expectSame(markdown);
  });
});

describe('raw HTML in Markdown', () => {
  it('that closes itself leaves the rest to the tokens', async () => {
    const markdown = 'a **b**\n\n<figure><figcaption>c</figcaption></figure>\n\n- d <u>e</u>\n\n<p>f</p> g\n\nh';
    expect(await htmlOf({ markdown })).toBe(
      '<p>a <strong>b</strong></p><figure><figcaption>c</figcaption></figure><ul><li>d <u>e</u></li></ul><p>f</p><p>g</p><p>h</p>',
    );
  });

  it('that stays open reaches over what follows, as in HTML', async () => {
    expect(await htmlOf({ markdown: '<blockquote>\n\na\n\n- b' })).toBe(
      '<blockquote><p>a</p><ul><li>b</li></ul></blockquote>',
    );
    expect(await htmlOf({ markdown: 'a\n\n<!-- b\n\nc' })).toBe('<p>a</p>');
  });

  it('is reported once, in whichever way it was read', async () => {
    const removed = [
      { kind: 'element', name: 'script', count: 1 },
      { kind: 'url', name: 'javascript:', count: 1 },
    ];
    const closed = '<script>a</script>\n\n[b](javascript:c)';
    expect(await removedOf({ markdown: closed })).toEqual(removed);
    expect(await removedOf({ markdown: `${closed}\n\n<section>\n\nd` })).toEqual(removed);
  });

  it('cannot name the border between two pieces', async () => {
    const markdown = '<b>a</b>\n\n</masthead-border><masthead-border>\n\n<blockquote>\n\n<i>b</i>\n\nc';
    expect(await htmlOf({ markdown })).toBe(
      '<p><strong>a</strong></p><blockquote><p><em>b</em></p><p>c</p></blockquote>',
    );
    expect((await removedOf({ markdown })).map(({ name }) => name)).toEqual(['masthead-border']);
  });
});
