// Marks to Markdown. A sign such as ** only opens or closes beside certain characters (CommonMark, "flanking"), and
// Chinese has no spaces: 是**“推介”**青岛 would print its asterisks. Where a sign would not work, the HTML element stands.

import { escapeDestination, escapeMarkdown } from './escape-markdown.ts';
import type { InlineNode, MarkNode } from './inline.ts';
import { closeDecorator, openDecorator } from './render-html.ts';
import type { Decorator } from './schema.ts';

type Place = {
  /** The characters next to the nodes; empty at the edge of the block. */
  readonly before: string;
  readonly after: string;
  readonly atLineStart: boolean;
  readonly inHeading: boolean;
  readonly inEmphasis: boolean;
};

const signs: Partial<Record<Decorator, string>> = { strong: '**', em: '*', 'strike-through': '~~' };

export function renderInlineMarkdown(nodes: readonly InlineNode[], inHeading: boolean): string {
  return renderNodes(nodes, { before: '', after: '', atLineStart: !inHeading, inHeading, inEmphasis: false });
}

function renderNodes(nodes: readonly InlineNode[], place: Place): string {
  const parts: string[] = [];
  for (const [index, node] of nodes.entries()) {
    const previous = nodes[index - 1];
    const next = nodes[index + 1];
    const before = previous === undefined ? place.before : edgeOf(previous, 'last');
    const after = next === undefined ? place.after : edgeOf(next, 'first');
    const here = { ...place, before, after, atLineStart: place.atLineStart && index === 0 };
    if (typeof node === 'string') parts.push(escapeBefore(next, escapeMarkdown(node, here)));
    // Two marks side by side would run their signs together.
    else parts.push(renderMark(node, here, typeof previous === 'object'));
  }
  return parts.join('');
}

function renderMark(node: MarkNode, place: Place, afterMark: boolean): string {
  const inside = { ...place, atLineStart: false };
  const { decorator } = node;
  if (decorator === null) {
    return `[${renderNodes(node.children, inside)}](${escapeDestination(node.href ?? '')})`;
  }
  const code = decorator === 'code' && !afterMark ? renderCode(node) : null;
  if (code !== null) return code;
  const sign = signs[decorator];
  if (sign === undefined || afterMark || place.inEmphasis || !worksAsSign(node, place)) {
    return openDecorator(decorator) + renderNodes(node.children, inside) + closeDecorator(decorator);
  }
  return sign + renderNodes(node.children, { ...inside, inEmphasis: true }) + sign;
}

/** A code span, or null where its text would not survive in one. */
function renderCode(node: MarkNode): string | null {
  const [text] = node.children;
  if (node.children.length !== 1 || typeof text !== 'string' || text.trim() === '' || text.includes('\n')) return null;
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^[ `]|[ `]$/.test(text) ? ' ' : '';
  return fence + pad + text + pad + fence;
}

// An exclamation mark before a link would make it a picture.
function escapeBefore(next: InlineNode | undefined, text: string): string {
  const isLink = typeof next === 'object' && next.href !== null;
  return isLink && text.endsWith('!') ? `${text.slice(0, -1)}\\!` : text;
}

function worksAsSign(node: MarkNode, { before, after }: Place): boolean {
  const [first, last] = [edgeOf(node, 'first'), edgeOf(node, 'last')];
  if (isSpace(first) || isSpace(last)) return false;
  const opens = (!isSign(first) && typeof node.children[0] === 'string') || isSpace(before) || isSign(before);
  const closes = (!isSign(last) && typeof node.children.at(-1) === 'string') || isSpace(after) || isSign(after);
  return opens && closes;
}

function edgeOf(node: InlineNode, edge: 'first' | 'last'): string {
  if (typeof node === 'string') {
    return (edge === 'first' ? Array.from(node.slice(0, 2))[0] : Array.from(node.slice(-2)).at(-1)) ?? '';
  }
  const child = edge === 'first' ? node.children[0] : node.children.at(-1);
  return child === undefined ? '' : edgeOf(child, edge);
}

const isSpace = (char: string): boolean => char === '' || /\s/.test(char);
const isSign = (char: string): boolean => /[\p{P}\p{S}]/u.test(char);
