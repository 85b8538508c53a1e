// Which addresses may stand in body text. One rule for every format, on the way in and on the way out:
// an address that is not on the list is refused, never repaired into something else.

export const URL_LENGTH_MAX = 2048;

const SCHEME = /^([a-z][a-z0-9+.-]*):/i;

type Scheme = 'http' | 'https' | 'mailto' | 'tel';

const linkSchemes: readonly Scheme[] = ['http', 'https', 'mailto', 'tel'];
const mediaSchemes: readonly Scheme[] = ['http', 'https'];
const embedSchemes: readonly Scheme[] = ['https'];

/** The address as it is stored, or null where it may not be a link (http, https, mailto, tel and relative may). */
export function normaliseLink(raw: string): string | null {
  return normalise(raw, linkSchemes, true);
}

/** The address of an image, or null (http, https and relative may). */
export function normaliseMediaUrl(raw: string): string | null {
  return normalise(raw, mediaSchemes, true);
}

/** The address of an embedded page, or null. Only https: a relative one would run inside the reader's own origin. */
export function normaliseEmbedUrl(raw: string): string | null {
  return normalise(raw, embedSchemes, false);
}

/** The scheme a reader would see (`javascript:`), for reports; null for a relative address. */
export function findScheme(raw: string): string | null {
  const visible = Array.from(raw.slice(0, 200), (char) => (isControl(char) || char === ' ' ? '' : char)).join('');
  const scheme = SCHEME.exec(visible)?.[1];
  return scheme ? `${scheme.slice(0, 20).toLowerCase()}:` : null;
}

function normalise(raw: string, schemes: readonly Scheme[], relative: boolean): string | null {
  const trimmed = raw.trim().replaceAll(' ', '%20');
  // A protocol-relative address is common on Chinese sites; over https is how it is meant.
  const url = trimmed.startsWith('//') ? `https:${trimmed}` : trimmed;
  if (url === '' || url.length > URL_LENGTH_MAX || url.includes('\\') || /[\s\p{Cs}]/u.test(url)) return null;
  if (Array.from(url).some(isControl)) return null;
  const scheme = SCHEME.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return relative && isRelative(url) ? url : null;
  if (!schemes.some((allowed) => allowed === scheme)) return null;
  const isWeb = scheme === 'http' || scheme === 'https';
  return !isWeb || (/^https?:\/\/[^/]/i.test(url) && URL.canParse(url)) ? url : null;
}

// A colon in the first segment is how a scheme in disguise begins.
function isRelative(url: string): boolean {
  return !/^[^/?#]*:/.test(url);
}

function isControl(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}
