// What stands beside an article in tables of its own (comments, preview links), newest first: the parts that their reads
// share. Each table has an index of (article_id, created_at, id).
import { decodeCursor, encodeCursor, invalidCursor, type Position } from '../../../core/cursor.ts';
import { formatInstant, isPrintedInstant } from '../../../core/time.ts';
import type { Sql } from '../../../platform/db/db.ts';
import type { Page } from '../../../platform/http/listing.ts';

/** A statement that selects rows `x` of one article, and its values. */
export type Rows = { readonly text: string; readonly values: readonly unknown[] };

export type PageOrder = { readonly limit: number; readonly after: Position | null };

/** `fingerprint` names the list that the cursor must belong to. */
export function readPageOrder(query: { limit: number; cursor?: string | undefined }, fingerprint: string): PageOrder {
  const after = query.cursor === undefined ? null : decodeCursor(fingerprint, query.cursor);
  if (after !== null && !isPrintedInstant(after.value)) throw invalidCursor('It was altered.');
  return { limit: query.limit, after };
}

/** One row more than the limit, to know whether there is a next page. */
export function listBeside<Row extends object>(
  sql: Sql,
  { text, values }: Rows,
  { after, limit }: PageOrder,
): Promise<Row[]> {
  const name = (place: number) => `$${values.length + place}`;
  const behind = after === null ? '' : `and (x.created_at, x.id) < (${name(2)}::timestamptz, ${name(3)}::uuid)`;
  return sql.rows<Row>(`${text} ${behind} order by x.created_at desc, x.id desc limit ${name(1)}::int`, [
    ...values,
    limit + 1,
    ...(after === null ? [] : [after.value, after.id]),
  ]);
}

export async function findBeside<Row extends object>(sql: Sql, { text, values }: Rows, id: string) {
  const [row] = await sql.rows<Row>(`${text} and x.id = $${values.length + 1}::uuid`, [...values, id]);
  return row ?? null;
}

/** A page out of the rows that were read. */
export function cutPage<Row extends { readonly id: string; readonly createdAt: Date }>(
  rows: readonly Row[],
  { limit }: PageOrder,
  fingerprint: string,
): { shown: readonly Row[]; page: Page } {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const nextCursor =
    last === undefined ? null : encodeCursor(fingerprint, { value: formatInstant(last.createdAt), id: last.id });
  return { shown, page: { limit, nextCursor } };
}

export type Creator = { readonly type: 'editor' | 'service'; readonly id: string; readonly name: string };
