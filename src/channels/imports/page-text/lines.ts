// The page as a list of lines, and the few questions about a line that every other part asks.
// White space at the ends is dropped (tabs, NBSP, ideographic and zero-width spaces); inside it stays as it is.

/** The lines that hold something, trimmed, in order. */
export function readLines(text: string): string[] {
  return text
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)
    .map(trimBlank)
    .filter((line) => line !== '');
}

function isBlank(character: string | undefined): boolean {
  return character !== undefined && /[\s\u200b\u2060]/.test(character);
}

/** By index and not by an end-anchored expression, which takes quadratic time on a long run of blanks. */
function trimBlank(line: string): string {
  let start = 0;
  let end = line.length;
  while (start < end && isBlank(line[start])) start += 1;
  while (end > start && isBlank(line[end - 1])) end -= 1;
  return line.slice(start, end);
}

/** Longest line that is still taken for a title, a list entry or a line of details; prose is longer or has full stops. */
const PLAIN_LENGTH_MAX = 100;

/** Prose: long, or with the marks that end a sentence or clause in running text. */
export function isProse(line: string): boolean {
  return line.length > PLAIN_LENGTH_MAX || /[。；]|[a-z]{2}[.;]["”’]?(?:\s|$)/.test(line);
}

/** Inner white space as single blanks: for titles and names, where a page's spacing means nothing. */
export function collapseBlanks(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Takes surrounding brackets off: `[ 责任编辑:刘莹莹 ]`, `【编辑:郭炘蔚】`, also where one side is missing. */
export function stripBrackets(line: string): string {
  return line.replace(/^[[【（(〔［\s]+/, '').replace(/[\]】）)〕］\s]+$/, '');
}

export function quote(line: string): string {
  return `"${line.length > 80 ? `${line.slice(0, 80)}…` : line}"`;
}
