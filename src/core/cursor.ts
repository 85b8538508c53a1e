// Keyset cursors: the sort value and id of the last row of a page, tied to the sort and filter that made the page.
// Opaque to clients. A cursor from another list, or one that was edited, is refused.
import { z } from 'zod';
import { canonicalJson, sha256 } from './hash.ts';
import { isUuid } from './ids.ts';
import { problem } from './problems.ts';

/** A page starts behind the row with this sort value and id. */
export type Position = { readonly value: string; readonly id: string };

// Postgres takes neither NUL nor half a surrogate pair, and no row's sort value holds one.
const sortValue = z
  .string()
  .max(4000)
  .refine((text) => !text.includes('\0') && text.isWellFormed());
const shape = z.tuple([z.string(), sortValue, z.string().refine(isUuid)]);

/** Names the list a cursor belongs to; whatever changes which rows there are, or their order, goes in. */
export function fingerprintList(list: unknown): string {
  return sha256(canonicalJson(list)).toString('base64url').slice(0, 12);
}

export function encodeCursor(fingerprint: string, position: Position): string {
  return Buffer.from(JSON.stringify([fingerprint, position.value, position.id])).toString('base64url');
}

export function decodeCursor(fingerprint: string, cursor: string): Position {
  const parsed = shape.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!parsed.success) throw invalidCursor('It was not made by this server. Start again without a cursor.');
  const [owner, value, id] = parsed.data;
  if (owner !== fingerprint) {
    throw invalidCursor('It belongs to a list with another sort or filter. Start again without a cursor.');
  }
  return { value, id };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function invalidCursor(detail: string) {
  return problem('request.invalid_cursor', {
    detail,
    errors: [{ pointer: '?cursor', code: 'invalid_cursor', message: detail }],
  });
}
