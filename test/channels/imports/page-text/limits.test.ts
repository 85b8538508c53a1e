// What a page can make the parser do is bounded: in time by its length, in credits by what an article takes.
import { expect, it } from 'vitest';
import { parsePageText } from '../../../../src/channels/imports/page-text/parse.ts';

const head =
  '首页 > 产经 > 正文\n\n青岛再开放\n\n来源: 文化视界 2020-05-27 14:48:49\n  作为龙头城市的青岛,也有责任作出更大贡献。\n';

it('four hundred thousand lines of frame below the story are read before the runner gives up', () => {
  const page = parsePageText(`${head}${'分享\n'.repeat(400_000)}`, { timeZone: 'Asia/Shanghai' });
  expect(page.title).toBe('青岛再开放');
  expect(page.blocks).toHaveLength(1);
});

it('more credits than an article takes are left out, and that is said', () => {
  const editors = Array.from({ length: 60 }, (_, i) => `编辑:王${String.fromCodePoint(0x4e00 + i)}`).join('\n');
  const page = parsePageText(`${head}${editors}\n`, { timeZone: 'Asia/Shanghai' });
  expect(page.credits).toHaveLength(50);
  expect(page.warnings).toContain('left out 10 further credits');
});
