// Blocks to plain text: everything a reader sees, exactly once, paragraphs apart by a blank line. Addresses of links
// and pictures are not seen and not printed; that of an embed is, as it is all a text can show of it.

import type { Block, TextBlock } from './schema.ts';

export function renderText(blocks: readonly Block[]): string {
  const counts: number[] = [];
  let text = '';
  let previous: Block | undefined;
  for (const block of blocks) {
    const shown = renderBlock(block, counts);
    if (shown.trim() === '') continue;
    text += previous === undefined ? '' : isItem(previous) && isItem(block) ? '\n' : '\n\n';
    text += shown;
    previous = block;
  }
  return text;
}

/** What stands in a block, without list marks and addresses: for counting and searching. */
export function listTexts(block: Block): string[] {
  switch (block._type) {
    case 'block':
      return [block.number ?? '', textOf(block)];
    case 'figure':
      return [block.caption ?? '', block.credit ?? ''];
    case 'table':
      return [block.caption ?? '', ...block.rows.flat()];
    case 'embed':
      return [block.title ?? ''];
    case 'code':
      return [block.text];
  }
}

function renderBlock(block: Block, counts: number[]): string {
  if (!isItem(block)) counts.length = 0;
  switch (block._type) {
    case 'block':
      return block.listItem ? renderItem(block, counts) : joinShown([block.number, textOf(block)], '\n\n');
    case 'figure':
      return joinShown([block.caption, block.credit], '\n');
    case 'table':
      return joinShown([block.caption, block.rows.map((row) => row.join('\t')).join('\n')], '\n');
    case 'embed':
      return joinShown([block.title, block.url], '\n');
    case 'code':
      return block.text;
  }
}

function renderItem(block: TextBlock, counts: number[]): string {
  const level = block.level ?? 1;
  counts.length = level;
  const count = block.listItem === 'number' ? (counts[level - 1] ?? 0) + 1 : 0;
  counts[level - 1] = count;
  const mark = count > 0 ? `${count}. ` : '• ';
  return '  '.repeat(level - 1) + mark + joinShown([block.number, textOf(block)], ' ');
}

const isItem = (block: Block): boolean => block._type === 'block' && block.listItem !== undefined;

const textOf = (block: TextBlock): string => block.children.map((span) => span.text).join('');

function joinShown(texts: readonly (string | undefined)[], separator: string): string {
  return texts.filter((text) => text !== undefined && text.trim() !== '').join(separator);
}
