// HTML to draft blocks: a walk over the sanitised tree. @portabletext/html is not used for it: its rules lose figures,
// captions and quoted lists, and share state between calls.

import { type DomNode, hasClass, isElement, isText, listChildren, parseHtml } from './dom.ts';
import type { Draft } from './draft.ts';
import { createGauge } from './limits.ts';
import { readFigure, readImage } from './read-figure.ts';
import { readTable } from './read-table.ts';
import type { Report } from './report.ts';
import { sanitiseHtml } from './sanitise.ts';
import type { BodyFormat } from './schema.ts';
import { codeLanguage, type Decorator, LIST_LEVEL_MAX, type ListItem, type Style } from './schema.ts';
import { normaliseEmbedUrl, normaliseLink } from './urls.ts';
import { type Handler, type Scope, topScope, type Walk } from './walk.ts';
import { type BlockSettings, createWriter, type Look } from './writer.ts';

export async function readHtml(html: string, format: BodyFormat, report: Report): Promise<Draft[]> {
  const body = await parseHtml(await sanitiseHtml(html, { format, report, gauge: createGauge(format) }));
  return readNodes(listChildren(body), report);
}

/** What a tree says that holds nothing but what the allow-list knows. */
export function readNodes(nodes: Iterable<DomNode>, report: Report): Draft[] {
  return readDrafts(nodes, topScope, report);
}

function readDrafts(nodes: Iterable<DomNode>, scope: Scope, report: Report): Draft[] {
  const walk: Walk = { writer: createWriter(), report, read: (inner, within) => readDrafts(inner, within, report) };
  walkNodes(nodes, scope, walk);
  return walk.writer.finish();
}

function walkNodes(nodes: Iterable<DomNode>, scope: Scope, walk: Walk): void {
  for (const node of nodes) {
    if (isText(node)) walk.writer.write(node.textContent ?? '', lookOf(scope), settingsOf(scope));
    else if (isElement(node)) (handlers.get(node.localName) ?? readContent)(node, scope, walk);
  }
}

const readContent: Handler = (node, scope, walk) => walkNodes(listChildren(node), scope, walk);

const readContainer: Handler = (node, scope, walk) => {
  breakOrClose(scope, walk);
  readContent(node, scope, walk);
  breakOrClose(scope, walk);
};

const readLineBreak: Handler = (_node, scope, { writer }) => {
  // Two line breaks in running text are how many pages write a paragraph.
  if (!scope.inline && scope.heading === null && writer.countBreaks() > 0) writer.close();
  else writer.breakLine();
};

const readBorder: Handler = (_node, scope, walk) => breakOrClose(scope, walk);

function readHeading(heading: Style): Handler {
  return (node, scope, walk) => {
    breakOrClose(scope, walk);
    if (scope.quoted) walk.report.add('structure', `${node.localName} in blockquote`);
    const inside = scope.quoted ? scope : { ...scope, heading };
    readContent(node, inside, walk);
    if (scope.inline) breakOrClose(scope, walk);
    else walk.writer.closeHeading(lookOf(inside), settingsOf(inside));
  };
}

const readQuotation: Handler = (node, scope, walk) => {
  breakOrClose(scope, walk);
  readContent(node, { ...scope, quoted: true }, walk);
  breakOrClose(scope, walk);
};

function readList(item: ListItem): Handler {
  return (node, scope, walk) => {
    if (scope.inline && !scope.list) return readContainer(node, scope, walk);
    const level = (scope.list?.level ?? 0) + 1;
    if (level > LIST_LEVEL_MAX) walk.report.add('structure', `list deeper than ${LIST_LEVEL_MAX}`);
    walk.writer.close();
    readContent(node, { ...scope, inline: true, list: { item, level: Math.min(level, LIST_LEVEL_MAX) } }, walk);
    walk.writer.close();
  };
}

const readListItem: Handler = (node, scope, walk) => {
  if (scope.inline && !scope.list) return readContainer(node, scope, walk);
  walk.writer.close();
  readContent(node, { ...scope, inline: true, list: scope.list ?? { item: 'bullet', level: 1 } }, walk);
  walk.writer.close();
};

function readDecorated(decorator: Decorator): Handler {
  return (node, scope, walk) => {
    const decorators = [...new Set([...scope.decorators, decorator])].sort();
    readContent(node, { ...scope, decorators }, walk);
  };
}

const readLink: Handler = (node, scope, walk) => {
  const href = normaliseLink(node.getAttribute('href') ?? '');
  readContent(node, href === null ? scope : { ...scope, href }, walk);
};

const readSpan: Handler = (node, scope, walk) => {
  if (scope.heading === null || scope.inline || !hasClass(node, 'number')) return readContent(node, scope, walk);
  walk.writer.setNumber((node.textContent ?? '').trim(), lookOf(scope), settingsOf(scope));
};

const readCode: Handler = (node, _scope, { writer, report }) => {
  const text = (node.textContent ?? '').replace(/^\r?\n/, '').replace(/[\r\n]+$/, '');
  if (text.trim() === '') return;
  const classes = [node, ...listChildren(node)].map((each) => (isElement(each) ? each.getAttribute('class') : null));
  const language = classes.flatMap((each) => each?.match(/(?:^|\s)language-(\S+)/)?.[1] ?? []).find(isLanguage);
  if (Array.from(listChildren(node)).some((child) => isElement(child) && child.localName !== 'code')) {
    report.add('structure', 'markup in pre');
  }
  writer.add({ _type: 'code', ...(language && { language }), text });
};

const readEmbed: Handler = (node, scope, { writer, report }) => {
  if (node.textContent?.trim()) report.add('structure', 'content of iframe');
  const url = normaliseEmbedUrl(node.getAttribute('src') ?? '');
  const title = node.getAttribute('title')?.trim();
  const provider = node.getAttribute('data-provider')?.trim();
  if (url !== null) writer.add({ _type: 'embed', url, ...(provider && { provider }), ...(title && { title }) });
  else {
    report.add('element', 'iframe');
    if (title) writer.write(title, lookOf(scope), settingsOf(scope));
  }
};

const isLanguage = (name: string): boolean => codeLanguage.test(name);

/** Ends a paragraph: a new block in running text, a new line where only one text can be. */
function breakOrClose(scope: Scope, { writer }: Walk): void {
  if (scope.inline) writer.breakLine(1);
  else writer.close();
}

function lookOf({ decorators, href }: Scope): Look {
  return { decorators, href };
}

function settingsOf({ heading, quoted, list }: Scope): BlockSettings {
  const style = heading ?? (quoted ? 'blockquote' : 'normal');
  return list ? { style, listItem: list.item, level: list.level } : { style };
}

function nameAll(names: string, handler: Handler): [string, Handler][] {
  return names.split(' ').map((name) => [name, handler]);
}

const handlers: ReadonlyMap<string, Handler> = new Map([
  ...nameAll('p div section article main header footer hgroup center figcaption caption body', readContainer),
  ...nameAll('address aside dd details dl dt fieldset form legend menu nav summary video audio object', readContainer),
  ...nameAll('select button label optgroup thead tbody tfoot tr td th', readContainer),
  ...nameAll('hr', readBorder),
  ...nameAll('br', readLineBreak),
  ...nameAll('h1 h2', readHeading('h2')),
  ...nameAll('h3', readHeading('h3')),
  ...nameAll('h4 h5 h6', readHeading('h4')),
  ...nameAll('blockquote', readQuotation),
  ...nameAll('ul dir', readList('bullet')),
  ...nameAll('ol', readList('number')),
  ...nameAll('li', readListItem),
  ...nameAll('strong b', readDecorated('strong')),
  ...nameAll('em i', readDecorated('em')),
  ...nameAll('u ins', readDecorated('underline')),
  ...nameAll('s strike del', readDecorated('strike-through')),
  ...nameAll('code kbd samp tt', readDecorated('code')),
  ...nameAll('sub', readDecorated('sub')),
  ...nameAll('sup', readDecorated('sup')),
  ...nameAll('a', readLink),
  ...nameAll('span', readSpan),
  ...nameAll('pre', readCode),
  ...nameAll('iframe', readEmbed),
  ...nameAll('img', readImage),
  ...nameAll('figure', readFigure),
  ...nameAll('table', readTable),
]);
