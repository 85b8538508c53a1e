// The cursor of a search: where the page ends, and what the first page has settled for all.
import { z } from 'zod';
import { decodeCursor, encodeCursor, fingerprintList, invalidCursor } from '../../core/cursor.ts';
import { parseInstant } from '../../core/time.ts';
import { countDroppable } from './match/drop.ts';
import type { Behind } from './match/search.ts';
import type { SearchQuery } from './schemas.ts';

// The last instant that Postgres and RFC 3339 both print.
const lastInstantMs = Date.parse('9999-12-31T23:59:59.999Z');

const settled = z.tuple([
  z.boolean(),
  z.array(z.int().min(0)),
  z.int().min(0).max(lastInstantMs),
  z.string().regex(/^[0-9a-z]*$/),
  z.string().max(60),
]);

/** What makes it another search. */
export function fingerprintSearch(query: SearchQuery): string {
  const { limit: _limit, cursor: _cursor, fields: _fields, body: _body, count: _count, ...rest } = query;
  const { facets: _facets, highlight: _highlight, ...identity } = rest;
  return fingerprintList(JSON.parse(JSON.stringify({ search: identity })));
}

export function printPosition(fingerprint: string, { settled: told, key, id }: Behind): string {
  const value = JSON.stringify([told.isRelaxed, told.dropped, told.at.getTime(), told.counts, key]);
  return encodeCursor(fingerprint, { value, id });
}

/** `terms`: how many the query has. */
export function readPosition(fingerprint: string, query: SearchQuery, terms: number): Behind | null {
  if (query.cursor === undefined) return null;
  const { value, id } = decodeCursor(fingerprint, query.cursor);
  const parsed = settled.safeParse(parseJson(value));
  if (!parsed.success) throw altered();
  const [isRelaxed, dropped, at, counts, key] = parsed.data;
  if (!isKey(query, key) || !areDroppable(dropped, terms)) throw altered();
  return { settled: { isRelaxed, dropped, at: new Date(at), counts }, key, id };
}

const areDroppable = (dropped: readonly number[], terms: number) =>
  dropped.length <= countDroppable(terms) && dropped.every((n) => n < terms);

const altered = () => invalidCursor('It was altered.');

/** A score, or a date as Postgres prints it. */
function isKey({ sort }: SearchQuery, key: string): boolean {
  if (sort === 'relevance') return key !== '' && Number.isFinite(Number(key));
  return key === 'infinity' || (key.endsWith('+00') && parseInstant(key.replace(/\+00$/, 'Z'), 'UTC') !== null);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
