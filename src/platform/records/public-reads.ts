// What the public reads of records: one, or a list, now or at an instant before. Pure of HTTP: the text that is sent, and
// what caches need to know of it.
import { encodeCursor } from '../../core/cursor.ts';
import type { Sql } from '../db/db.ts';
import type { PublicAnswer } from '../delivery/prepared.ts';
import type { Moment } from '../http/as-of.ts';
import { type Page, pickFields } from '../http/listing.ts';
import { fingerprintRecords, readPosition } from './keyset.ts';
import type { RecordKind } from './record.ts';
import { selectOne, selectPage, selectPicked } from './statements.ts';

type Shape = { readonly fields?: readonly string[] | undefined };

export type RecordOrder = Shape & { readonly idOrSlug: string; readonly moment: Moment };

/** `content` is null where there is none; its keys then name what may make it appear. */
export type PublicRecord = Omit<PublicAnswer, 'content'> & { readonly content: string | null };

type OneRow = {
  readonly json: string | null;
  readonly keys: string | null;
  readonly changed_at: Date | null;
  readonly next_change_at: Date | null;
};

export async function readPublicRecord(
  sql: Sql,
  kind: RecordKind,
  { idOrSlug, moment, fields }: RecordOrder,
): Promise<PublicRecord> {
  const { text, values, name } = selectOne(kind, idOrSlug, moment);
  const [row] = await sql.rows<OneRow>(text, values, name);
  const { json, keys, changed_at: lastModified, next_change_at: nextChangeAt } = row!;
  if (json === null) return { content: null, ...keysOf(kind), lastModified: null, endsAt: null, nextChangeAt };
  const content = fields === undefined ? json : JSON.stringify(pickFields(JSON.parse(json), fields));
  return { content, surrogateKeys: keys!.split(' '), lastModified, endsAt: null, nextChangeAt };
}

export type PublicRecordsOrder = Shape & {
  readonly moment: Moment;
  readonly sort: string;
  readonly cursor?: string | undefined;
  readonly limit: number;
  /** Those of them that are there, in this order, in place of a page. */
  readonly ids?: readonly string[] | undefined;
  readonly count?: string | undefined;
  readonly filters: Readonly<Record<string, unknown>>;
};

export type PublicRecords = PublicAnswer & { readonly content: string; readonly page: Page };

type ListRow = {
  readonly data: string;
  readonly keys: string | null;
  readonly has_more: boolean;
  readonly last_value: string | null;
  readonly last_id: string | null;
  readonly total: number | null;
  readonly changed_at: Date | null;
  readonly next_change_at: Date | null;
};

export async function listPublicRecords(sql: Sql, kind: RecordKind, order: PublicRecordsOrder): Promise<PublicRecords> {
  const { moment, sort, filters, cursor, count, fields } = order;
  const ids = order.ids && [...new Set(order.ids)];
  const limit = ids?.length ?? order.limit;
  const fingerprint = fingerprintRecords(kind, {
    sort,
    filters,
    sight: moment.isPast ? [moment.at.toISOString()] : [],
  });
  const listing = { moment, filters, isCounted: count !== undefined };
  const readAfter = () => (cursor === undefined ? null : readPosition(kind.sorts[sort]!, fingerprint, cursor));
  const { text, values, name } =
    ids === undefined
      ? selectPage(kind, { ...listing, sort, after: readAfter(), limit })
      : selectPicked(kind, { ...listing, ids });
  const [row] = await sql.rows<ListRow>(text, values, name);
  const { data, keys, has_more: hasMore, last_value: value, last_id: id, total } = row!;
  const nextCursor = hasMore ? encodeCursor(fingerprint, { value: value!, id: id! }) : null;
  const page = { limit, nextCursor, ...(total === null ? {} : { total }) };
  const content = `{"data":${fields === undefined ? data : pickEach(data, fields)},"page":${JSON.stringify(page)}}`;
  const { surrogateKeys, untoldKeys } = keysOf(kind);
  return {
    content,
    page,
    surrogateKeys: [...surrogateKeys, ...new Set(keys?.split(' ') ?? [])],
    untoldKeys,
    lastModified: row!.changed_at,
    endsAt: null,
    nextChangeAt: row!.next_change_at,
  };
}

const pickEach = (data: string, fields: readonly string[]) =>
  JSON.stringify((JSON.parse(data) as object[]).map((record) => pickFields(record, fields)));

/** Of what depends on which records of the kind there are. */
const keysOf = ({ plural, published }: RecordKind) => ({ surrogateKeys: [plural], untoldKeys: published.changedBy });
