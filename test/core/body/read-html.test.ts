import { describe, expect, it } from 'vitest';
import { blocksOf, htmlOf, removedOf, withoutKeys } from './parse.ts';

const text = (value: string, more: object = {}) => ({
  _type: 'block',
  style: 'normal',
  children: [{ _type: 'span', text: value, marks: [] }],
  markDefs: [],
  ...more,
});

describe('HTML input', () => {
  it('makes paragraphs without their ideographic indents', async () => {
    const blocks = await blocksOf({ html: '<div><p>　　青岛&nbsp;</p><p>&emsp;再开放</p></div>' });
    expect(withoutKeys(blocks)).toEqual([text('青岛'), text('再开放')]);
  });

  it('maps h1 to h2 and h5 and h6 to h4', async () => {
    const html = [1, 2, 3, 4, 5, 6].map((level) => `<h${level}>x</h${level}>`).join('');
    const styles = (await blocksOf({ html })).map((block) => block._type === 'block' && block.style);
    expect(styles).toEqual(['h2', 'h2', 'h3', 'h4', 'h4', 'h4']);
  });

  it('reads the number of a heading, and keeps a number without a heading as text', async () => {
    const number = '<span class="number">1</span>';
    expect(withoutKeys(await blocksOf({ html: `<h2>${number} 青岛</h2>` }))).toEqual([
      text('青岛', { style: 'h2', number: '1' }),
    ]);
    expect(withoutKeys(await blocksOf({ html: `<h2>${number}</h2>` }))).toEqual([text('1', { style: 'h2' })]);
  });

  it('keeps nested lists with their kind and level', async () => {
    const html = '<ul><li>a<ol><li>b</li></ol></li><li><p>c</p><p>d</p></li></ul>';
    expect(withoutKeys(await blocksOf({ html }))).toEqual([
      text('a', { listItem: 'bullet', level: 1 }),
      text('b', { listItem: 'number', level: 2 }),
      text('c\nd', { listItem: 'bullet', level: 1 }),
    ]);
  });

  it('keeps each paragraph and list of a quotation as quoted', async () => {
    const html = '<blockquote><p>a</p><ul><li>b</li></ul></blockquote><p>c</p>';
    expect(withoutKeys(await blocksOf({ html }))).toEqual([
      text('a', { style: 'blockquote' }),
      text('b', { style: 'blockquote', listItem: 'bullet', level: 1 }),
      text('c'),
    ]);
  });

  it('reads a figure with caption, credit and size, also without a picture', async () => {
    const caption = '<figcaption>说明 <span class="credit">新华社</span></figcaption>';
    expect(
      withoutKeys(await blocksOf({ html: `<figure><img src="//a.cn/b.jpg" width="9">${caption}</figure>` })),
    ).toEqual([{ _type: 'figure', url: 'https://a.cn/b.jpg', width: 9, caption: '说明', credit: '新华社' }]);
    expect(withoutKeys(await blocksOf({ html: `<figure>${caption}</figure>` }))).toEqual([
      { _type: 'figure', url: null, caption: '说明', credit: '新华社' },
    ]);
  });

  it('splits a paragraph at a picture and takes the late-loaded address', async () => {
    const html = '<p>前<img src="data:image/gif;base64,x" data-src="https://a.cn/b.jpg">后</p>';
    expect(withoutKeys(await blocksOf({ html }))).toEqual([
      text('前'),
      { _type: 'figure', url: 'https://a.cn/b.jpg' },
      text('后'),
    ]);
  });

  it('reads a table with header rows and spreads merged cells', async () => {
    const html =
      '<table><tr><th>a</th><th>b</th></tr><tr><td rowspan="2">1</td><td>2</td></tr><tr><td>3</td></tr></table>';
    expect(withoutKeys(await blocksOf({ html }))).toEqual([
      {
        _type: 'table',
        headerRows: 1,
        rows: [
          ['a', 'b'],
          ['1', '2'],
          ['', '3'],
        ],
      },
    ]);
  });

  it('treats a table of one cell as layout', async () => {
    const html = '<table><tr><td><p>a</p><p>b</p></td></tr></table>';
    expect(withoutKeys(await blocksOf({ html }))).toEqual([text('a'), text('b')]);
    expect(await removedOf({ html })).toEqual([{ kind: 'structure', name: 'table of one cell', count: 1 }]);
  });

  it('keeps code as it stands', async () => {
    const html = '<pre><code class="language-ts">a  &lt; b\n\n c\n</code></pre>';
    expect(withoutKeys(await blocksOf({ html }))).toEqual([{ _type: 'code', language: 'ts', text: 'a  < b\n\n c' }]);
  });

  it('embeds only from https and reports the rest', async () => {
    const html =
      '<iframe src="https://v.qq.com/a"></iframe><iframe src="http://v.qq.com/a"></iframe><iframe src="/a"></iframe>';
    expect(withoutKeys(await blocksOf({ html }))).toEqual([{ _type: 'embed', url: 'https://v.qq.com/a' }]);
    expect(await removedOf({ html })).toContainEqual({ kind: 'element', name: 'iframe', count: 2 });
  });

  it('joins Chinese across a line wrap, and keeps the space between words', async () => {
    expect(await htmlOf({ html: '<p>青岛\n再开放,\n又 good\nnews</p>' })).toBe('<p>青岛再开放, 又 good news</p>');
  });

  it('does not run the words of removed elements together', async () => {
    expect(await htmlOf({ html: '<dl><dt>a</dt><dd>b</dd></dl><address>c</address>d' })).toBe(
      '<p>a</p><p>b</p><p>c</p><p>d</p>',
    );
  });

  it('makes a paragraph of two line breaks and keeps one', async () => {
    expect(await htmlOf({ html: 'a<br>b<br><br>　c' })).toBe('<p>a<br>b</p><p>c</p>');
  });

  it('reports everything it removed with how often', async () => {
    const html =
      '<p onclick="x" style="color:red">a<script>b</script><font>c</font></p><a href="javascript:d">e</a><!-- f --><hr><input>';
    expect(await removedOf({ html })).toEqual([
      { kind: 'comment', name: 'comment', count: 1 },
      { kind: 'attribute', name: 'onclick', count: 1 },
      { kind: 'style', name: 'style', count: 1 },
      { kind: 'element', name: 'script', count: 1 },
      { kind: 'url', name: 'javascript:', count: 1 },
      { kind: 'element', name: 'hr', count: 1 },
      { kind: 'element', name: 'input', count: 1 },
    ]);
  });

  it('reports markup that a cell or caption cannot hold', async () => {
    const html = '<table><tr><td><b>a</b></td><td><a href="/x">b</a></td></tr></table>';
    expect(await removedOf({ html })).toEqual([
      { kind: 'structure', name: 'strong in table', count: 1 },
      { kind: 'structure', name: 'link in table', count: 1 },
    ]);
  });
});
