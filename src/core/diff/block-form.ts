// A block without its keys: what two blocks must have in common to be the same, and by which members they differ.
import { listTexts } from '../body/render-text.ts';
import type { Block, TextBlock } from '../body/schema.ts';

/** Equal for blocks that read and look alike. */
export function describeBlock(block: Block): string {
  return JSON.stringify(listMembers(block));
}

/** What a reader sees of it, in lines. */
export function textOfBlock(block: Block): string {
  return listTexts(block)
    .filter((text) => text !== '')
    .join('\n');
}

/** Members of the two by name; of text blocks `text` and `marks` for what stands in the spans. */
export function listChangedFields(before: Block, after: Block): string[] {
  const [old, fresh] = [Object.fromEntries(listMembers(before)), Object.fromEntries(listMembers(after))];
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter((name) => name !== 'spans');
  const fields = names.filter((name) => JSON.stringify(old[name]) !== JSON.stringify(fresh[name]));
  if (before._type === 'block' && after._type === 'block' && !areMarkedAlike(before, after)) fields.push('marks');
  return fields;
}

// In one order, whatever the order of the members was.
function listMembers(block: Block): [name: string, value: unknown][] {
  const own = Object.entries(block).filter(([name]) => !['_key', 'children', 'markDefs'].includes(name));
  const spans = block._type === 'block' ? mergeSpans(block) : null;
  const inner: [string, unknown][] =
    spans === null
      ? []
      : [
          ['text', spans.map(({ text }) => text).join('')],
          ['spans', spans],
        ];
  return [...own, ...inner].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

type Run = { text: string; readonly marks: readonly string[] };

/** Runs of text that look alike; where the spans were cut does not count. */
function mergeSpans({ children, markDefs }: TextBlock): Run[] {
  const links = new Map(markDefs.map(({ _key, href }) => [_key, `link ${href}`]));
  const runs: Run[] = [];
  for (const { text, marks: names } of children) {
    if (text === '') continue;
    const marks = [...new Set(names.map((name) => links.get(name) ?? name))].sort();
    const last = runs.at(-1);
    if (last !== undefined && String(last.marks) === String(marks)) last.text += text;
    else runs.push({ text, marks });
  }
  return runs;
}

/** Where the words differ, no mark is called changed just because it stands on other words. */
function areMarkedAlike(before: TextBlock, after: TextBlock): boolean {
  const [old, fresh] = [mergeSpans(before), mergeSpans(after)];
  const textOf = (runs: readonly Run[]) => runs.map(({ text }) => text).join('');
  if (textOf(old) === textOf(fresh)) return JSON.stringify(old) === JSON.stringify(fresh);
  const marksOf = (runs: readonly Run[]) => JSON.stringify(runs.map(({ marks }) => marks));
  return marksOf(old) === marksOf(fresh);
}
