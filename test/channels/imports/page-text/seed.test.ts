import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodePageText } from '../../../../src/channels/imports/page-text/decode.ts';
import { parsePageText } from '../../../../src/channels/imports/page-text/parse.ts';
import { blocksSchema } from '../../../../src/core/body/schema.ts';
import { compact, printBlocks } from './support.ts';

const page = decodePageText(readFileSync('prisma/seed/qingdao-two-sessions.txt'));
const article = parsePageText(page, { timeZone: 'Asia/Shanghai' });
const title = '聚焦两会|驻青岛人大代表、政协委员“顶格推介”青岛的开放大势 工业互联网锐势 顶格协调阵势';

describe('the Qingdao page', () => {
  it('its head and tail are found', () => {
    expect(article).toMatchObject({
      section: { name: '产经', breadcrumb: ['产经'] },
      kicker: null,
      title,
      subtitle: null,
      source: '文化视界',
      publishedAt: new Date('2020-05-27T06:48:49.000Z'),
      credits: [{ role: 'responsible_editor', name: '刘莹莹' }],
      related: [],
      warnings: [],
    });
  });

  it('its two numbered headings are found', () => {
    const headings = article.blocks.flatMap((block) =>
      block._type === 'block' && block.style === 'h2'
        ? [[block.number, block.children.map((span) => span.text).join('')]]
        : [],
    );
    expect(headings).toEqual([
      ['1', '青岛再开放 推进胶东一体化'],
      ['2', '工业互联网 于变局中开新局面'],
    ]);
  });

  it('its four figures stand behind the paragraphs they were glued to', () => {
    const at = article.blocks.flatMap((block, index) => (block._type === 'figure' ? [index] : []));
    expect(at).toHaveLength(4);
    expect(at.map((index) => article.blocks[index])).toEqual(
      at.map((index) => ({ _type: 'figure', _key: `b${index}`, url: null, caption: title })),
    );
    expect(at.map((index) => printBlocks([article.blocks[index - 1]!]).slice(-6))).toEqual(
      ['“顶格推介”。', '重新定位城市。', '业务向平台转移。', '提速提质提效。'].map((end) => end.slice(-6)),
    );
  });

  it('no other character of the body is lost or moved', () => {
    const body = page.slice(page.indexOf('  “以保促稳'), page.indexOf('[ 责任编辑'));
    expect(compact(body).length).toBeGreaterThan(2500);
    expect(compact(printBlocks(article.blocks))).toBe(compact(body));
  });

  it('its blocks are what the body schema stores', () => {
    expect(blocksSchema.parse(article.blocks)).toEqual(article.blocks);
  });

  it('without its title, or without its story, it is refused by name', () => {
    const [breadcrumb, , ...rest] = page.split('\n\n');
    expect(() => parsePageText([breadcrumb, ...rest].join('\n\n'), { timeZone: 'Asia/Shanghai' })).toThrow(
      expect.objectContaining({
        code: 'import.incomplete',
        errors: [expect.objectContaining({ pointer: '/title', code: 'missing' })],
      }),
    );
    expect(() => parsePageText(page.slice(0, page.indexOf('  “以保')), { timeZone: 'Asia/Shanghai' })).toThrow(
      expect.objectContaining({
        code: 'import.incomplete',
        errors: [expect.objectContaining({ pointer: '/body', code: 'missing' })],
      }),
    );
  });
});
