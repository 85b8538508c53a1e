// Entity tags and conditional requests (RFC 9110, sections 8.8.3 and 13).
import { sha256 } from '../../core/hash.ts';
import { problem } from '../../core/problems.ts';

/** The strong tag of exactly these bytes; 128 bits do not collide. */
export function tagBytes(bytes: Uint8Array): string {
  return `"${sha256(bytes).toString('base64url').slice(0, 22)}"`;
}

/** The tag of a working copy: the same for every format and field set, and the only one that `If-Match` takes. */
export function tagRevision(revision: number): string {
  return `"r${revision}"`;
}

type TagList = '*' | readonly string[];

/** Reads a list of entity tags; null when the header is malformed. Linear in its length. */
export function parseTags(header: string): TagList | null {
  const text = header.trim();
  if (text === '*') return '*';
  const item = /((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?:,[ \t]*|$)/y;
  const tags: string[] = [];
  while (item.lastIndex < text.length) {
    const match = item.exec(text);
    if (match === null) return null;
    tags.push(match[1]!);
  }
  return tags.length > 0 ? tags : null;
}

/** `If-None-Match` compares weakly: a W/ prefix, added by a proxy that recoded the answer, does not matter. */
export function matchesNone(header: string, tag: string): boolean {
  if (header === tag) return true;
  const tags = parseTags(header);
  if (tags === null) return false;
  return tags === '*' || tags.some((candidate) => candidate.replace(/^W\//, '') === tag);
}

export type Precondition = {
  /** The newest revision that the client names, if it names one. */
  readonly revision: number | null;
  matches(revision: number): boolean;
};

/** `If-Match` compares strongly, so a weak tag never matches. */
export function parsePrecondition(header: string | undefined): Precondition | null {
  if (header === undefined) return null;
  const tags = parseTags(header);
  if (tags === null) {
    throw problem('request.invalid_header', {
      detail: 'If-Match takes an ETag as it was sent, in quotes, such as "r3"; or *.',
      errors: [{ pointer: '!If-Match', code: 'invalid_header', message: 'Not a list of entity tags.' }],
    });
  }
  const named = tags === '*' ? [] : tags.flatMap((tag) => Number(/^"r(\d{1,9})"$/.exec(tag)?.[1] ?? []));
  return {
    revision: named.length > 0 ? Math.max(...named) : null,
    matches: (revision) => tags === '*' || tags.includes(tagRevision(revision)),
  };
}

export function requirePrecondition(header: string | undefined): Precondition {
  const precondition = parsePrecondition(header);
  if (precondition !== null) return precondition;
  throw problem('request.precondition_required', {
    detail:
      'Send If-Match with the ETag of the draft you read (GET with perspective=draft, in the trash with trashed=true too, or the last write), so that no change of somebody else is lost.',
  });
}
