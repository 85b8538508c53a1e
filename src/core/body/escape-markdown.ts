// Text to Markdown that reads back as the same text (CommonMark 0.31, section 2.4): signs that could mean something are
// escaped, signs that cannot where they stand are left alone.

type Place = { readonly atLineStart: boolean; readonly inHeading: boolean };

/** Where a line begins, these would start a heading, list, quotation, rule or the second row of a table. */
const LINE_START = /^(?:#{1,6}(?=\s|$)|[-+=:|>]|\d{1,9}(?=[.)](?:\s|$)))/;

export function escapeMarkdown(text: string, { atLineStart, inHeading }: Place): string {
  const lines = text.split('\n').map((line, index) => {
    const starts = atLineStart || index > 0;
    const shown = starts ? line.trimStart() : line;
    const escaped = escapeSigns(inHeading ? shown.replaceAll('\\', '\\\\').replaceAll('#', '\\#') : shown, inHeading);
    return starts && !inHeading ? escaped.replace(LINE_START, escapeStart) : escaped;
  });
  return lines.join(inHeading ? '<br>' : '\\\n');
}

/** Plain text inside a cell of a table, which is one line. */
export function escapeCell(text: string): string {
  return escapeSigns(text, false).replaceAll('|', '\\|').replaceAll('\n', '<br>');
}

export function escapeImageText(text: string): string {
  return escapeSigns(text, false);
}

export function escapeTitle(text: string): string {
  return escapeEntities(text.replace(/[\\"]/g, '\\$&'));
}

/** An address in angle brackets where brackets or spaces would end it early. */
export function escapeDestination(url: string): string {
  const plain = escapeEntities(url.replaceAll('<', '%3C').replaceAll('>', '%3E'));
  return /[()\s]/.test(plain) ? `<${plain}>` : plain;
}

function escapeSigns(text: string, backslashesDone: boolean): string {
  const signs = backslashesDone ? /[`*_[\]<~]/g : /[\\`*_[\]<~]/g;
  return escapeEntities(text.replace(signs, '\\$&'));
}

function escapeEntities(text: string): string {
  return text.replace(/&(?=#?[a-zA-Z0-9]{1,40};)/g, '&amp;');
}

function escapeStart(start: string): string {
  return /^\d/.test(start) ? `${start}\\` : `\\${start}`;
}
