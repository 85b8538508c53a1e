import { describe, expect, it } from 'vitest';
import { parseBody } from '../../../src/core/body/read.ts';
import { blocksSchema, bodyInputSchema, bodyOutputSchema } from '../../../src/core/body/schema.ts';
import { blocksOf, htmlOf, markdownOf, problemOf, removedOf, textOf } from './parse.ts';

describe('the form of a body', () => {
  it('is exactly one, and the message says which there are', () => {
    for (const body of [{}, { html: 'a', text: 'b' }]) {
      const message = bodyInputSchema.safeParse(body).error?.issues[0]?.message;
      expect(message).toBe('Give the body in exactly one of the forms "markdown", "html", "text" and "blocks"');
    }
    expect(bodyInputSchema.safeParse({ md: 'a' }).error?.issues[0]?.message).toContain('"md"');
  });

  it('has closed objects', () => {
    const span = { _type: 'span', text: 'a' };
    expect(bodyInputSchema.safeParse({ blocks: [{ _type: 'block', children: [span], extra: 1 }] }).success).toBe(false);
    expect(bodyInputSchema.safeParse({ blocks: [{ _type: 'block', children: [{ ...span, extra: 1 }] }] }).success).toBe(
      false,
    );
    expect(bodyOutputSchema.safeParse({ html: 'a', text: 'b' }).success).toBe(false);
  });

  it('holds no NUL and no half of a surrogate pair', async () => {
    for (const value of ['a\0', 'a\ud800', '\udc00a']) {
      for (const form of ['html', 'markdown', 'text'] as const) {
        expect((await problemOf({ [form]: value })).errors[0]?.pointer).toBe(`/body/${form}`);
      }
    }
    expect(await textOf({ text: '😀𠮷' })).toBe('😀𠮷');
  });
});

describe('keys', () => {
  const html = '<p>a<b>b</b></p><p><a href="/c">c</a></p>';

  it('are the same for the same input and differ in the document', async () => {
    const [first, second] = [await blocksOf({ html }), await blocksOf({ html })];
    expect(first).toEqual(second);
    const keys = JSON.stringify(first).match(/"_key":"[^"]+"/g) ?? [];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('given by a client are kept, and given where missing or taken', async () => {
    const block = (key?: string) => ({ _type: 'block', _key: key, children: [{ _type: 'span', text: 'a' }] });
    const body = bodyInputSchema.parse({ blocks: [block('b1'), block(), block('b1'), block('b0'), block()] });
    const blocks = await blocksOf(body);
    expect(blocks.map((each) => each._key)).toEqual(['b1', 'b2', 'b3', 'b0', 'b4']);
    expect(blocksSchema.safeParse(blocks).success).toBe(true);
  });
});

describe('blocks input', () => {
  const read = (blocks: unknown[]) => parseBody(bodyInputSchema.parse({ blocks }));
  const issueOf = (blocks: unknown[]) => bodyInputSchema.safeParse({ blocks }).error?.issues[0]?.path.join('/');

  it('comes back as it was once it is complete', async () => {
    const { blocks } = await read([{ _type: 'block', listItem: 'bullet', children: [{ _type: 'span', text: ' a ' }] }]);
    expect((await read(blocks)).blocks).toEqual(blocks);
  });

  it('refuses marks that refer to nothing, links with scripts and numbers outside headings', () => {
    const span = { _type: 'span', text: 'a' };
    expect(issueOf([{ _type: 'block', children: [{ ...span, marks: ['x'] }] }])).toBe('blocks/0/children/0/marks/0');
    const link = { _type: 'link', _key: 'x', href: 'javascript:alert(1)' };
    expect(issueOf([{ _type: 'block', children: [{ ...span, marks: ['x'] }], markDefs: [link] }])).toBe(
      'blocks/0/markDefs/0/href',
    );
    expect(issueOf([{ _type: 'block', number: '1', children: [span] }])).toBe('blocks/0/number');
    expect(issueOf([{ _type: 'figure', url: 'data:image/png;base64,x' }])).toBe('blocks/0/url');
    expect(issueOf([{ _type: 'embed', url: 'http://a.cn' }])).toBe('blocks/0/url');
  });

  it('reports a link that no text refers to', async () => {
    const { removed } = await read([
      { _type: 'block', children: [], markDefs: [{ _type: 'link', _key: 'x', href: '/' }] },
    ]);
    expect(removed).toEqual([{ kind: 'structure', name: 'unused link', count: 1 }]);
  });
});

describe('text input', () => {
  it('has paragraphs apart by blank lines, and lines inside them', async () => {
    expect(await htmlOf({ text: '　　甲\r\n乙\r\n \r\n  丙' })).toBe('<p>甲<br>乙</p><p>丙</p>');
  });

  it('has a paragraph on each line where no line is blank', async () => {
    expect(await htmlOf({ text: '\n　　甲\n　　乙\n' })).toBe('<p>甲</p><p>乙</p>');
  });

  it('is never markup', async () => {
    expect(await htmlOf({ text: '<b>**a**</b>' })).toBe('<p>&lt;b&gt;**a**&lt;/b&gt;</p>');
  });
});

describe('Markdown input', () => {
  it('reads tables, pictures with captions, lists, code and strikethrough', async () => {
    const markdown = '| a | b |\n|---|---|\n| 1 | 2 |\n\n![x](/a.jpg "y")\n\n- a\n  1. b\n\n```js\nc\n```\n\n~~d~~';
    expect(await htmlOf({ markdown })).toBe(
      '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>' +
        '<figure><img src="/a.jpg" alt="x"><figcaption>y</figcaption></figure>' +
        '<ul><li>a<ol><li>b</li></ol></li></ul><pre><code class="language-js">c</code></pre><p><s>d</s></p>',
    );
  });

  it('sends raw HTML through the same allow-list and reports what goes', async () => {
    const markdown = 'a <u>b</u> <img src=x onerror=alert(1)> [c](javascript:alert(1))\n\n<script>alert(1)</script>';
    expect(await htmlOf({ markdown })).toBe('<p>a <u>b</u></p><figure><img src="x" alt=""></figure><p>c</p>');
    expect((await removedOf({ markdown })).map((each) => each.name)).toEqual(['onerror', 'javascript:', 'script']);
  });

  it('is printed so that emphasis beside Chinese punctuation stays emphasis', async () => {
    const html = '<p>是<strong>“顶格推介”</strong>青岛<em>势</em>头</p>';
    expect(await markdownOf({ html })).toBe('是<strong>“顶格推介”</strong>青岛*势*头');
    expect(await htmlOf({ markdown: await markdownOf({ html }) })).toBe(html);
  });
});
