// Cursors of lists of records: which list one belongs to, and what may stand in it.
import { decodeCursor, fingerprintList, invalidCursor, type Position } from '../../core/cursor.ts';
import { isPrintedInstant } from '../../core/time.ts';
import type { RecordKind, RecordSort } from './record.ts';

/** What of a query decides which rows there are, and in which order. */
export type ListIdentity = {
  readonly sort: string;
  readonly filters: Readonly<Record<string, unknown>>;
  /** What tells lists of one sort and filter apart: the trash, an instant of the past. */
  readonly sight: readonly string[];
};

export const fingerprintRecords = ({ noun }: RecordKind, { sort, filters, sight }: ListIdentity) =>
  fingerprintList([noun, sort, filters, ...sight]);

/** What the page begins behind. Only what a page ended with: anything else is the work of somebody who edits cursors. */
export function readPosition({ kind }: RecordSort, fingerprint: string, cursor: string): Position {
  const position = decodeCursor(fingerprint, cursor);
  if (!isPrinted[kind](position.value)) throw invalidCursor('It was altered.');
  return position;
}

const isPrinted: Record<RecordSort['kind'], (value: string) => boolean> = {
  text: () => true,
  instant: isPrintedInstant,
  // As the column holds them: 32 bits.
  number: (value) => String(Number(value)) === value && (Number(value) | 0) === Number(value),
};
