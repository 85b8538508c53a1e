// The sorts of article lists as SQL: by which column, in which direction, and what lies behind a cursor.
import type { Position } from '../../../core/cursor.ts';
import { isPrintedInstant } from '../../../core/time.ts';
import type { Parameters } from '../../../platform/db/parameters.ts';
import type { Sort } from './query.ts';

export type Order = { readonly column: 'published_at' | 'visible_from' | 'title'; readonly direction: 'asc' | 'desc' };

export const orders: Record<Sort, Order> = {
  '-publishedAt': { column: 'published_at', direction: 'desc' },
  publishedAt: { column: 'published_at', direction: 'asc' },
  '-updatedAt': { column: 'visible_from', direction: 'desc' },
  updatedAt: { column: 'visible_from', direction: 'asc' },
  title: { column: 'title', direction: 'asc' },
};

export const printKey = (key: string, { column }: Order) =>
  column === 'title' ? key : `to_char(${key} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Rows behind the cursor. The comparison of titles takes the column's own collation, as the order does. */
export function behind(
  key: string,
  id: string,
  { column, direction }: Order,
  after: Position,
  parameters: Parameters,
): string {
  const beyond = direction === 'desc' ? '<' : '>';
  const type = column === 'title' ? 'text' : 'timestamptz';
  return `(${key}, ${id}) ${beyond} (${parameters.add(after.value)}::${type}, ${parameters.add(after.id)}::uuid)`;
}

/** The member of an article's JSON that the order goes by. */
export const sortField = {
  published_at: 'publishedAt',
  visible_from: 'updatedAt',
  title: 'title',
} as const satisfies Record<Order['column'], string>;

// Stands in the text, since a plan that does not know it reckons with a tenth of the table.
export const printLimit = (limit: number) => String(Math.trunc(limit) + 1);

/** Whether a cursor's value can stand where the sort needs it. */
export function fitsSort(sort: Sort, value: string): boolean {
  return orders[sort].column === 'title' || isPrintedInstant(value);
}
