// Body text over HTTP: written in one of its forms, read in all of them, and nothing live ever comes out as HTML.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listDangers, ownPayloads } from '../../core/body/dangers.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, publish } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app?.close());

const forms = ['blocks', 'html', 'markdown', 'text'] as const;
type Form = (typeof forms)[number];

async function readAll(id: string): Promise<Record<Form, unknown>> {
  const read: Partial<Record<Form, unknown>> = {};
  for (const form of forms) {
    const { status, body } = await app.get(`/v1/articles/${id}?body=${form}`);
    expect([status, Object.keys(body.body)]).toEqual([200, [form]]);
    read[form] = body.body[form];
  }
  return read as Record<Form, unknown>;
}

const story = {
  markdown: '## 青岛再开放\n\n作为**龙头城市**的[青岛](https://qingdao.example/)\n\n- 一带一路\n- 胶东一体化',
  html:
    '<h2>青岛再开放</h2>\n<p>作为<strong>龙头城市</strong>的<a href="https://qingdao.example/" rel="noopener noreferrer">青岛</a></p>\n' +
    '<ul><li>一带一路</li><li>胶东一体化</li></ul>',
  text: '青岛再开放\n\n作为龙头城市的青岛\n\n• 一带一路\n• 胶东一体化',
  blocks: [
    { _type: 'block', style: 'h2', children: [{ _type: 'span', text: '青岛再开放' }] },
    {
      _type: 'block',
      children: [
        { _type: 'span', text: '作为' },
        { _type: 'span', text: '龙头城市', marks: ['strong'] },
        { _type: 'span', text: '的' },
        { _type: 'span', text: '青岛', marks: ['l'] },
      ],
      markDefs: [{ _type: 'link', _key: 'l', href: 'https://qingdao.example/' }],
    },
    { _type: 'block', listItem: 'bullet', children: [{ _type: 'span', text: '一带一路' }] },
    { _type: 'block', listItem: 'bullet', children: [{ _type: 'span', text: '胶东一体化' }] },
  ],
};

describe('a body', () => {
  it.each(['markdown', 'html', 'blocks'] as const)('written as %s is read in every form', async (form) => {
    const { id, body } = await makePublished(app, { body: { [form]: story[form] } });
    expect(body.warnings).toEqual([]);
    const read = await readAll(id);
    expect(read.text).toBe(story.text);
    expect(read.markdown).toBe(story.markdown);
    expect(String(read.html).replaceAll('\n', '')).toBe(story.html.replaceAll('\n', ''));
    const blocks = read.blocks as { style: string; listItem?: string; children: { text: string; marks: string[] }[] }[];
    expect(blocks.map((block) => [block.style, block.listItem])).toEqual([
      ['h2', undefined],
      ['normal', undefined],
      ['normal', 'bullet'],
      ['normal', 'bullet'],
    ]);
    expect(blocks[1]!.children.map((span) => span.text)).toEqual(['作为', '龙头城市', '的', '青岛']);
  });

  it('written as text keeps paragraphs, and signs that mean something elsewhere', async () => {
    const text = '第一段 <b>不是标签</b> & **不是粗体**\n\n第二段';
    const { id } = await makePublished(app, { body: { text } });
    const read = await readAll(id);
    expect(read.text).toBe(text);
    expect(read.html).toContain('&lt;b&gt;不是标签&lt;/b&gt; &amp; **不是粗体**');
    expect((read.blocks as unknown[]).length).toBe(2);
  });

  it.each(forms)('read as %s and written back says the same, and only text makes a new version', async (form) => {
    const article = await makeArticle(app, { body: { markdown: story.markdown } });
    const { body } = await app.get(`/v1/articles/${article.id}?perspective=draft&body=${form}`, { as: 'editor' });
    const again = await app.patch(`/v1/articles/${article.id}`, { body: body.body }, { ifMatch: article.etag });
    expect(again.status).toBe(200);
    expect(again.body.version).toBe(form === 'text' ? 2 : 1);
    const after = await app.get(`/v1/articles/${article.id}?perspective=draft&body=text`, { as: 'editor' });
    expect(after.body.body.text).toBe(story.text);
  });

  it('is blocks for one article and absent in lists, unless asked for otherwise', async () => {
    const { id } = await makePublished(app, { body: { text: '正文' } });
    expect(Object.keys((await app.get(`/v1/articles/${id}`)).body.body)).toEqual(['blocks']);
    expect((await app.get(`/v1/articles/${id}?body=none`)).body).not.toHaveProperty('body');
    expect((await app.get(`/v1/articles?ids=${id}`)).body.data[0]).not.toHaveProperty('body');
    for (const form of forms) {
      const { body } = await app.get(`/v1/articles?ids=${id}&body=${form}`);
      expect(Object.keys(body.data[0].body)).toEqual([form]);
    }
  });

  it('is cleared by null, and is counted in Chinese characters and words', async () => {
    const article = await makeArticle(app, { body: { text: '工业互联网 industrial internet 5G' } });
    expect(article.body.wordCount).toBe(5 + 3);
    const { body } = await app.patch(`/v1/articles/${article.id}`, { body: null }, { ifMatch: article.etag });
    expect([body.body, body.wordCount]).toEqual([{ blocks: [] }, 0]);
  });
});

describe('exactly one form', () => {
  it.each([
    ['none', {}, '/body'],
    ['two', { text: '一', markdown: '一' }, '/body'],
    ['all', { text: '一', markdown: '一', html: '一', blocks: [] }, '/body'],
    ['an unknown one', { rtf: '一' }, '/body/rtf'],
    ['one that is no text', { markdown: { gt: '' } }, '/body/markdown'],
    ['one that is null', { html: null }, '/body/html'],
    ['a text in its place', '一', '/body'],
    ['a list in its place', ['一'], '/body'],
  ])('%s is a 400 that points at it, and nothing is stored', async (_, body, pointer) => {
    await app.newEvents();
    const answer = await app.post('/v1/articles', { title: '稿件', body });
    expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid']);
    expect(answer.body.errors[0].pointer).toBe(pointer);
    expect(await app.newEvents()).toEqual([]);
  });

  it.each([
    ['an unknown kind of block', [{ _type: 'script', text: 'x' }]],
    [
      'a link to a script',
      [{ _type: 'block', children: [], markDefs: [{ _type: 'link', _key: 'a', href: 'javascript:alert(1)' }] }],
    ],
    ['a picture at a data address', [{ _type: 'figure', url: 'data:image/svg+xml,<svg onload=alert(1)>' }]],
    ['an embed over http', [{ _type: 'embed', url: 'http://video.example/' }]],
    ['a mark that nothing defines', [{ _type: 'block', children: [{ _type: 'span', text: 'x', marks: ['nowhere'] }] }]],
    ['a further field', [{ _type: 'block', children: [], onclick: 'alert(1)' }]],
    ['more than 2000 of them', Array(2001).fill({ _type: 'block', children: [] })],
  ])('blocks with %s are refused at their place', async (_, blocks) => {
    await app.newEvents();
    const answer = await app.post('/v1/articles', { title: '稿件', body: { blocks } });
    expect([400, 422]).toContain(answer.status);
    expect(answer.body.errors[0].pointer).toMatch(/^\/body\/blocks/);
    expect(await app.newEvents()).toEqual([]);
  });
});

describe('what sanitising removes', () => {
  it.each([
    ['html', '<p onclick="x()">青岛<script>alert(1)</script></p>', ['onclick', 'script']],
    ['html', '<p><a href="javascript:alert(1)">青岛</a></p>', ['javascript:']],
    ['html', '<p style="color:red">青岛<video src="x"></video></p>', ['style', 'video']],
    ['markdown', '青岛 [链接](javascript:alert(1))', []],
    ['markdown', '青岛 <script>alert(1)</script>', []],
  ])('of %s "%s" is named in warnings, the rest stays', async (form, source, names) => {
    const { body } = await makeArticle(app, { body: { [form]: source } });
    for (const warning of body.warnings) expect(warning).toMatchObject({ code: 'body.removed', pointer: '/body' });
    for (const name of names) expect(JSON.stringify(body.warnings)).toContain(name);
    const { body: read } = await app.get(`/v1/articles/${body.id}?perspective=draft&body=text`, { as: 'editor' });
    expect(read.body.text).toContain('青岛');
  });

  it('is reported by a change as by a creation, and not when nothing was removed', async () => {
    const article = await makeArticle(app, { body: { html: '<p>青岛</p>' } });
    expect(article.body.warnings).toEqual([]);
    const html = '<p>青岛</p><iframe src="//evil.example"></iframe><script>x</script>';
    const changed = await app.patch(`/v1/articles/${article.id}`, { body: { html } }, { ifMatch: article.etag });
    expect(changed.body.warnings.length).toBeGreaterThan(0);
    const { headers, body } = await publish(app, { id: article.id, etag: changed.headers.etag! }).then(() =>
      app.get(`/v1/articles/${article.id}?body=html`),
    );
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(body).not.toHaveProperty('warnings');
  });

  it.each(ownPayloads)('nothing live is answered to the public for %s', async (payload) => {
    for (const form of ['html', 'markdown', 'text'] as const) {
      const made = await app.post('/v1/articles', { title: '攻击', body: { [form]: payload } });
      expect([201, 422]).toContain(made.status);
      if (made.status === 422) continue;
      await publish(app, { id: made.body.id, etag: made.headers.etag! });
      const { body } = await app.get(`/v1/articles/${made.body.id}?body=html`);
      expect(listDangers(body.body.html)).toEqual([]);
      expect(body.body.html).not.toContain('<script');
    }
  });
});
