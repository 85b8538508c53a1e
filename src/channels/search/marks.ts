// Marks what was found in the articles of a page.
import type { Sql } from '../../platform/db/db.ts';
import type { ListedRow } from '../../resources/articles/queries/list-statement.ts';
import type { Found } from './match/search.ts';

export type Marks = {
  readonly title: string | null;
  readonly summary: string | null;
  readonly body: readonly string[];
};

export async function markResults(_sql: Sql, _found: Found, rows: readonly ListedRow[]): Promise<Map<string, Marks>> {
  return new Map(rows.map(({ id }) => [id, { title: null, summary: null, body: [] }]));
}
