// Tables become rows of plain cells; spans are spread out so that columns stay in line. Other blocks inside
// cells follow the table, and a table of one cell was only layout.

import { type DomNode, isElement, listChildren } from './dom.ts';
import type { Draft } from './draft.ts';
import { readPlainText } from './read-figure.ts';
import { TABLE_COLUMNS_MAX, TABLE_ROWS_MAX } from './schema.ts';
import type { Scope, Walk } from './walk.ts';

type Row = { cells: DomNode[]; isHeader: boolean };

export function readTable(node: DomNode, scope: Scope, walk: Walk): void {
  const { writer, report } = walk;
  const rows = listRows(node, false);
  const [first] = rows;
  if (rows.length === 1 && first?.cells.length === 1) {
    report.add('structure', 'table of one cell');
    for (const draft of walk.read(listChildren(node), { ...scope, list: null, inline: false })) writer.add(draft);
    return;
  }
  const others: Draft[] = [];
  const readCell = (nodes: DomNode[], place: string): string => {
    const { text, others: found } = readPlainText(nodes, place, walk);
    others.push(...found);
    return text;
  };
  const strays = readCell(
    Array.from(listChildren(node)).filter((child) => !isTablePart(child)),
    'table',
  );
  const caption = readCell(
    listParts(node, 'caption').flatMap((each) => Array.from(listChildren(each))),
    'table',
  );
  const texts = rows.map((row) => row.cells.map((cell) => readCell(Array.from(listChildren(cell)), 'table')));
  const title = [caption, strays].filter(Boolean).join('\n');
  if (texts.flat().some((text) => text !== '')) {
    if (hasSpans(rows)) report.add('structure', 'merged cells in table');
    const headerRows = rows.findIndex((row) => !row.isHeader);
    writer.add({
      _type: 'table',
      ...(title && { caption: title }),
      rows: spreadCells(rows, texts),
      headerRows: headerRows < 0 ? rows.length : headerRows,
    });
  } else if (title) {
    writer.add({ _type: 'block', style: 'normal', runs: [{ text: title, decorators: [], href: null }] });
  }
  for (const draft of others) writer.add(draft);
}

const isTablePart = (node: DomNode): boolean =>
  isElement(node) && ['caption', 'thead', 'tbody', 'tfoot', 'tr', 'td', 'th'].includes(node.localName);

function listParts(node: DomNode, ...names: string[]): DomNode[] {
  return Array.from(listChildren(node)).filter((child) => isElement(child) && names.includes(child.localName));
}

function listRows(node: DomNode, inHead: boolean): Row[] {
  const rows: Row[] = [];
  for (const part of listParts(node, 'thead', 'tbody', 'tfoot', 'tr', 'td', 'th')) {
    if (part.localName === 'tr') {
      const cells = listParts(part, 'td', 'th');
      if (cells.length > 0) rows.push({ cells, isHeader: inHead || cells.every((cell) => cell.localName === 'th') });
    } else if (part.localName === 'td' || part.localName === 'th') {
      rows.push({ cells: [part], isHeader: inHead });
    } else rows.push(...listRows(part, part.localName === 'thead'));
  }
  return rows;
}

const readSpanOf = (cell: DomNode, name: 'colspan' | 'rowspan', max: number): number =>
  Math.min(Math.max(Number.parseInt(cell.getAttribute(name) ?? '1', 10) || 1, 1), max);

function hasSpans(rows: Row[]): boolean {
  const isMerged = (cell: DomNode) =>
    readSpanOf(cell, 'colspan', TABLE_COLUMNS_MAX) > 1 || readSpanOf(cell, 'rowspan', TABLE_ROWS_MAX) > 1;
  return rows.some((row) => row.cells.some(isMerged));
}

/** Equal rows; cells that would not fit the widest table stay where they were written, and the schema judges them. */
function spreadCells(rows: Row[], texts: string[][]): string[][] {
  const spread = hasSpans(rows) ? spreadSpans(rows, texts) : texts;
  const width = spread.reduce((most, line) => Math.max(most, line.length), 0);
  if (width > TABLE_COLUMNS_MAX) return texts;
  return spread.map((line) => [...line, ...Array<string>(width - line.length).fill('')]);
}

function spreadSpans(rows: Row[], texts: string[][]): string[][] {
  // For each column: for how many further rows a cell from above still covers it.
  const covered: number[] = [];
  const place = (line: string[], text: string, rowSpan: number): void => {
    // One column too many is enough to tell that the table does not fit.
    if (line.length > TABLE_COLUMNS_MAX) return;
    covered[line.length] = rowSpan - 1;
    line.push(text);
  };
  const skipCovered = (line: string[]): void => {
    while (line.length <= TABLE_COLUMNS_MAX && (covered[line.length] ?? 0) > 0)
      place(line, '', covered[line.length] ?? 0);
  };
  return rows.map((row, rowIndex) => {
    const line: string[] = [];
    for (const [index, cell] of row.cells.entries()) {
      skipCovered(line);
      const rowSpan = readSpanOf(cell, 'rowspan', TABLE_ROWS_MAX);
      const columns = readSpanOf(cell, 'colspan', TABLE_COLUMNS_MAX);
      for (let column = 0; column < columns; column++) {
        place(line, column === 0 ? (texts[rowIndex]?.[index] ?? '') : '', rowSpan);
      }
    }
    skipCovered(line);
    return line;
  });
}
