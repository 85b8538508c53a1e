// The few members of the DOM that reading HTML needs, and the parser behind them. linkedom is loaded on first use,
// because it costs more start-up time than the rest of the server.

export type DomNode = {
  readonly nodeType: number;
  readonly localName: string;
  readonly textContent: string | null;
  readonly firstChild: DomNode | null;
  readonly nextSibling: DomNode | null;
  getAttribute(name: string): string | null;
};

const ELEMENT = 1;
const TEXT = 3;

export const isElement = (node: DomNode): boolean => node.nodeType === ELEMENT;
export const isText = (node: DomNode): boolean => node.nodeType === TEXT;

export async function parseHtml(html: string): Promise<DomNode> {
  const { parseHTML } = await import('linkedom');
  const window: unknown = parseHTML(`<!doctype html><html><body>${html}</body></html>`);
  return (window as { document: { body: DomNode } }).document.body;
}

export function* listChildren(node: DomNode): Generator<DomNode> {
  for (let child = node.firstChild; child; child = child.nextSibling) yield child;
}

export function hasClass(node: DomNode, name: string): boolean {
  return (node.getAttribute('class') ?? '').split(/\s+/).includes(name);
}
