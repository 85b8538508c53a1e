// Reads of records, through Prisma. Trashed ones are not there, but for who looks into the trash.
import { decodeCursor, encodeCursor, fingerprintList, invalidCursor } from '../../core/cursor.ts';
import { isUuid } from '../../core/ids.ts';
import { isPrintedInstant } from '../../core/time.ts';
import type { Reader } from '../auth/reader.ts';
import type { PrismaTx } from '../db/db.ts';
import type { Page } from '../http/listing.ts';
import type { RecordKind, RecordRow, RecordSort } from './record.ts';

type DraftSight = { readonly reader: Reader; readonly now: Date; readonly inTrash: boolean };

/** Which rows are there: for editors those that are not in the trash now, or those that are; else what the public sees. */
export type Sight = DraftSight | { readonly at: Date; readonly isPast: boolean };

// Of the past it is known when a row was made, and when it went into the trash that it is still in.
function isThere(kind: RecordKind, sight: Sight): object {
  if ('reader' in sight) {
    const { reader, now, inTrash } = sight;
    return { AND: [{ trashedAt: inTrash ? { not: null } : null }, kind.toDraftCondition(reader, now)] };
  }
  const { at, isPast } = sight;
  const there = { createdAt: { lte: at }, OR: [{ trashedAt: null }, { trashedAt: { gt: at } }] };
  return { AND: [isPast ? there : { trashedAt: null }, kind.toPublicCondition(at)] };
}

export async function findRecord(
  prisma: PrismaTx,
  kind: RecordKind,
  idOrSlug: string,
  sight: Sight,
): Promise<RecordRow | null> {
  const key = isUuid(idOrSlug) ? { id: idOrSlug.toLowerCase() } : { slug: idOrSlug };
  return kind.model(prisma).findFirst({ where: { AND: [key, isThere(kind, sight)] } });
}

export type RecordQuery = {
  limit: number;
  cursor?: string;
  sort: string;
  ids?: string[];
  count?: 'exact' | 'estimate';
  sight: Sight;
  filters: Readonly<Record<string, unknown>>;
};

export async function listRecords(
  prisma: PrismaTx,
  kind: RecordKind,
  query: RecordQuery,
): Promise<{ rows: RecordRow[]; page: Page }> {
  const model = kind.model(prisma);
  const filter = { AND: [await kind.toCondition(prisma, query.filters), isThere(kind, query.sight)] };
  if (query.ids !== undefined) {
    const found = await model.findMany({ where: { AND: [{ id: { in: query.ids } }, filter] } });
    return pickRecords(found, query.ids, query.count);
  }
  const sort = kind.sorts[query.sort]!;
  const fingerprint = fingerprintList([kind.noun, query.sort, query.filters, ...describeSight(query.sight)]);
  const behind = query.cursor === undefined ? {} : conditionBehind(sort, fingerprint, query.cursor);
  const rows = await model.findMany({
    where: { AND: [filter, behind] },
    orderBy: [{ [sort.column]: sort.direction }, { id: sort.direction }],
    take: query.limit + 1,
  });
  const total = query.count === undefined ? {} : { total: await model.count({ where: filter }) };
  const shown = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? shown.at(-1) : undefined;
  const nextCursor =
    last === undefined ? null : encodeCursor(fingerprint, { value: printSortValue(last, sort), id: last.id });
  return { rows: shown, page: { limit: query.limit, nextCursor, ...total } };
}

/** What tells lists of one sort and filter apart. */
function describeSight(sight: Sight): string[] {
  if ('reader' in sight) return sight.inTrash ? ['trash'] : [];
  return sight.isPast ? [sight.at.toISOString()] : [];
}

function pickRecords(
  found: RecordRow[],
  ids: readonly string[],
  count: RecordQuery['count'],
): { rows: RecordRow[]; page: Page } {
  const byId = new Map(found.map((row) => [row.id, row]));
  const wanted = [...new Set(ids)];
  const rows = wanted.flatMap((id) => byId.get(id) ?? []);
  const total = count === undefined ? {} : { total: rows.length };
  return { rows, page: { limit: wanted.length, nextCursor: null, ...total } };
}

// (column, id) behind (value, last id), in the order of the column's own collation.
function conditionBehind(sort: RecordSort, fingerprint: string, cursor: string): object {
  const { value, id } = decodeCursor(fingerprint, cursor);
  const at = readSortValue(value, sort);
  const beyond = sort.direction === 'asc' ? 'gt' : 'lt';
  return { OR: [{ [sort.column]: { [beyond]: at } }, { AND: [{ [sort.column]: at }, { id: { [beyond]: id } }] }] };
}

function printSortValue(row: RecordRow, sort: RecordSort): string {
  const value = (row as unknown as Record<string, unknown>)[sort.column];
  return value instanceof Date ? value.toISOString() : String(value);
}

// Only what printSortValue prints: anything else is the work of somebody who edits cursors, and Postgres may refuse it.
function readSortValue(value: string, sort: RecordSort): string | number | Date {
  if (sort.kind === 'text') return value;
  if (sort.kind === 'number' && isInt4(value)) return Number(value);
  if (sort.kind === 'instant' && isPrintedInstant(value)) return new Date(value);
  throw invalidCursor('It was altered.');
}

const isInt4 = (text: string) => String(Number(text)) === text && (Number(text) | 0) === Number(text);
