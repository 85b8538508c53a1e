// The spans of a text block as a tree of marks, for the formats that nest them. Linear in the number of spans.

import { type Decorator, decorators, type TextBlock } from './schema.ts';
import { normaliseLink } from './urls.ts';

export type MarkNode = {
  readonly decorator: Decorator | null;
  readonly href: string | null;
  readonly children: InlineNode[];
};
export type InlineNode = string | MarkNode;

type Opened = { readonly mark: string; readonly node: MarkNode };

export function buildInline(block: TextBlock): InlineNode[] {
  const links = new Map(block.markDefs.map((link) => [link._key, link.href]));
  const lengths = measureRuns(block);
  const root: InlineNode[] = [];
  const opened: Opened[] = [];
  for (const [index, span] of block.children.entries()) {
    if (span.text === '') continue;
    const wanted = new Set(span.marks);
    const kept = opened.findIndex(({ mark }) => !wanted.has(mark));
    if (kept >= 0) opened.length = kept;
    for (const { mark } of opened) wanted.delete(mark);
    // What runs on longest is opened first, so that a link stays one link however its words are set.
    const length = (mark: string) => lengths[index]?.get(mark) ?? 0;
    for (const mark of [...wanted].sort((a, b) => length(b) - length(a) || rank(a, links) - rank(b, links))) {
      const node = createMark(mark, links);
      if (node === null) continue;
      (opened.at(-1)?.node.children ?? root).push(node);
      opened.push({ mark, node });
    }
    pushText(opened.at(-1)?.node.children ?? root, span.text);
  }
  return root;
}

function pushText(nodes: InlineNode[], text: string): void {
  const last = nodes.at(-1);
  if (typeof last === 'string') nodes[nodes.length - 1] = last + text;
  else nodes.push(text);
}

/** For each span: over how many spans from here on each of its marks runs. */
function measureRuns(block: TextBlock): Map<string, number>[] {
  const lengths: Map<string, number>[] = block.children.map(() => new Map());
  for (let index = block.children.length - 1; index >= 0; index--) {
    const next = lengths[index + 1];
    for (const mark of block.children[index]?.marks ?? []) lengths[index]?.set(mark, 1 + (next?.get(mark) ?? 0));
  }
  return lengths;
}

function rank(mark: string, links: ReadonlyMap<string, string>): number {
  const names: readonly string[] = decorators;
  return links.has(mark) ? -1 : names.indexOf(mark);
}

// An address is judged again here: whatever stands in the database, no script comes out.
function createMark(mark: string, links: ReadonlyMap<string, string>): MarkNode | null {
  const decorator = decorators.find((each) => each === mark) ?? null;
  if (decorator) return { decorator, href: null, children: [] };
  const href = normaliseLink(links.get(mark) ?? '');
  return href === null ? null : { decorator: null, href, children: [] };
}

/** The block without white space at its edges, which no reader sees. */
export function trimTextBlock(block: TextBlock): TextBlock {
  const children = block.children.map((span) => ({ ...span }));
  for (const span of children) {
    span.text = span.text.trimStart();
    if (span.text !== '') break;
  }
  for (const span of children.toReversed()) {
    span.text = span.text.trimEnd();
    if (span.text !== '') break;
  }
  return { ...block, children };
}
