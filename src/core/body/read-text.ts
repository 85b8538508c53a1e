// Plain text to draft paragraphs. Nothing in it is markup, so nothing is ever removed but white space.

import type { Draft } from './draft.ts';

// Everything Unicode (5.8, "Newline Guidelines") counts as the end of a line or paragraph.
const NEWLINE = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/;

/** Blank lines separate paragraphs; without any, each line is one. Indents (also ideographic ones) go. */
export function readText(text: string): Draft[] {
  const lines = text.split(NEWLINE).map((line) => line.trim());
  const first = lines.findIndex((line) => line !== '');
  const last = lines.findLastIndex((line) => line !== '');
  const body = first < 0 ? [] : lines.slice(first, last + 1);
  const paragraphs = body.includes('') ? groupLines(body) : body;
  return paragraphs.map((paragraph) => ({
    _type: 'block',
    style: 'normal',
    runs: [{ text: paragraph, decorators: [], href: null }],
  }));
}

function groupLines(lines: readonly string[]): string[] {
  const groups: string[][] = [[]];
  for (const line of lines) {
    if (line !== '') groups.at(-1)?.push(line);
    else if (groups.at(-1)?.length) groups.push([]);
  }
  return groups.map((group) => group.join('\n'));
}
