// Which bytes are read, which pages are refused and by which words, and which keys may import. A refusal stores nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeEditor, makeSection, makeSource } from '../../support/factories.ts';
import { countRows, importText, makePage, seed, seedTitle } from './support.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app?.close());

// The runtime decodes GB18030 but does not encode it: the double bytes of GB2312 are turned round.
const doubleBytes = new Map<string, Buffer>();
for (let lead = 0xa1; lead <= 0xf7; lead += 1)
  for (let trail = 0xa1; trail <= 0xfe; trail += 1) {
    const bytes = Buffer.from([lead, trail]);
    doubleBytes.set(new TextDecoder('gb18030').decode(bytes), bytes);
  }
const toGb18030 = (text: string) =>
  Buffer.concat(Array.from(text, (sign) => (sign < '\x80' ? Buffer.from(sign) : doubleBytes.get(sign)!)));

const text = seed.toString('utf8');
const codings: [string, Buffer][] = [
  ['UTF-8', seed],
  ['UTF-8 with a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), seed])],
  ['UTF-16 little endian', Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16 big endian', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ['GB18030', toGb18030(text)],
  ['UTF-8 with the line ends of Windows', Buffer.from(text.replaceAll('\n', '\r\n'))],
];

describe('codings', () => {
  it.each(codings)('%s is read to the same article', async (_, bytes) => {
    const { status, body } = await importText(app, bytes, '?dryRun=true');
    expect(status).toBe(201);
    expect(body).toMatchObject({
      title: seedTitle,
      section: { name: '产经' },
      publishedAt: '2020-05-27T06:48:49.000Z',
      warnings: [],
    });
    const utf8 = await importText(app, seed, '?dryRun=true');
    expect(body.body).toEqual(utf8.body.body);
  });

  it.each(['text/plain; charset=utf-8', 'text/plain; charset=gb18030', 'text/plain;charset="UTF-8"'])(
    'the bytes decide, not the parameter of %s',
    async (type) => {
      const { status, body } = await importText(app, toGb18030(text), '?dryRun=true', { type });
      expect([status, body.title]).toEqual([201, seedTitle]);
    },
  );
});

const [breadcrumb = '', , ...belowTitle] = text.split('\n\n');
const refusals: [string, string | Buffer, number, string, string[]][] = [
  ['a page without a title', [breadcrumb, ...belowTitle].join('\n\n'), 422, 'import.incomplete', ['/title']],
  ['a page without a story', text.slice(0, text.indexOf('  “以保')), 422, 'import.incomplete', ['/body']],
  ['an empty page', ' \n\n ', 422, 'import.incomplete', ['/title', '/body']],
  ['a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 422, 'import.not_text', []],
  ['a page with a NUL', makePage({ title: '有\0空' }), 422, 'import.not_text', []],
  ['a page cut within a character', seed.subarray(0, 1001), 422, 'import.not_text', []],
  ['UTF-16 without a mark', Buffer.from(text, 'utf16le'), 422, 'import.not_text', []],
  [
    'more than 2000 paragraphs',
    makePage({ body: '  一段话。\n\n'.repeat(2001) }),
    422,
    'body.invalid',
    ['/body/blocks'],
  ],
  ['a page larger than any body', Buffer.alloc(2 * 1024 * 1024 + 1, 'a'), 413, 'request.too_large', []],
];

describe('refusals', () => {
  it.each(refusals)(
    '%s is refused with what is missing, and nothing is stored',
    async (_, page, status, code, pointers) => {
      const before = await countRows(app);
      await app.newEvents();
      for (const query of ['', '?publish=true', '?dryRun=true']) {
        const answer = await importText(app, page, query);
        expect([answer.status, answer.body.code]).toEqual([status, code]);
        expect(answer.body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual(pointers);
        expect(answer.body.detail).toMatch(/\w+ \w+/);
      }
      expect(await countRows(app)).toEqual(before);
      expect(await app.newEvents()).toEqual([]);
    },
  );

  it.each(['application/json', 'text/html', 'application/octet-stream', 'multipart/form-data; boundary=x'])(
    'the media type %s is a 415',
    async (type) => {
      const { status, body } = await importText(app, '{"title":"青岛"}', '', { type });
      expect([status, body.code]).toEqual([415, 'request.unsupported_media_type']);
    },
  );

  it('a request without a body is a problem, never a 500', async () => {
    const { status, body } = await app.call('POST', '/v1/imports/page-text', { as: 'editor' });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body.code).toEqual(expect.any(String));
  });

  const long = (length: number) => '长'.repeat(length);
  it.each([
    ['title', { title: long(501) }],
    ['section', { section: long(201) }],
    ['source', { source: long(201) }],
    ['editor', { editor: long(201) }],
  ])('an overlong %s is never stored beyond what the API itself takes', async (_, parts) => {
    const { status, body } = await importText(app, makePage(parts), '?dryRun=true');
    expect([201, 422]).toContain(status);
    if (status === 422) return;
    expect(body.title.length).toBeLessThanOrEqual(500);
    const names = [
      body.section?.name,
      body.source?.name,
      ...body.credits.map((credit: { name: string }) => credit.name),
    ];
    for (const name of names) expect((name ?? '').length).toBeLessThanOrEqual(200);
  });
});

describe('who may import', () => {
  const here = { section: '民生', source: '晚报', editor: '赵六' };
  beforeAll(async () => {
    await makeSection(app, { name: here.section });
    await makeSource(app, { name: here.source });
    await makeEditor(app, { name: here.editor });
  });

  it.each([
    [undefined, 401, 'auth.missing'],
    ['viewer', 403, 'auth.forbidden'],
    ['mh_unknown_0000000000000000000000', 401, 'auth.invalid'],
  ])('the key %s may not, dry or not', async (as, status, code) => {
    const before = await countRows(app);
    for (const query of ['', '?dryRun=true']) {
      const answer = await app.call('POST', `/v1/imports/page-text${query}`, {
        as,
        body: makePage(),
        type: 'text/plain',
      });
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    }
    expect(await countRows(app)).toEqual(before);
  });

  it('a writer imports drafts', async () => {
    const { status, body } = await importText(app, makePage({ title: '写手', ...here }), '', { as: 'writer' });
    expect([status, body.isPublic]).toEqual([201, false]);
  });

  it.each([
    ['publish', '?publish=true', {}],
    ['publish in a dry run', '?publish=true&dryRun=true', {}],
    ['make a section', '', { section: '写手的栏目' }],
    ['make a source', '', { source: '写手的来源' }],
    ['make an editor', '', { editor: '写手的朋友' }],
  ])('a writer may not %s on the way', async (_, query, parts) => {
    const before = await countRows(app);
    const answer = await importText(app, makePage({ title: '越权', ...here, ...parts }), query, { as: 'writer' });
    expect([answer.status, answer.body.code]).toEqual([403, 'auth.forbidden']);
    expect(await countRows(app)).toEqual(before);
  });

  it('a key limited to sections imports into them and nowhere else', async () => {
    const inside = await makeSection(app, { name: '军事' });
    const key = await app.createKey({ name: '军事', role: 'editor', sections: [inside.slug] });
    const made = await importText(app, makePage({ title: '内', ...here, section: '军事' }), '?publish=true', {
      as: key,
    });
    expect(made.status).toBe(201);
    const below = await importText(app, makePage({ title: '下', ...here, section: '军事 > 海军' }), '', { as: key });
    expect([below.status, below.body.section?.breadcrumb.length]).toEqual([201, 2]);
    const before = await countRows(app);
    const outside = ['民生', '全新栏目', '民生 > 全新栏目'].map((section) =>
      makePage({ title: '外', ...here, section }),
    );
    for (const page of [...outside, makePage({ title: '外', ...here }).replace(/^首页.*\n/, '')]) {
      const { status, body } = await importText(app, page, '', { as: key });
      expect([status, body.code], page.slice(0, 20)).toEqual([403, 'auth.outside_sections']);
    }
    expect(await countRows(app)).toEqual(before);
  });

  it('a key limited to sections does not learn which draft elsewhere is the same page', async () => {
    const inside = await makeSection(app, { name: '文教' });
    const key = await app.createKey({ name: '文教', role: 'editor', sections: [inside.slug] });
    const page = makePage({ title: '别处的草稿', ...here });
    const elsewhere = await importText(app, page);
    const twin = await importText(app, page.replace(here.section, '文教'), '', { as: key });
    expect(twin.status).toBe(201);
    expect(twin.text).not.toContain(elsewhere.body.id);
    const named = await importText(app, page);
    expect([elsewhere.body.id, twin.body.id]).toContain(named.body.article.id);
  });
});
