// First line against hostile HTML: only the allow-list passes, everything else is reported, and depth and size are
// refused before anything recursive sees the input.

import { allowedAttributes, allowedClasses, allowedElements, contentlessElements } from './allowed-html.ts';
import { bodyProblem } from './faults.ts';
import { reportElement } from './judge-element.ts';
import type { Gauge } from './limits.ts';
import { countChar, type Report } from './report.ts';
import type { BodyFormat } from './schema.ts';

// Each of these signs becomes a node of its own; a story has hundreds.
const SIGNS_MAX = 250_000;

type Sanitise = typeof import('sanitize-html');
let loaded: Sanitise | undefined;

export type Sanitising = {
  readonly format: BodyFormat;
  readonly report: Report;
  readonly gauge: Gauge;
  /** The name of an element of ours that passes and does not count. */
  readonly border?: string;
};

export async function sanitiseHtml(html: string, { format, report, gauge, border }: Sanitising): Promise<string> {
  const signs = countChar(html, '<') + countChar(html, '&');
  if (signs > SIGNS_MAX) throw bodyProblem(format, 'too_large', `More than ${SIGNS_MAX} tags and entities`);
  loaded ??= (await import('sanitize-html')).default;
  reportComments(html, report);
  return loaded(html, {
    allowedTags: border === undefined ? [...allowedElements] : [border, ...allowedElements],
    allowedAttributes: { ...allowedAttributes },
    allowedClasses: { ...allowedClasses },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowProtocolRelative: true,
    nonTextTags: [...contentlessElements],
    parseStyleAttributes: false,
    onOpenTag: (name, attributes) => {
      if (name === border) return;
      gauge.open();
      reportElement(name, attributes, report);
    },
    onCloseTag: (name) => {
      if (name !== border) gauge.close();
    },
  });
}

function reportComments(html: string, report: Report): void {
  for (let at = html.indexOf('<!--'); at >= 0; at = html.indexOf('<!--', at + 4)) report.add('comment', 'comment');
}
