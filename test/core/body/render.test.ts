import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderBody } from '../../../src/core/body/render.ts';
import {
  type Block,
  bodyFormats,
  bodyInputSchema,
  bodyOutputSchema,
  decorators,
} from '../../../src/core/body/schema.ts';
import { countWords, countWordsOf, listWords } from '../../../src/core/body/words.ts';
import { blocksOf, htmlOf, markdownOf, removedOf, textOf, withoutKeys } from './parse.ts';

const story =
  '<h2>题 &amp; 目</h2><p>一<strong>二<em>三</em></strong><a href="https://a.cn/?a=1&amp;b=(2)">四 <code>五`</code></a><br>六</p>' +
  '<ul><li>七<ol><li>八</li></ol></li><li>九</li></ul><ol><li>十</li></ol><blockquote><p>引</p><ul><li>项</li></ul></blockquote>' +
  '<figure><img src="/a.jpg" alt="&quot;图&quot;" width="3"><figcaption>说<br>明 <span class="credit">社</span></figcaption></figure>' +
  '<figure><img src="/b.jpg" alt="*"><figcaption>&quot;b\\&quot;</figcaption></figure><figure><figcaption>缺图</figcaption></figure>' +
  '<table><caption>表</caption><tr><td>a</td><td>b|</td></tr></table><table><tr><th>a|</th></tr><tr><td>b<br>c</td></tr></table>' +
  '<iframe src="https://v.cn/x" title="片" data-provider="v"></iframe><pre><code class="language-md">``` \n\n&lt;</code></pre>' +
  '<p><u>u</u><s>s</s>H<sub>2</sub>O<sup>3</sup></p>';

describe('round trips', () => {
  it('HTML to blocks to HTML is stable and removes nothing', async () => {
    const first = await blocksOf({ html: story });
    const { html } = renderBody(first, 'html');
    expect(await blocksOf({ html })).toEqual(first);
    expect(await removedOf({ html })).toEqual([]);
  });

  it('blocks to Markdown to blocks loses nothing', async () => {
    const first = await blocksOf({ html: story });
    const { markdown } = renderBody(first, 'markdown');
    expect(withoutKeys(await blocksOf({ markdown }))).toEqual(withoutKeys(first));
    expect(await removedOf({ markdown })).toEqual([]);
  });

  it('Markdown that was printed once is printed the same again', async () => {
    const markdown =
      '# a\n\n* b\n* c\n\n> d\n\n![e](/f)\n\n1) g\n\n| h |\n|:-:|\n| i |\n\n~~~\nj\n~~~\n\n***k*** __l__ <http://m.cn>';
    const once = await markdownOf({ markdown });
    expect(await markdownOf({ markdown: once })).toBe(once);
  });

  it('any marked text survives HTML and Markdown', async () => {
    const chars = fc.constantFrom(...'aZ1中“”,。*_`~[]()<>!#-+=.|:&\\"\'😀 '.match(/./gu)!, '\n', '&lt;', '1. ', '- ');
    const span = fc.record({
      text: fc.array(chars, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('')),
      marks: fc.uniqueArray(fc.constantFrom(...decorators, 'k'), { maxLength: 3 }),
    });
    const visible = (html: string) => html.replace(/<[^>]*>|\s/g, '');
    const marked = (blocks: Block[]) =>
      blocks.flatMap((block) =>
        block._type !== 'block'
          ? [block._type]
          : block.children.flatMap(({ text, marks }) =>
              Array.from(
                text.replace(/\s/g, ''),
                (char) => char + marks.map((mark) => mark.replace(/^b\d+m\d+$/, 'k')).sort(),
              ),
            ),
      );
    await fc.assert(
      fc.asyncProperty(
        fc.array(span, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('normal', 'h2'),
        async (spans, style) => {
          const markDefs = [{ _type: 'link', _key: 'k', href: 'https://a.cn/' }];
          const children = spans.map((each) => ({ _type: 'span', ...each }));
          const blocks = await blocksOf(
            bodyInputSchema.parse({ blocks: [{ _type: 'block', style, children, markDefs }] }),
          );
          const { html } = renderBody(blocks, 'html');
          expect(marked(await blocksOf({ html }))).toEqual(marked(blocks));
          const { markdown } = renderBody(blocks, 'markdown');
          expect(marked(await blocksOf({ markdown })), markdown).toEqual(marked(blocks));
          expect(visible(await htmlOf({ markdown }))).toBe(visible(html));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('text output', () => {
  it('keeps every character of text input that is not white space', async () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\n', '\n\n', '　', '\r', '\u2028', '\u0085', ' '),
    );
    const visible = (text: string) => text.replace(/[\s\u0085]/g, '');
    await fc.assert(
      fc.asyncProperty(fc.array(unit), async (parts) => {
        const text = parts
          .join('')
          .replaceAll('\0', '')
          .replace(/\p{Cs}/gu, '');
        expect(visible(await textOf({ text }))).toBe(visible(text));
      }),
      { numRuns: 500 },
    );
  });

  it('shows what a reader sees, once, with the number of a heading on its own line', async () => {
    const html =
      '<h2><span class="number">1</span> 青岛再开放</h2><p>正文<a href="/x">链接</a></p>' +
      '<figure><img src="/a.jpg" alt="不见"><figcaption>说明 <span class="credit">新华社</span></figcaption></figure>' +
      '<ol><li>甲</li><li>乙</li></ol>';
    expect(await textOf({ html })).toBe('1\n\n青岛再开放\n\n正文链接\n\n说明\n新华社\n\n1. 甲\n2. 乙');
  });
});

describe('output', () => {
  it('prints the number of a heading in HTML and Markdown', async () => {
    const html = '<h2><span class="number">1</span> 青岛再开放</h2>';
    expect(await htmlOf({ html })).toBe(html);
    expect(await markdownOf({ html })).toBe('## 1 青岛再开放');
  });

  it('marks only external links as such', async () => {
    const html = '<p><a href="https://a.cn/" rel="noopener noreferrer">a</a> <a href="/b">b</a></p>';
    expect(await htmlOf({ html })).toBe(html);
  });

  it('fits the schema in each form and can be written back', async () => {
    const blocks = await blocksOf({ html: story });
    for (const format of bodyFormats) {
      const body = renderBody(blocks, format);
      expect(Object.keys(bodyOutputSchema.parse(body))).toEqual([format]);
      expect(bodyInputSchema.safeParse(body).success).toBe(true);
    }
  });

  it('judges addresses again, whatever was stored', () => {
    const blocks: Block[] = [
      {
        _type: 'block',
        _key: 'a',
        style: 'normal',
        children: [{ _type: 'span', _key: 'b', text: 'x', marks: ['c'] }],
        markDefs: [{ _type: 'link', _key: 'c', href: 'javascript:alert(1)' }],
      },
      { _type: 'figure', _key: 'd', url: 'javascript:alert(1)' },
      { _type: 'embed', _key: 'e', url: 'javascript:alert(1)' },
    ];
    expect(renderBody(blocks, 'html').html).toBe('<p>x</p><figure></figure>');
    expect(renderBody(blocks, 'markdown').markdown).not.toContain('javascript');
  });
});

describe('word count', () => {
  it('counts each CJK character and each other word or number once', async () => {
    const count = async (text: string) => countWords(await blocksOf({ text }));
    expect(await count('青岛再开放。')).toBe(5);
    expect(await count('5G基站1.5万个')).toBe(6);
    expect(await count("Don't panic, 42.2%")).toBe(3);
    expect(await count('カタカナー 한국')).toBe(7);
    expect(await count('')).toBe(0);
  });

  it('counts as many words as it lists', () => {
    const unit = fc.oneof(
      fc.constantFrom(..."青岛aé1.,’'。“”ー한カ\u0301𠮷😀 一鿿々〇٣\u0e31"),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    );
    const check = fc.property(
      fc.array(unit),
      (chars) => countWordsOf(chars.join('')) === listWords(chars.join('')).length,
    );
    fc.assert(check, { numRuns: 2000 });
  });

  it('counts captions and cells', async () => {
    const html = '<figure><figcaption>说明</figcaption></figure><table><tr><td>a</td><td>乙</td></tr></table>';
    expect(countWords(await blocksOf({ html }))).toBe(4);
  });
});
