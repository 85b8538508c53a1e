// What every test of the page-text channel needs: a page in one call, and the story's text back out of its blocks.
import { parsePageText } from '../../../../src/channels/imports/page-text/parse.ts';
import type { PageBlock, PageTextArticle } from '../../../../src/channels/imports/page-text/types.ts';

export const timeZone = 'Asia/Shanghai';
export const prose = '青岛的开放大势，展现在了全国人民面前。';

export function parse(...lines: string[]): PageTextArticle {
  return parsePageText(lines.join('\n'), { timeZone });
}

/** Numbers, headings, paragraphs and captions, in order, one a line. */
export function printBlocks(blocks: readonly PageBlock[]): string {
  return blocks
    .map((block) =>
      block._type === 'figure'
        ? block.caption
        : (block.number ?? '') + block.children.map((span) => span.text).join(''),
    )
    .join('\n');
}

export function compact(text: string): string {
  return text.replace(/\s+/g, '');
}
