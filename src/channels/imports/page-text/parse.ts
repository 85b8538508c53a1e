// A Chinese news page saved as text becomes a structured article. Pure: it reads no file, clock or database.
// Refuses a page without a title or without a story; what it leaves out or guesses, it reports in `warnings`.
import { type Fault, problem } from '../../../core/problems.ts';
import { buildBlocks } from './body.ts';
import type { Details } from './details.ts';
import { readHead } from './head.ts';
import { readLines } from './lines.ts';
import { readTail } from './tail.ts';
import type { PageCredit, PageTextArticle } from './types.ts';

export type PageTextOptions = {
  /** IANA name of the zone that times without an offset belong to. */
  timeZone: string;
};

/** Enough to see what happened to a page; a hostile one must not turn into an answer as long as itself. */
const WARNINGS_MAX = 50;

/** As many as an article takes. */
const CREDITS_MAX = 50;

/** @throws Problem `import.incomplete` where the page has no title or no story. */
export function parsePageText(text: string, { timeZone }: PageTextOptions): PageTextArticle {
  const lines = readLines(text);
  const head = readHead(lines, timeZone);
  const headSource = firstSource(head.details);
  const tail = readTail([...head.opening, ...lines.slice(head.end)], timeZone, headSource);
  if (head.title === null || tail.lines.length === 0) throw incomplete(head.title === null, tail.lines.length === 0);
  const details = [...head.details, ...tail.details];
  const { publishedAt, warnings } = readDate(details);
  const credits = uniteCredits(details);
  return {
    section: head.section,
    kicker: head.kicker,
    title: head.title,
    subtitle: head.subtitle,
    source: firstSource(details),
    publishedAt,
    credits: credits.slice(0, CREDITS_MAX),
    blocks: buildBlocks(tail.lines, head.title),
    related: tail.related,
    warnings: limit([
      ...head.warnings,
      ...warnings,
      ...(credits.length > CREDITS_MAX ? [`left out ${credits.length - CREDITS_MAX} further credits`] : []),
      ...details.flatMap((one) => one.warnings),
      ...tail.warnings,
      ...noteReplaced(text),
    ]),
  };
}

function incomplete(lacksTitle: boolean, lacksBody: boolean) {
  const errors: Fault[] = [];
  if (lacksTitle)
    errors.push({ pointer: '/title', code: 'missing', message: 'The page has no line that could be a title.' });
  if (lacksBody) errors.push({ pointer: '/body', code: 'missing', message: 'The page has no text below its title.' });
  return problem('import.incomplete', { detail: errors.map((fault) => fault.message).join(' '), errors });
}

function firstSource(details: readonly Details[]): string | null {
  return details.find((one) => one.source !== null)?.source ?? null;
}

function readDate(details: readonly Details[]): { publishedAt: Date | null; warnings: string[] } {
  const [first, ...others] = details.flatMap((one) => (one.date === null ? [] : [one.date]));
  const warnings = others.map((date) => `left out a further time, "${date.text}"`);
  if (first === undefined)
    return { publishedAt: null, warnings: [...warnings, 'the page shows no time of publication'] };
  if (first.instant === null) warnings.push(`the time of publication "${first.text}" does not exist or lacks its year`);
  return { publishedAt: first.instant, warnings };
}

/** The same person in the same role at the head and at the end of a page is one credit. */
function uniteCredits(details: readonly Details[]): PageCredit[] {
  const credits = details.flatMap((one) => one.credits);
  return [...new Map(credits.map((credit) => [`${credit.role} ${credit.name}`, credit])).values()];
}

function noteReplaced(text: string): string[] {
  return text.includes('\ufffd')
    ? ['the text holds replacement characters (U+FFFD): it was damaged before it came here']
    : [];
}

function limit(warnings: string[]): string[] {
  if (warnings.length <= WARNINGS_MAX) return warnings;
  return [...warnings.slice(0, WARNINGS_MAX), `and ${warnings.length - WARNINGS_MAX} more`];
}
