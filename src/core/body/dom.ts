// The few members of the DOM that reading needs. HTML is parsed by linkedom, loaded on first use, because it costs more
// start-up time than the rest of the server; what needs no parser is made of plain nodes.

export type DomNode = {
  readonly nodeType: number;
  readonly localName: string;
  readonly textContent: string | null;
  readonly childNodes: Iterable<DomNode>;
  getAttribute(name: string): string | null;
};

export type Attributes = Readonly<Record<string, string>>;

const ELEMENT = 1;
const TEXT = 3;

export const isElement = (node: DomNode): boolean => node.nodeType === ELEMENT;
export const isText = (node: DomNode): boolean => node.nodeType === TEXT;

type ParseHtml = (html: string) => { readonly document: { readonly body: DomNode } };
let loaded: ParseHtml | undefined;

export async function parseHtml(html: string): Promise<DomNode> {
  loaded ??= (await import('linkedom')).parseHTML as unknown as ParseHtml;
  return loaded(`<!doctype html><html><body>${html}</body></html>`).document.body;
}

export function createText(textContent: string): DomNode {
  return { nodeType: TEXT, localName: '', textContent, childNodes: [], getAttribute: () => null };
}

/** Children may be added while nobody reads them. */
export function createElement(localName: string, attributes: Attributes, childNodes: readonly DomNode[]): DomNode {
  return {
    nodeType: ELEMENT,
    localName,
    childNodes,
    get textContent() {
      return childNodes.map((child) => child.textContent ?? '').join('');
    },
    getAttribute: (name) => attributes[name] ?? null,
  };
}

export function listChildren(node: DomNode): Iterable<DomNode> {
  return node.childNodes;
}

export function hasClass(node: DomNode, name: string): boolean {
  return (node.getAttribute('class') ?? '').split(/\s+/).includes(name);
}
