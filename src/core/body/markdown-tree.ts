// The tokens of markdown-it as the tree that its HTML would give, without writing and parsing that HTML. For tokens
// without raw HTML only. White space between blocks, which shows nothing, is left out.

import { type Attributes, createElement, createText, type DomNode } from './dom.ts';
import { reportElement } from './judge-element.ts';
import type { Gauge } from './limits.ts';
import type { Report } from './report.ts';

/** Of markdown-it's tokens what is looked at. */
export type Token = {
  readonly type: string;
  readonly tag: string;
  readonly nesting: -1 | 0 | 1;
  readonly hidden: boolean;
  readonly attrs: readonly (readonly [string, string])[] | null;
  readonly content: string;
  readonly info: string;
  readonly children: readonly Token[] | null;
};

export type Building = {
  readonly report: Report;
  readonly gauge: Gauge;
  /** Resolves escapes and entities, which the tokens keep in one place. */
  readonly resolve: (text: string) => string;
};

type Tree = {
  open(name: string, attributes?: Attributes): void;
  close(): void;
  text(text: string): void;
  languageOf(token: Token): string;
};

export function buildMarkdownTree(tokens: readonly Token[], { report, gauge, resolve }: Building): DomNode[] {
  const root: DomNode[] = [];
  const opened = [root];
  // Texts side by side are one, so that white space around a line break is seen as a whole.
  let words = '';
  const endText = () => {
    if (words !== '') opened.at(-1)?.push(createText(words));
    words = '';
  };
  addTokens(tokens, {
    open(name, attributes = {}) {
      endText();
      gauge.open();
      reportElement(name, attributes, report);
      const children: DomNode[] = [];
      opened.at(-1)?.push(createElement(name, attributes, children));
      opened.push(children);
    },
    close() {
      endText();
      gauge.close();
      opened.pop();
    },
    text(text) {
      words += text;
    },
    languageOf: ({ info }) => resolve(info).trim().split(/\s/, 1)[0] ?? '',
  });
  endText();
  return root;
}

function addTokens(tokens: readonly Token[], tree: Tree): void {
  for (const token of tokens) {
    if (token.type === 'inline') addTokens(token.children ?? [], tree);
    // The paragraphs of a tight list.
    else if (token.hidden) continue;
    else if (token.nesting === 1) tree.open(token.tag, attributesOf(token));
    else if (token.nesting === -1) tree.close();
    else addLeaf(token, tree);
  }
}

const leaves: Readonly<Record<string, (token: Token, tree: Tree) => void>> = {
  text: ({ content }, tree) => tree.text(content),
  softbreak: (_token, tree) => tree.text('\n'),
  hardbreak: (_token, tree) => addElement('br', {}, '', tree),
  code_inline: ({ content }, tree) => addElement('code', {}, content, tree),
  code_block: ({ content }, tree) => addCode('', content, tree),
  fence: (token, tree) => addCode(tree.languageOf(token), token.content, tree),
  hr: (_token, tree) => addElement('hr', {}, '', tree),
  image: (token, tree) => addImage(token, tree),
};

function addLeaf(token: Token, tree: Tree): void {
  const add = leaves[token.type];
  if (add === undefined) throw new Error(`no element for ${token.type}`);
  add(token, tree);
}

function addElement(name: string, attributes: Attributes, text: string, tree: Tree): void {
  tree.open(name, attributes);
  tree.text(text);
  tree.close();
}

function addCode(language: string, text: string, tree: Tree): void {
  tree.open('pre');
  addElement('code', language === '' ? {} : { class: `language-${language}` }, text, tree);
  tree.close();
}

function addImage(token: Token, tree: Tree): void {
  const { src, alt, title } = describeImage(token);
  if (title !== '') tree.open('figure');
  addElement('img', { src, alt }, '', tree);
  if (title === '') return;
  addElement('figcaption', {}, title, tree);
  tree.close();
}

/** A picture; one with a title is a figure, and the title its caption. */
export function describeImage(token: Token): { src: string; alt: string; title: string } {
  const { src = '', title = '' } = attributesOf(token);
  return { src, title, alt: readAlt(token.children ?? []) };
}

// The library's own way of doing this leaves out escaped signs.
function readAlt(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.children) return readAlt(token.children);
      return /break$/.test(token.type) ? '\n' : token.content;
    })
    .join('');
}

const attributesOf = ({ attrs }: Token): Attributes => Object.fromEntries(attrs ?? []);
