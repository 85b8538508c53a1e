// Pictures and what is printed with them. A picture inside a sentence splits it; a caption is plain text.

import { type DomNode, hasClass, isElement, listChildren } from './dom.ts';
import { type Draft, type DraftFigure, joinDraftText } from './draft.ts';
import type { Report } from './report.ts';
import { normaliseMediaUrl } from './urls.ts';
import { type Scope, topScope, type Walk } from './walk.ts';

const SIDE_MAX = 100_000;

export function readImage(node: DomNode, scope: Scope, { writer, report }: Walk): void {
  // Pages that load pictures late keep the real address in data-src.
  const url =
    normaliseMediaUrl(node.getAttribute('data-src') ?? '') ?? normaliseMediaUrl(node.getAttribute('src') ?? '');
  const alt = node.getAttribute('alt')?.trim();
  if (url === null && !alt) {
    report.add('element', 'img');
    return;
  }
  if (scope.href !== null) report.add('structure', 'link around img');
  const [width, height] = [readSide(node.getAttribute('width')), readSide(node.getAttribute('height'))];
  writer.add({ _type: 'figure', url, ...(alt && { alt }), ...(width && { width }), ...(height && { height }) });
}

export function readFigure(node: DomNode, scope: Scope, walk: Walk): void {
  const { writer, report } = walk;
  const children = Array.from(listChildren(node));
  const isCaption = (child: DomNode) => isElement(child) && child.localName === 'figcaption';
  const inside = { ...scope, heading: null, list: null, inline: false };
  const drafts = walk.read(
    children.filter((child) => !isCaption(child)),
    inside,
  );
  const captions = children.filter(isCaption).map((caption) => readCaption(caption, walk));
  const caption = captions
    .map((each) => each.caption)
    .filter(Boolean)
    .join('\n');
  const credit = captions
    .map((each) => each.credit)
    .filter(Boolean)
    .join('\n');
  for (const draft of attachCaption(drafts, caption, credit, report)) writer.add(draft);
}

function attachCaption(drafts: Draft[], caption: string, credit: string, report: Report): Draft[] {
  if (caption === '' && credit === '') return drafts;
  const texts = { ...(caption && { caption }), ...(credit && { credit }) };
  const figure = drafts.findLast((draft): draft is DraftFigure => draft._type === 'figure' && !draft.caption);
  if (figure) return drafts.map((draft) => (draft === figure ? { ...figure, ...texts } : draft));
  if (drafts.length === 0) return [{ _type: 'figure', url: null, ...texts }];
  const [only] = drafts;
  if (drafts.length === 1 && only?._type === 'table' && !only.caption && !credit) return [{ ...only, caption }];
  report.add('structure', 'figcaption');
  const text = [caption, credit].filter(Boolean).join('\n');
  return [...drafts, { _type: 'block', style: 'normal', runs: [{ text, decorators: [], href: null }] }];
}

function readCaption(node: DomNode, walk: Walk): { caption: string; credit: string } {
  const children = Array.from(listChildren(node));
  const isCredit = (child: DomNode) => isElement(child) && hasClass(child, 'credit');
  const read = (nodes: DomNode[]) => readPlainText(nodes, 'figcaption', walk).text;
  return {
    caption: read(children.filter((child) => !isCredit(child))),
    credit: read(children.filter(isCredit)),
  };
}

/** Text where no markup can be kept; the markup is reported, and blocks that are no text are handed back. */
export function readPlainText(
  nodes: DomNode[],
  place: string,
  { read, report }: Walk,
): { text: string; others: Draft[] } {
  const drafts = read(nodes, { ...topScope, inline: true });
  for (const draft of drafts) {
    if (draft._type !== 'block') report.add('structure', `${draft._type} in ${place}`);
    else {
      const runs = draft.runs;
      for (const name of new Set(runs.flatMap((run) => run.decorators))) report.add('structure', `${name} in ${place}`);
      if (runs.some((run) => run.href !== null)) report.add('structure', `link in ${place}`);
    }
  }
  return { text: joinDraftText(drafts), others: drafts.filter((draft) => draft._type !== 'block') };
}

function readSide(value: string | null): number | undefined {
  const side = /^\d{1,6}$/.test(value ?? '') ? Number(value) : 0;
  return side >= 1 && side <= SIDE_MAX ? side : undefined;
}
