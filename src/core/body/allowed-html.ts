// The allow-list for HTML input, as data. What is not here is removed and reported.

import { codeLanguage } from './schema.ts';

const textLevel = 'a abbr b br cite code del em font i img ins kbd q s samp small span strike strong sub sup tt u';
const blockLevel =
  'article blockquote body caption center div figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup html iframe li main ol p pre section table tbody td tfoot th thead tr ul';
// They have no counterpart in blocks and are reported; they are kept until blocks are made, because without
// their borders the words of neighbours would run together.
const bordersOnly =
  'address aside dd details dir dl dt fieldset form hr legend menu nav summary video audio object optgroup select button label';

const split = (names: string): string[] => names.split(' ');

export const keptElements: ReadonlySet<string> = new Set(split(`${textLevel} ${blockLevel}`));
export const allowedElements: readonly string[] = split(`${textLevel} ${blockLevel} ${bordersOnly}`);

/** Elements whose content is no text for readers: it goes with them. */
export const contentlessElements: readonly string[] = split(
  'script style textarea option xmp noscript title noembed noframes plaintext svg math template',
);

export const allowedAttributes: Readonly<Record<string, string[]>> = {
  a: ['href'],
  img: ['src', 'data-src', 'alt', 'width', 'height'],
  iframe: ['src', 'title', 'data-provider'],
  td: ['colspan', 'rowspan'],
  th: ['colspan', 'rowspan'],
};

/** Attributes our own HTML carries, or that say nothing: their removal is not worth a report. */
export const quietAttributes: Readonly<Record<string, readonly string[]>> = {
  a: ['rel', 'target'],
  img: ['loading', 'decoding', 'referrerpolicy'],
  iframe: ['loading', 'sandbox', 'referrerpolicy', 'allowfullscreen'],
  th: ['scope'],
};

export const urlAttributes: ReadonlySet<string> = new Set(['href', 'src', 'data-src']);

const languageClass = new RegExp(`^language-${codeLanguage.source.slice(1)}`);
export const allowedClasses: Readonly<Record<string, RegExp[]>> = {
  span: [/^(?:number|credit)$/],
  code: [languageClass],
  pre: [languageClass],
};
