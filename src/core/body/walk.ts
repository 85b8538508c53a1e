// What a walk over HTML carries with it. Apart from the walk itself, so that the readers of figures and tables need not
// import it.

import type { DomNode } from './dom.ts';
import type { Draft } from './draft.ts';
import type { Report } from './report.ts';
import type { Decorator, ListItem, Style } from './schema.ts';
import type { Writer } from './writer.ts';

/** Where in the document the walk is. */
export type Scope = {
  readonly heading: Style | null;
  readonly quoted: boolean;
  readonly list: { readonly item: ListItem; readonly level: number } | null;
  /** Inside an item or a cell, where paragraphs become lines of one text. */
  readonly inline: boolean;
  readonly decorators: readonly Decorator[];
  readonly href: string | null;
};

export type Walk = {
  readonly writer: Writer;
  readonly report: Report;
  /** The blocks that some nodes make on their own. */
  read(nodes: Iterable<DomNode>, scope: Scope): Draft[];
};

export type Handler = (node: DomNode, scope: Scope, walk: Walk) => void;

export const topScope: Scope = { heading: null, quoted: false, list: null, inline: false, decorators: [], href: null };
