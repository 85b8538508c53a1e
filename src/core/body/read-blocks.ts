// Blocks as a client wrote them to blocks as they are stored: keys that are missing or taken are given, nothing else
// changes. Links no span refers to are left out and reported.

import type { Report } from './report.ts';
import type { Block, Blocks, BlocksInput, TextBlock } from './schema.ts';

type BlockInput = BlocksInput[number];
type TextBlockInput = Extract<BlockInput, { _type: 'block' }>;

export function readBlocks(input: BlocksInput, report: Report): Blocks {
  const keys = assignKeys(input, 'b');
  return input.map((block, index): Block => {
    const _key = keys[index] ?? `b${index}`;
    return block._type === 'block' ? readTextBlock(block, _key, report) : { ...block, _key };
  });
}

function readTextBlock(block: TextBlockInput, _key: string, report: Report): TextBlock {
  const keys = assignKeys(block.children, `${_key.slice(0, 40)}s`);
  const used = new Set(block.children.flatMap((span) => span.marks));
  const markDefs = block.markDefs.filter((link) => used.has(link._key));
  for (let unused = block.markDefs.length - markDefs.length; unused > 0; unused--)
    report.add('structure', 'unused link');
  return {
    ...block,
    _key,
    ...(block.listItem && { level: block.level ?? 1 }),
    children: block.children.map((span, index) => ({ ...span, _key: keys[index] ?? `${_key}s${index}` })),
    markDefs,
  };
}

/** The first to use a key keeps it; the others get the next counter that nobody uses. */
function assignKeys(things: readonly { _key?: string | undefined }[], prefix: string): string[] {
  const given = new Set(things.flatMap(({ _key }) => _key ?? []));
  const taken = new Set<string>();
  let next = 0;
  return things.map(({ _key }) => {
    let key = _key !== undefined && !taken.has(_key) ? _key : undefined;
    while (key === undefined) {
      const candidate = `${prefix}${next++}`;
      if (!given.has(candidate)) key = candidate;
    }
    taken.add(key);
    return key;
  });
}
