// Markdown (CommonMark with tables and strikethrough) to draft blocks, by way of HTML: so raw HTML inside Markdown meets
// the same allow-list as any other, and what Markdown has no sign for (captions, underline) can be written in it.

import type { Draft } from './draft.ts';
import { bodyProblem } from './faults.ts';
import { readHtml } from './read-html.ts';
import { countChar, type Report } from './report.ts';

// markdown-it quietly leaves out what is nested deeper than this, so that is refused.
const DEPTH_MAX = 100;
// Brackets and tables are the dear constructs; a story has hundreds.
const BRACKETS_MAX = 100_000;
const TOKENS_MAX = 150_000;

export async function readMarkdown(markdown: string, report: Report): Promise<Draft[]> {
  if (countChar(markdown, '[') > BRACKETS_MAX) {
    throw bodyProblem('markdown', 'too_large', `More than ${BRACKETS_MAX} brackets`);
  }
  const { default: MarkdownIt } = await import('markdown-it');
  const reader = new MarkdownIt('default', { html: true });
  // Addresses are judged, and reported, where those of HTML are.
  reader.validateLink = () => true;
  reader.normalizeLink = (url) => url;
  reader.renderer.rules.image = (tokens, index) => {
    const token = tokens[index];
    if (!token) return '';
    const { escapeHtml } = reader.utils;
    const alt = readAlt(token.children ?? []);
    const image = `<img src="${escapeHtml(String(token.attrGet('src') ?? ''))}" alt="${escapeHtml(alt)}">`;
    const title = token.attrGet('title');
    return title ? `<figure>${image}<figcaption>${escapeHtml(title)}</figcaption></figure>` : image;
  };
  const environment = {};
  const tokens = reader.parse(markdown, environment);
  if (tokens.some((token) => token.level >= DEPTH_MAX - 1)) {
    throw bodyProblem('markdown', 'too_deep', `Blocks are nested more than ${DEPTH_MAX} deep`);
  }
  if (tokens.length > TOKENS_MAX) throw bodyProblem('markdown', 'too_large', `More than ${TOKENS_MAX} parts`);
  return readHtml(reader.renderer.render(tokens, reader.options, environment), 'markdown', report);
}

type InlineToken = {
  readonly type: string;
  readonly content: string;
  readonly children: readonly InlineToken[] | null;
};

// The library's own way of doing this leaves out escaped signs.
function readAlt(tokens: readonly InlineToken[]): string {
  return tokens
    .map((token) => {
      if (token.children) return readAlt(token.children);
      return /break$/.test(token.type) ? '\n' : token.content;
    })
    .join('');
}
