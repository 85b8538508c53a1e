// What the public reads of a record noun, as SQL over its row, which is called `x`. Each noun says it once, in its own
// folder; the statements around it (statements.ts) are the same for all.
import type { Parameters } from '../db/parameters.ts';

export type PublishedRecord<Field extends string = string> = {
  /** Each member of the JSON; the schema has their order. */
  readonly json: Readonly<Record<Field, string>>;
  /** Every entity that shaped it: surrogate keys, with blanks between them. */
  readonly keys: string;
  /** When one of them last changed. */
  readonly changedAt: string;
  /** Whether the public may know of it at an instant, the trash aside. */
  isPublic(at: string): string;
  /** The next instant after now at which the clock alone shows the public one more. */
  nextChangeAt(now: string): string;
  /** Nouns, as surrogate keys, whose changes decide too which ones the public may know of. */
  readonly changedBy: readonly string[];
  /** The filters of a list that are in use; the name tells statements apart. */
  filter(filters: Readonly<Record<string, unknown>>, parameters: Parameters): Filter | null;
};

export type Filter = { readonly name: string; readonly condition: string };

/** A record that everyone may know of, and that nothing but its own row shapes. */
export const plainRecord = (noun: string): Omit<PublishedRecord, 'json'> => ({
  keys: `'${noun}:' || x.id`,
  changedAt: 'x.updated_at',
  isPublic: () => 'true',
  nextChangeAt: () => 'null::timestamptz',
  changedBy: [],
  filter: () => null,
});
