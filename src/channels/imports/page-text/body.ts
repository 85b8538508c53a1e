// The story's lines as Portable Text: paragraphs, numbered headings, and pictures that left their alternative text.
// Every character comes out again, in order; only white space at the ends of lines is dropped.
import type { PageBlock, PageFigure, PageTextBlock } from './types.ts';

type Draft = Omit<PageFigure, '_key'> | (Pick<PageTextBlock, '_type' | 'style' | 'number'> & { text: string });

const NUMBER =
  /^(?:\d{1,2}|[一二三四五六七八九十]{1,3}|第[一二三四五六七八九十\d]{1,3}[章节部篇]?|[（(][一二三四五六七八九十\d]{1,3}[）)])[、.．]?$/;
const HEADING_LINES_MAX = 3;
const HEADING_LENGTH_MAX = 30;
/** A shorter title is a phrase that a paragraph may well end with (…来到青岛). */
const CAPTION_LENGTH_MIN = 8;

export function buildBlocks(lines: readonly string[], title: string): PageBlock[] {
  const caption = title.replace(/\s+/g, '');
  const drafts: Draft[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const headingLines = countHeadingLines(lines, at);
    if (headingLines === 0) drafts.push(...splitFigures(lines[at]!, title, caption));
    else drafts.push(makeHeading(lines, at, headingLines));
    at += headingLines;
  }
  return drafts.map(addKeys);
}

/**
 * How many lines below a bare number are its heading; 0 where the number is only a paragraph. A heading is one to three
 * short lines without sentence marks and has a paragraph below it: rows of a list or a table have none.
 */
function countHeadingLines(lines: readonly string[], at: number): number {
  if (!NUMBER.test(lines[at]!)) return 0;
  let count = 0;
  while (count <= HEADING_LINES_MAX && isHeadingLine(lines[at + 1 + count])) count += 1;
  const next = lines[at + 1 + count];
  const isFollowed = next !== undefined && !NUMBER.test(next);
  return count <= HEADING_LINES_MAX && isFollowed ? count : 0;
}

function isHeadingLine(line: string | undefined): boolean {
  if (line === undefined || line.length > HEADING_LENGTH_MAX) return false;
  return !/[。！？!?；;…]|[:：]$/.test(line) && !NUMBER.test(line);
}

function makeHeading(lines: readonly string[], at: number, count: number): Draft {
  const text = lines.slice(at + 1, at + 1 + count).join(' ');
  return { _type: 'block', style: 'h2', number: lines[at]!, text };
}

/**
 * A line that ends with the title ends with a picture whose alternative text it is, once or several times. Where the
 * words before do not end a sentence, the first of them is the sentence's own (今天发布《…》) and stays in it.
 */
function splitFigures(line: string, title: string, caption: string): Draft[] {
  const starts = caption.length < CAPTION_LENGTH_MIN ? [] : findCaptions(line, caption);
  const before = line.slice(Math.max(0, (starts[0] ?? 0) - 20), starts[0]).trimEnd();
  if (!/^$|[。！？!?…”"’』」）)：:]$/.test(before)) starts.shift();
  const text = line.slice(0, starts[0]).trimEnd();
  const figures = starts.map((): Draft => ({ _type: 'figure', url: null, caption: title }));
  return text === '' ? figures : [{ _type: 'block', style: 'normal', text }, ...figures];
}

/** Where each caption at the end of a line begins, first to last; white space inside and between them does not count. */
function findCaptions(line: string, caption: string): number[] {
  const starts: number[] = [];
  let at = line.length;
  for (let left = caption.length - 1; at > 0; ) {
    at -= 1;
    if (line[at] === caption[left]) left -= 1;
    else if (!/\s/.test(line[at]!)) break;
    if (left >= 0) continue;
    starts.push(at);
    left = caption.length - 1;
  }
  return starts.reverse();
}

function addKeys(draft: Draft, index: number): PageBlock {
  const key = `b${index}`;
  if (draft._type === 'figure') return { _type: 'figure', _key: key, url: null, caption: draft.caption };
  const children = [{ _type: 'span' as const, _key: `${key}s0`, text: draft.text, marks: [] }];
  const number = draft.number === undefined ? {} : { number: draft.number };
  return { _type: 'block', _key: key, style: draft.style, ...number, children, markDefs: [] };
}
