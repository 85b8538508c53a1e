// Blocks to HTML. Everything is escaped, every address judged again, and no line break is printed outside of code, so
// that a block of it can stand inside Markdown. Not @portabletext/to-html: it turns double spaces into other characters,
// gives each quoted paragraph a quotation of its own and is quadratic in line breaks.

import { buildInline, type InlineNode } from './inline.ts';
import type { Block, Decorator, Embed, Figure, ListItem, Style, Table, TextBlock } from './schema.ts';
import { normaliseEmbedUrl, normaliseMediaUrl } from './urls.ts';

const decoratorElements: Record<Decorator, string> = {
  strong: 'strong',
  em: 'em',
  underline: 'u',
  'strike-through': 's',
  code: 'code',
  sub: 'sub',
  sup: 'sup',
};
const styleElements: Record<Style, string> = { normal: 'p', blockquote: 'p', h2: 'h2', h3: 'h3', h4: 'h4' };
const listElements: Record<ListItem, string> = { bullet: 'ul', number: 'ol' };

export function renderHtml(blocks: readonly Block[]): string {
  const parts: string[] = [];
  const lists: ListItem[] = [];
  let quoted = false;
  const closeLists = (level: number) => {
    for (let item = lists.at(-1); item && lists.length > level; item = lists.at(-1)) {
      parts.push(`</li></${listElements[item]}>`);
      lists.pop();
    }
  };
  for (const block of blocks) {
    const level = block._type === 'block' && block.listItem ? (block.level ?? 1) : 0;
    const isQuoted = block._type === 'block' && block.style === 'blockquote';
    closeLists(isQuoted === quoted ? level : 0);
    if (isQuoted !== quoted) parts.push(isQuoted ? '<blockquote>' : '</blockquote>');
    quoted = isQuoted;
    if (block._type === 'block' && block.listItem) openItem(parts, lists, block.listItem, level);
    parts.push(renderBlock(block));
  }
  closeLists(0);
  if (quoted) parts.push('</blockquote>');
  return parts.join('');
}

function openItem(parts: string[], lists: ListItem[], item: ListItem, level: number): void {
  const current = lists.at(-1);
  if (lists.length === level && current === item) parts.push('</li><li>');
  else if (lists.length === level && current) {
    parts.push(`</li></${listElements[current]}>`);
    lists.pop();
  }
  while (lists.length < level) {
    parts.push(`<${listElements[item]}><li>`);
    lists.push(item);
  }
}

function renderBlock(block: Block): string {
  switch (block._type) {
    case 'block':
      return renderTextBlock(block);
    case 'figure':
      return renderFigureHtml(block);
    case 'table':
      return renderTableHtml(block);
    case 'embed':
      return renderEmbedHtml(block);
    case 'code': {
      const language = block.language === undefined ? '' : ` class="language-${escapeHtml(block.language)}"`;
      return `<pre><code${language}>${escapeHtml(block.text)}</code></pre>`;
    }
  }
}

function renderTextBlock(block: TextBlock): string {
  const number = block.number === undefined ? '' : `<span class="number">${escapeText(block.number)}</span> `;
  const text = number + buildInline(block).map(renderInlineHtml).join('');
  const element = styleElements[block.style];
  return block.listItem && element === 'p' ? text : `<${element}>${text}</${element}>`;
}

function renderInlineHtml(node: InlineNode): string {
  if (typeof node === 'string') return escapeText(node);
  const children = node.children.map(renderInlineHtml).join('');
  if (node.decorator) return `<${decoratorElements[node.decorator]}>${children}</${decoratorElements[node.decorator]}>`;
  const href = node.href ?? '';
  const rel = /^https?:/i.test(href) ? ' rel="noopener noreferrer"' : '';
  return `<a href="${escapeHtml(href)}"${rel}>${children}</a>`;
}

export function openDecorator(decorator: Decorator): string {
  return `<${decoratorElements[decorator]}>`;
}

export function closeDecorator(decorator: Decorator): string {
  return `</${decoratorElements[decorator]}>`;
}

export function renderFigureHtml(figure: Figure): string {
  const url = figure.url === null ? null : normaliseMediaUrl(figure.url);
  const size = (['width', 'height'] as const)
    .map((side) => (figure[side] ? ` ${side}="${figure[side]}"` : ''))
    .join('');
  const image = url === null ? '' : `<img src="${escapeHtml(url)}" alt="${escapeHtml(figure.alt ?? '')}"${size}>`;
  const caption = escapeText(figure.caption ?? '');
  const credit = figure.credit ? `<span class="credit">${escapeText(figure.credit)}</span>` : '';
  const texts = [caption, credit].filter(Boolean).join(' ');
  return `<figure>${image}${texts && `<figcaption>${texts}</figcaption>`}</figure>`;
}

export function renderTableHtml(table: Table): string {
  const renderRows = (rows: string[][], cell: 'td' | 'th') =>
    rows.map((row) => `<tr>${row.map((text) => `<${cell}>${escapeText(text)}</${cell}>`).join('')}</tr>`).join('');
  const head = table.rows.slice(0, table.headerRows);
  const body = table.rows.slice(table.headerRows);
  return [
    '<table>',
    table.caption ? `<caption>${escapeText(table.caption)}</caption>` : '',
    head.length > 0 ? `<thead>${renderRows(head, 'th')}</thead>` : '',
    body.length > 0 ? `<tbody>${renderRows(body, 'td')}</tbody>` : '',
    '</table>',
  ].join('');
}

/** Sandboxed: the page of another site may play, but not reach the one around it. */
export function renderEmbedHtml(embed: Embed): string {
  const url = normaliseEmbedUrl(embed.url);
  const title = embed.title ? ` title="${escapeHtml(embed.title)}"` : '';
  const provider = embed.provider ? ` data-provider="${escapeHtml(embed.provider)}"` : '';
  const safety = 'sandbox="allow-scripts allow-same-origin allow-popups" referrerpolicy="no-referrer" loading="lazy"';
  return url === null ? '' : `<iframe src="${escapeHtml(url)}"${title}${provider} ${safety} allowfullscreen></iframe>`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeText(text: string): string {
  return escapeHtml(text).replaceAll('\n', '<br>');
}

/** For a text and for a quoted value. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? char);
}
