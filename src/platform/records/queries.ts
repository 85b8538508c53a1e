// Reads of records, through Prisma. Trashed ones are not there.
import { decodeCursor, encodeCursor, fingerprintList, invalidCursor } from '../../core/cursor.ts';
import { isUuid } from '../../core/ids.ts';
import { isPrintedInstant } from '../../core/time.ts';
import type { PrismaTx } from '../db/db.ts';
import type { Page } from '../http/listing.ts';
import type { RecordKind, RecordRow, RecordSort } from './record.ts';

const notTrashed = { trashedAt: null };

/** `publicAt`: only what the public may see at that instant. */
export async function findRecord(
  prisma: PrismaTx,
  kind: RecordKind,
  idOrSlug: string,
  publicAt?: Date,
): Promise<RecordRow | null> {
  const key = isUuid(idOrSlug) ? { id: idOrSlug.toLowerCase() } : { slug: idOrSlug };
  const readable = publicAt === undefined ? {} : kind.toPublicCondition(publicAt);
  return kind.model(prisma).findFirst({ where: { AND: [key, notTrashed, readable] } });
}

export type RecordQuery = {
  limit: number;
  cursor?: string;
  sort: string;
  ids?: string[];
  count?: 'exact' | 'estimate';
  /** Only what the public may see at this instant. */
  publicAt?: Date;
  filters: Readonly<Record<string, unknown>>;
};

export async function listRecords(
  prisma: PrismaTx,
  kind: RecordKind,
  query: RecordQuery,
): Promise<{ rows: RecordRow[]; page: Page }> {
  const model = kind.model(prisma);
  const readable = query.publicAt === undefined ? {} : kind.toPublicCondition(query.publicAt);
  const condition = { AND: [await kind.toCondition(prisma, query.filters), readable] };
  if (query.ids !== undefined) {
    const found = await model.findMany({ where: { AND: [{ id: { in: query.ids } }, notTrashed, condition] } });
    return pickRecords(found, query.ids, query.count);
  }
  const sort = kind.sorts[query.sort]!;
  const fingerprint = fingerprintList([kind.noun, query.sort, query.filters]);
  const filter = { AND: [notTrashed, condition] };
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
