// The cursor of a search: where the page ends, and what the first page has settled for all.
import { z } from 'zod';
import { decodeCursor, encodeCursor, fingerprintList, invalidCursor } from '../../core/cursor.ts';
import type { Behind } from './match/search.ts';
import type { SearchQuery } from './schemas.ts';

const settled = z.tuple([
  z.boolean(),
  z.array(z.int().min(0).max(100)).max(100),
  z.int().min(0).max(8.64e15),
  z.string().max(60),
]);

/** What makes it another search. */
export function fingerprintSearch(query: SearchQuery): string {
  const { limit: _limit, cursor: _cursor, fields: _fields, body: _body, count: _count, ...rest } = query;
  const { facets: _facets, highlight: _highlight, ...identity } = rest;
  return fingerprintList(JSON.parse(JSON.stringify({ search: identity })));
}

export function printPosition(fingerprint: string, { settled: told, key, id }: Behind): string {
  const value = JSON.stringify([told.isRelaxed, told.dropped, told.at.getTime(), key]);
  return encodeCursor(fingerprint, { value, id });
}

export function readPosition(fingerprint: string, query: SearchQuery): Behind | null {
  if (query.cursor === undefined) return null;
  const { value, id } = decodeCursor(fingerprint, query.cursor);
  const parsed = settled.safeParse(parseJson(value));
  if (!parsed.success) throw altered();
  const [isRelaxed, dropped, at, key] = parsed.data;
  if (!isKey(query, key)) throw altered();
  return { settled: { isRelaxed, dropped, at: new Date(at) }, key, id };
}

const altered = () => invalidCursor('It was altered.');

/** A score, or a date as Postgres prints it. */
function isKey({ sort }: SearchQuery, key: string): boolean {
  if (sort === 'relevance') return key !== '' && Number.isFinite(Number(key));
  return key === 'infinity' || /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00$/.test(key);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
