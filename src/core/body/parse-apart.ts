// Several pieces of raw HTML, parsed in one go because each parse has its price, with a border between them.

import { type DomNode, listChildren, parseHtml } from './dom.ts';
import { type Sanitising, sanitiseHtml } from './sanitise.ts';

const border = 'masthead-border';
const borderHtml = `<${border}></${border}>`;

/** The nodes of each piece; null where a piece is not closed in itself, so that it reaches into what follows it. */
export async function parseApart(pieces: readonly string[], sanitising: Sanitising): Promise<DomNode[][] | null> {
  if (pieces.length === 0) return [];
  // The last border shows whether the last piece is closed.
  const html = pieces.map((piece) => piece + borderHtml).join('');
  // A piece that names the border could move it.
  if (html.toLowerCase().split(border).length - 1 !== 2 * pieces.length) return null;
  const body = await parseHtml(await sanitiseHtml(html, { ...sanitising, border }));
  const parts: DomNode[][] = [[]];
  for (const node of listChildren(body)) {
    if (node.localName === border) parts.push([]);
    else parts.at(-1)?.push(node);
  }
  return parts.length === pieces.length + 1 ? parts.slice(0, -1) : null;
}
