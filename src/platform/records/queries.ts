// Reads of records as editors see them, through Prisma. What is in the trash is not there, but for who looks into it.
import { encodeCursor, type Position } from '../../core/cursor.ts';
import { isUuid } from '../../core/ids.ts';
import type { Reader } from '../auth/reader.ts';
import type { PrismaTx } from '../db/db.ts';
import type { Page } from '../http/listing.ts';
import { fingerprintRecords, readPosition } from './keyset.ts';
import type { RecordKind, RecordRow, RecordSort } from './record.ts';

/** Which rows are there for a reader: those that are not in the trash now, or those that are. */
export type Sight = { readonly reader: Reader; readonly now: Date; readonly inTrash: boolean };

const isThere = (kind: RecordKind, { reader, now, inTrash }: Sight): object => ({
  AND: [{ trashedAt: inTrash ? { not: null } : null }, kind.toDraftCondition(reader, now)],
});

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
  filters: Readonly<Record<string, unknown>>;
};

export async function listRecords(
  prisma: PrismaTx,
  kind: RecordKind,
  { limit, cursor, ids, count, ...query }: RecordQuery,
  sight: Sight,
): Promise<{ rows: RecordRow[]; page: Page }> {
  const model = kind.model(prisma);
  const filter = { AND: [await kind.toCondition(prisma, query.filters), isThere(kind, sight)] };
  if (ids !== undefined) {
    const found = await model.findMany({ where: { AND: [{ id: { in: ids } }, filter] } });
    return pickRecords(found, ids, count);
  }
  const sort = kind.sorts[query.sort]!;
  const fingerprint = fingerprintRecords(kind, { ...query, sight: sight.inTrash ? ['trash'] : [] });
  const behind = cursor === undefined ? {} : conditionBehind(sort, readPosition(sort, fingerprint, cursor));
  const rows = await model.findMany({
    where: { AND: [filter, behind] },
    orderBy: [{ [sort.field]: sort.direction }, { id: sort.direction }],
    take: limit + 1,
  });
  const total = count === undefined ? {} : { total: await model.count({ where: filter }) };
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const nextCursor =
    last === undefined ? null : encodeCursor(fingerprint, { value: printSortValue(last, sort), id: last.id });
  return { rows: shown, page: { limit, nextCursor, ...total } };
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

// (field, id) behind (value, last id), in the order of the column's own collation.
function conditionBehind({ field, kind, direction }: RecordSort, { value, id }: Position): object {
  const at = kind === 'text' ? value : kind === 'number' ? Number(value) : new Date(value);
  const beyond = direction === 'asc' ? 'gt' : 'lt';
  return { OR: [{ [field]: { [beyond]: at } }, { AND: [{ [field]: at }, { id: { [beyond]: id } }] }] };
}

function printSortValue(row: RecordRow, { field }: RecordSort): string {
  const value = (row as unknown as Record<string, unknown>)[field];
  return value instanceof Date ? value.toISOString() : String(value);
}
