// First line against hostile HTML: only the allow-list passes, everything else is reported, and depth and size are
// refused before anything recursive sees the input.

import {
  allowedAttributes,
  allowedClasses,
  allowedElements,
  contentlessElements,
  keptElements,
  quietAttributes,
  urlAttributes,
} from './allowed-html.ts';
import { bodyProblem } from './faults.ts';
import { countChar, type Report } from './report.ts';
import type { BodyFormat } from './schema.ts';
import { findScheme, normaliseEmbedUrl, normaliseLink, normaliseMediaUrl } from './urls.ts';

// Real pages stay below 40; the walk over the tree recurses, and 100 frames are safe on any stack.
const DEPTH_MAX = 100;
// A table of 1000 by 50 fits; what is larger is an attack or no story.
const ELEMENTS_MAX = 60_000;

// Each of these signs becomes a node of its own; a story has hundreds.
const SIGNS_MAX = 250_000;

type Attributes = Readonly<Record<string, string>>;

export async function sanitiseHtml(html: string, format: BodyFormat, report: Report): Promise<string> {
  const signs = countChar(html, '<') + countChar(html, '&');
  if (signs > SIGNS_MAX) throw bodyProblem(format, 'too_large', `More than ${SIGNS_MAX} tags and entities`);
  const { default: sanitize } = await import('sanitize-html');
  let depth = 0;
  let elements = 0;
  reportComments(html, report);
  return sanitize(html, {
    allowedTags: [...allowedElements],
    allowedAttributes: { ...allowedAttributes },
    allowedClasses: { ...allowedClasses },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowProtocolRelative: true,
    nonTextTags: [...contentlessElements],
    parseStyleAttributes: false,
    onOpenTag: (name, attributes) => {
      depth += 1;
      elements += 1;
      if (depth > DEPTH_MAX) throw bodyProblem(format, 'too_deep', `Elements are nested more than ${DEPTH_MAX} deep`);
      if (elements > ELEMENTS_MAX) throw bodyProblem(format, 'too_large', `More than ${ELEMENTS_MAX} elements`);
      reportElement(name, attributes, report);
    },
    onCloseTag: () => {
      depth -= 1;
    },
  });
}

function reportComments(html: string, report: Report): void {
  for (let at = html.indexOf('<!--'); at >= 0; at = html.indexOf('<!--', at + 4)) report.add('comment', 'comment');
}

function reportElement(name: string, attributes: Attributes, report: Report): void {
  if (!keptElements.has(name)) report.add('element', name);
  if (!allowedElements.includes(name)) return;
  for (const [attribute, value] of Object.entries(attributes)) {
    if (urlAttributes.has(attribute) && allowedAttributes[name]?.includes(attribute)) {
      reportUrl(name, attribute, value, report);
    } else if (!isKnownAttribute(name, attribute, value)) {
      report.add(attribute === 'style' ? 'style' : 'attribute', attribute);
    }
  }
}

function isKnownAttribute(element: string, attribute: string, value: string): boolean {
  if (allowedAttributes[element]?.includes(attribute) || quietAttributes[element]?.includes(attribute)) return true;
  if (attribute !== 'class') return false;
  return value.split(/\s+/).every((name) => name === '' || allowedClasses[element]?.some((rule) => rule.test(name)));
}

function reportUrl(element: string, attribute: string, value: string, report: Report): void {
  const normalise = { a: normaliseLink, iframe: normaliseEmbedUrl }[element] ?? normaliseMediaUrl;
  if (value.trim() === '' || normalise(value) !== null) return;
  report.add('url', findScheme(value) ?? `${element}[${attribute}]`);
}
