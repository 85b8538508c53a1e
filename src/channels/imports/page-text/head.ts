// The lines above the story: breadcrumb, title and the lines around it, source, time, bylines.
// What is not understood stays for the body; what is dropped is reported.
import { readBreadcrumb } from './breadcrumb.ts';
import { isChrome } from './chrome.ts';
import { type Details, readDetails } from './details.ts';
import { collapseBlanks, isProse, quote } from './lines.ts';
import type { PageSection } from './types.ts';

export type Head = {
  section: PageSection | null;
  kicker: string | null;
  title: string | null;
  subtitle: string | null;
  details: Details[];
  warnings: string[];
  /** Lines between the title and the details that belong to the story. */
  opening: string[];
  /** Index of the first line that is not the head's. */
  end: number;
};

/** A site's menu above the breadcrumb is longer than this on no page seen; the limit bounds the work on hostile input. */
const MENU_LINES_MAX = 400;
const AROUND_TITLE = /^(肩题|引题|眉题|副题|副标题|标题|主题)\s*[:：]\s*/;

export function readHead(lines: readonly string[], timeZone: string): Head {
  const head = readFrom(lines, skipToBreadcrumb(lines), timeZone);
  return head.details.length > 0 ? head : (readBelowMenu(lines, timeZone) ?? head);
}

function emptyHead(): Head {
  return { section: null, kicker: null, title: null, subtitle: null, details: [], warnings: [], opening: [], end: 0 };
}

/** The head of a page whose breadcrumb, if any, has been found; everything above it belongs to the site. */
function skipToBreadcrumb(lines: readonly string[]): Head {
  const head = emptyHead();
  for (const [index, line] of lines.slice(0, MENU_LINES_MAX).entries()) {
    if (isProse(line)) break;
    const breadcrumb = readBreadcrumb(line);
    if (breadcrumb === null) continue;
    head.warnings.push(...lines.slice(0, index).map((above) => `left out ${quote(above)} above the breadcrumb`));
    return { ...head, section: breadcrumb.section, end: index + 1 };
  }
  return head;
}

function readFrom(lines: readonly string[], start: Head, timeZone: string): Head {
  const head = { ...start, details: [...start.details], warnings: [...start.warnings] };
  const below: number[] = [];
  let isClosed = false;
  let at = start.end;
  for (; at < lines.length; at += 1) {
    const line = lines[at]!;
    const details = isChrome(line) ? null : readDetails(line, timeZone);
    if (
      details !== null &&
      isAcceptable(
        details,
        head.details,
        below.some((index) => isProse(lines[index]!)),
      )
    ) {
      head.details.push(details);
      isClosed ||= head.title !== null && saysSomething(details);
    } else if (isChrome(line)) head.warnings.push(`left out ${quote(line)}`);
    else if (!readTitleLine(head, line) && !keepBelow()) break;
  }
  return placeBelow(head, lines, below, isClosed, at);

  /** Up to three lines may stand between the title and the details (a subtitle, a summary); more is the story itself. */
  function keepBelow(): boolean {
    if (head.title === null || isClosed || below.length === 3) return false;
    below.push(at);
    return true;
  }
}

function saysSomething({ source, date, credits }: Details): boolean {
  return source !== null || date !== null || credits.length > 0;
}

/** A date alone is believed once and not below prose, where it may date a document: otherwise it is the story's own. */
function isAcceptable(details: Details, earlier: readonly Details[], isBelowProse: boolean): boolean {
  return details.isLabelled || (!isBelowProse && earlier.every((known) => known.date === null));
}

function readTitleLine(head: Head, line: string): boolean {
  const label = AROUND_TITLE.exec(line);
  const text = collapseBlanks(line.slice(label?.[0].length ?? 0)).replace(label ? /^$/ : /^(?:——|--)\s*/, '');
  if (isProse(line) || text === '') return false;
  if (label !== null && /肩|引|眉/.test(label[1]!)) head.kicker ??= text;
  else if (/^(?:——|--)/.test(line) || label?.[1]?.startsWith('副')) head.subtitle ??= text;
  else if (head.title === null) head.title = text;
  else return false;
  return true;
}

/** Lines between the title and the details: a first plain one is the subtitle. Without details below, all are story. */
function placeBelow(head: Head, lines: readonly string[], below: number[], isClosed: boolean, end: number): Head {
  if (below.length === 0) return { ...head, end };
  if (!isClosed) return { ...head, end: below[0]! };
  const texts = below.map((index) => lines[index]!);
  const isRepeated = (text: string) => collapseBlanks(text) === head.title;
  const opening = texts.filter((text) => !isRepeated(text));
  takeOutlet(head, opening);
  const isSubtitled = head.subtitle === null && opening.length > 0 && end < lines.length && !opening.some(isProse);
  const subtitle = isSubtitled ? collapseBlanks(opening.shift()!) : head.subtitle;
  head.warnings.push(...texts.filter(isRepeated).map((text) => `left out the repeated title ${quote(text)}`));
  return { ...head, subtitle, opening, end };
}

const OUTLET = /^[\p{L}·]{2,12}(?:社|报|网|台|客户端|周刊|杂志)$/u;

/** An outlet's name on a line of its own between the title and the time is the source, not a subtitle. */
function takeOutlet(head: Head, opening: string[]): void {
  const at = opening.findIndex((text) => OUTLET.test(text));
  if (at < 0 || head.details.some((one) => one.source !== null)) return;
  const [source] = opening.splice(at, 1);
  const warnings = [`${quote(source!)} stands below the title and was taken for the source`];
  head.details.unshift({ source: source!, date: null, credits: [], isLabelled: false, warnings });
}

/**
 * A page saved with the site's menu: many short lines, then title, details and prose. The title is the last plain line
 * above the details. Only where prose follows and none comes before: a gallery's captions must not be taken for a menu.
 */
function readBelowMenu(lines: readonly string[], timeZone: string): Head | null {
  const menu = lines.slice(0, MENU_LINES_MAX);
  const prose = menu.findIndex(isProse);
  const at = menu.findIndex((line) => readDetails(line, timeZone) !== null);
  if (at < 1 || prose < at) return null;
  let titleAt = at - 1;
  while (titleAt > 0 && isChrome(menu[titleAt]!)) titleAt -= 1;
  const warnings = menu.slice(0, titleAt).map((line) => `left out ${quote(line)} above the title`);
  const head = readFrom(lines, { ...emptyHead(), warnings, end: titleAt }, timeZone);
  return head.title === null ? null : head;
}
