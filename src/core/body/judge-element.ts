// What of an element is no part of body text, and so is reported: by the allow-list, whether it came as HTML or as a sign
// of Markdown.

import {
  allowedAttributes,
  allowedClasses,
  allowedElements,
  keptElements,
  quietAttributes,
  urlAttributes,
} from './allowed-html.ts';
import type { Attributes } from './dom.ts';
import type { Report } from './report.ts';
import { findScheme, normaliseEmbedUrl, normaliseLink, normaliseMediaUrl } from './urls.ts';

const allowed: ReadonlySet<string> = new Set(allowedElements);

export function reportElement(name: string, attributes: Attributes, report: Report): void {
  if (!keptElements.has(name)) report.add('element', name);
  if (!allowed.has(name)) return;
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
