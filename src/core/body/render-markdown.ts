// Blocks to Markdown that reads back to the same blocks. What Markdown has no sign for (credits, sizes, embeds, tables
// without one header row) stands in it as HTML. Only a heading's number becomes part of its text. Not
// @portabletext/markdown: its emphasis breaks beside Chinese punctuation.

import { escapeCell, escapeDestination, escapeImageText, escapeMarkdown, escapeTitle } from './escape-markdown.ts';
import { buildInline, trimTextBlock } from './inline.ts';
import { renderInlineMarkdown } from './markdown-inline.ts';
import { renderEmbedHtml, renderFigureHtml, renderTableHtml } from './render-html.ts';
import type { Block, Code, Figure, ListItem, Style, Table, TextBlock } from './schema.ts';
import { normaliseMediaUrl } from './urls.ts';

const headingSigns: Record<Style, string> = { normal: '', blockquote: '', h2: '## ', h3: '### ', h4: '#### ' };

type Part = { readonly text: string; readonly isItem: boolean; readonly isQuoted: boolean };
/** One open list of each level: how far its content is indented, and the number of its last item. */
type List = { readonly item: ListItem; readonly level: number; readonly indent: string; count: number; width: number };

export function renderMarkdown(blocks: readonly Block[]): string {
  const lists: List[] = [];
  const parts: Part[] = [];
  for (const block of blocks) {
    const isQuoted = block._type === 'block' && block.style === 'blockquote';
    if (block._type !== 'block' || !block.listItem || parts.at(-1)?.isQuoted !== isQuoted) lists.length = 0;
    const text = renderBlock(block);
    if (text === '') continue;
    const isItem = block._type === 'block' && block.listItem !== undefined;
    const placed = isItem ? placeItem(text, block, lists) : text;
    parts.push({ text: isQuoted ? prefixLines(placed, '> ') : placed, isItem, isQuoted });
  }
  return parts.map((part, index) => separate(parts[index - 1], part) + part.text).join('');
}

function separate(previous: Part | undefined, { isItem, isQuoted }: Part): string {
  if (previous === undefined) return '';
  if (previous.isItem && isItem && previous.isQuoted === isQuoted) return '\n';
  return previous.isQuoted && isQuoted ? '\n>\n' : '\n\n';
}

function placeItem(text: string, { listItem = 'bullet', level = 1 }: TextBlock, lists: List[]): string {
  const keeps = (list: List) => list.level < level || (list.level === level && list.item === listItem);
  const kept = lists.findIndex((list) => !keeps(list));
  if (kept >= 0) lists.length = kept;
  if (lists.at(-1)?.level !== level) {
    const parent = lists.at(-1);
    const indent = parent === undefined ? '' : parent.indent + ' '.repeat(parent.width);
    lists.push({ item: listItem, level, indent, count: 0, width: 2 });
  }
  const list = lists.at(-1);
  if (!list) return text;
  list.count += 1;
  const marker = listItem === 'bullet' ? '- ' : `${list.count}. `;
  list.width = marker.length;
  return list.indent + marker + prefixLines(text, list.indent + ' '.repeat(marker.length)).trimStart();
}

function renderBlock(block: Block): string {
  switch (block._type) {
    case 'block':
      return renderTextBlock(block);
    case 'figure':
      return renderFigure(block);
    case 'table':
      return renderTable(block);
    case 'embed':
      return renderEmbedHtml(block);
    case 'code':
      return renderCode(block);
  }
}

function renderTextBlock(block: TextBlock): string {
  const heading = headingSigns[block.style];
  const text = renderInlineMarkdown(buildInline(trimTextBlock(block)), heading !== '');
  const place = { atLineStart: false, inHeading: true };
  const number = block.number === undefined ? '' : `${escapeMarkdown(block.number, place)} `;
  return text === '' && number === '' ? '' : `${heading}${number}${text}`.trimEnd();
}

function renderFigure(figure: Figure): string {
  const url = figure.url === null ? null : normaliseMediaUrl(figure.url);
  const isPlain = !figure.credit && !figure.width && !figure.height && !`${figure.alt}${figure.caption}`.includes('\n');
  if (url === null || !isPlain) return renderFigureHtml(figure).replaceAll('\n', '&#10;');
  const title = figure.caption ? ` "${escapeTitle(figure.caption)}"` : '';
  return `![${escapeImageText(figure.alt ?? '')}](${escapeDestination(url)}${title})`;
}

function renderTable(table: Table): string {
  const width = Math.max(...table.rows.map((row) => row.length));
  if (table.headerRows !== 1 || table.caption) return renderTableHtml(table);
  const lines = table.rows.map((row) => {
    const cells = [...row, ...Array<string>(width - row.length).fill('')];
    return `| ${cells.map(escapeCell).join(' | ')} |`;
  });
  lines.splice(1, 0, `|${' --- |'.repeat(width)}`);
  return lines.join('\n');
}

function renderCode({ text, language = '' }: Code): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function prefixLines(text: string, prefix: string): string {
  return text
    .split('\n')
    .map((line) => prefix + line)
    .join('\n');
}
