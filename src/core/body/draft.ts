// Body text on its way to blocks, before keys are given. Keys are counters, so that the same input always makes
// the same blocks and an unchanged story hashes the same.

import type { Blocks, Code, Decorator, Embed, Figure, ListItem, Style, Table, TextBlock } from './schema.ts';

export type Run = { text: string; decorators: readonly Decorator[]; href: string | null };
export type DraftText = {
  _type: 'block';
  style: Style;
  listItem?: ListItem | undefined;
  level?: number | undefined;
  number?: string | undefined;
  runs: Run[];
};
export type DraftFigure = Omit<Figure, '_key'>;
export type DraftTable = Omit<Table, '_key'>;
export type Draft = DraftText | DraftFigure | DraftTable | Omit<Embed, '_key'> | Omit<Code, '_key'>;

export function buildBlocks(drafts: readonly Draft[]): Blocks {
  return drafts.map((draft, index) => {
    const _key = `b${index}`;
    return draft._type === 'block' ? buildTextBlock(draft, _key) : { ...draft, _key };
  });
}

export function isSameLook(a: Omit<Run, 'text'>, b: Omit<Run, 'text'>): boolean {
  return a.href === b.href && (a.decorators === b.decorators || a.decorators.join() === b.decorators.join());
}

/** The text of drafts as one plain string, for places that hold no markup. */
export function joinDraftText(drafts: readonly Draft[]): string {
  const texts = drafts.map((draft) => (draft._type === 'block' ? draft.runs.map((run) => run.text).join('') : ''));
  return texts.filter((text) => text !== '').join('\n');
}

function buildTextBlock({ runs, style, listItem, level, number }: DraftText, _key: string): TextBlock {
  const links = new Map<string, string>();
  const children = runs.map((run, index) => {
    const marks: string[] = [...run.decorators];
    if (run.href !== null) {
      const linkKey = links.get(run.href) ?? `${_key}m${links.size}`;
      links.set(run.href, linkKey);
      marks.push(linkKey);
    }
    return { _type: 'span' as const, _key: `${_key}s${index}`, text: run.text, marks };
  });
  return {
    _type: 'block',
    _key,
    style,
    ...(listItem && { listItem, level: level ?? 1 }),
    ...(number !== undefined && { number }),
    children,
    markDefs: Array.from(links, ([href, linkKey]) => ({ _type: 'link' as const, _key: linkKey, href })),
  };
}
