// What the statements of article lists have in common: what is asked for, what comes back, and which are prepared.
import { fingerprintList, type Position } from '../../../core/cursor.ts';
import { dimensions } from './conditions.ts';
import { isInUse } from './desk-filters.ts';
import type { ArticleRow } from './one.ts';
import type { Filters, Sort } from './query.ts';

export type ListOrder = {
  readonly filters: Filters;
  readonly sort: Sort;
  readonly after: Position | null;
  /** Rows wanted; one more is read, to know whether there is a next page. */
  readonly limit: number;
  readonly withBody: boolean;
};

export type ListedRow = ArticleRow & { readonly id: string };

/** At most as many rows as were wanted; `next`: where the next page begins, if there is one. */
export type ListedPage = { readonly rows: readonly ListedRow[]; readonly next: Position | null };

// A prepared plan costs memory on every connection, so only the shapes that frontends use all the time get one.
const preparedFiltersMax = 2;
const preparedLimits = [10, 20, 50, 100];

export function nameStatement(text: string, filters: Filters, limit: number): string | undefined {
  const rare =
    isInUse(filters.desk) ||
    [filters.ids, filters.publishedAfter, filters.publishedBefore, filters.updatedAfter].some(
      (value) => value !== undefined,
    );
  const inUse = dimensions.filter((dimension) => filters[dimension] !== undefined).length;
  return rare || inUse > preparedFiltersMax || !preparedLimits.includes(limit) ? undefined : nameText(text);
}

// As many as there are shapes to be prepared: some hundred.
const names = new Map<string, string>();

function nameText(text: string): string {
  const name = names.get(text) ?? `articles_${fingerprintList(text)}`;
  names.set(text, name);
  return name;
}
