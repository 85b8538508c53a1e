// Markdown (CommonMark with tables and strikethrough) to draft blocks: the tokens become the tree that their HTML would
// give. Parts that hold raw HTML become HTML, so that it meets the same allow-list as any other, and what Markdown has no
// sign for (captions, underline) can be written in it.

import type { DomNode } from './dom.ts';
import type { Draft } from './draft.ts';
import { bodyProblem } from './faults.ts';
import { createGauge } from './limits.ts';
import { buildMarkdownTree, describeImage, type Token } from './markdown-tree.ts';
import { parseApart } from './parse-apart.ts';
import { readHtml, readNodes } from './read-html.ts';
import { countChar, type Report } from './report.ts';

// markdown-it quietly leaves out what is nested deeper than this, so that is refused.
const DEPTH_MAX = 100;
// Brackets and tables are the dear constructs; a story has hundreds.
const BRACKETS_MAX = 100_000;
const TOKENS_MAX = 150_000;

type Reader = Awaited<ReturnType<typeof loadReader>>;
type Tokens = ReturnType<Reader['parse']>;
let loaded: Reader | undefined;

export async function readMarkdown(markdown: string, report: Report): Promise<Draft[]> {
  const parsed = await parseMarkdown(markdown);
  const nodes = await buildTree(parsed, report);
  if (nodes !== null) return readNodes(nodes, report);
  report.clear();
  return readThroughHtml(parsed, report);
}

export type Parsed = { readonly reader: Reader; readonly tokens: Tokens };

export async function parseMarkdown(markdown: string): Promise<Parsed> {
  if (countChar(markdown, '[') > BRACKETS_MAX) {
    throw bodyProblem('markdown', 'too_large', `More than ${BRACKETS_MAX} brackets`);
  }
  loaded ??= await loadReader();
  const tokens = loaded.parse(markdown, {});
  if (tokens.some((token) => token.level >= DEPTH_MAX - 1)) {
    throw bodyProblem('markdown', 'too_deep', `Blocks are nested more than ${DEPTH_MAX} deep`);
  }
  if (tokens.length > TOKENS_MAX) throw bodyProblem('markdown', 'too_large', `More than ${TOKENS_MAX} parts`);
  return { reader: loaded, tokens };
}

/** The slow way, which takes raw HTML of any kind. Where there is none, it answers the same. */
export function readThroughHtml({ reader, tokens }: Parsed, report: Report): Promise<Draft[]> {
  return readHtml(renderTokens(reader, tokens), 'markdown', report);
}

/** Making one costs more than reading a story. It keeps nothing between two texts. */
async function loadReader() {
  const { default: MarkdownIt } = await import('markdown-it');
  const reader = new MarkdownIt('default', { html: true });
  // Addresses are judged, and reported, where those of HTML are.
  reader.validateLink = () => true;
  reader.normalizeLink = (url) => url;
  const { escapeHtml } = reader.utils;
  reader.renderer.rules.image = (tokens, index) => {
    const { src, alt, title } = describeImage(tokens[index] as Token);
    const image = `<img src="${escapeHtml(src)}" alt="${escapeHtml(alt)}">`;
    return title ? `<figure>${image}<figcaption>${escapeHtml(title)}</figcaption></figure>` : image;
  };
  return reader;
}

const renderTokens = (reader: Reader, tokens: Tokens): string => reader.renderer.render(tokens, reader.options, {});

/** Null where raw HTML reaches from one part of the text into another. */
async function buildTree({ reader, tokens }: Parsed, report: Report): Promise<DomNode[] | null> {
  const building = { report, gauge: createGauge('markdown'), resolve: reader.utils.unescapeAll };
  const parts = splitParts(tokens);
  const raw = parts.filter((part) => part.some(isRaw));
  const pieces = raw.map((part) => renderTokens(reader, part));
  const parsed = await parseApart(pieces, { ...building, format: 'markdown' });
  if (parsed === null) return null;
  const trees = new Map(raw.map((part, index) => [part, parsed[index] ?? []]));
  return parts.flatMap((part) => trees.get(part) ?? buildMarkdownTree(part, building));
}

/** The blocks that lie in no other. */
function splitParts(tokens: Tokens): Tokens[] {
  const parts: Tokens[] = [];
  let start = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.level > 0 || token.nesting === 1) continue;
    parts.push(tokens.slice(start, index + 1));
    start = index + 1;
  }
  return parts;
}

const isRaw = ({ type, children }: Token): boolean =>
  type === 'html_block' ||
  (type === 'inline' && children !== null && children.some(({ type }) => type === 'html_inline'));
