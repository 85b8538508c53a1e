// Lists of articles: keyset pages, newest first unless asked otherwise. A published list is read along the index of its
// filters: the top rows of each wanted section, source, tag or editor, merged; so a page costs the same at any depth.
import { fingerprintList, type Position } from '../../../core/cursor.ts';
import type { Reader } from '../../../platform/auth/reader.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { type Dimension, dimensions, filterRows, nameWanted, wanted } from './conditions.ts';
import { isInUse } from './desk-filters.ts';
import { draftRows } from './draft-rows.ts';
import { draftJson, isPublic, isVisible, type Names, publishedJson, shapedBy } from './json.ts';
import type { ArticleRow, ReadContext } from './one.ts';
import { behind, type Order, orders, printKey, printLimit } from './order.ts';
import { createParameters, type Parameters } from './parameters.ts';
import type { Filters, Sort } from './query.ts';

export type ListedRow = ArticleRow & {
  readonly id: string;
  readonly sort_value: string;
  readonly surrogate_keys: string[] | null;
};

export type ListOrder = {
  readonly filters: Filters;
  readonly sort: Sort;
  readonly after: Position | null;
  /** Rows wanted; one more is read, to know whether there is a next page. */
  readonly limit: number;
  readonly withBody: boolean;
};

export type Statement = { readonly text: string; readonly values: unknown[]; readonly name: string | undefined };

export function listPublished(sql: Sql, order: ListOrder, context: ReadContext): Promise<ListedRow[]> {
  return run(sql, publishedList(order, context));
}

export function listDrafts(sql: Sql, order: ListOrder, context: ReadContext, reader: Reader): Promise<ListedRow[]> {
  return run(sql, draftList(order, context, reader));
}

function run(sql: Sql, { text, values, name }: Statement): Promise<ListedRow[]> {
  return sql.rows<ListedRow>(text, values, name);
}

/** The table whose index leads to the rows, and the filters that index starts with. */
function chooseAxes({ tag, editor, section, source, ids }: Filters): { table: string; axes: Dimension[] } {
  const inUse = (...names: Dimension[]) =>
    names.filter((name) => ({ tag, editor, section, source })[name] !== undefined);
  if (ids !== undefined) return { table: 'publication', axes: [] };
  if (tag !== undefined) return { table: 'publication_tag', axes: inUse('section', 'tag') };
  if (editor !== undefined) return { table: 'publication_editor', axes: inUse('section', 'editor') };
  return { table: 'publication', axes: inUse('section', 'source') };
}

/** Placeholders of the instant that visibility is judged by; and, of the past, of who sees what was retracted since. */
export type Instant = Omit<Names, 'publicUrl'>;

export const nameInstant = (
  { now, retractedWithin }: Omit<ReadContext, 'publicUrl'>,
  parameters: Parameters,
): Instant => ({
  now: parameters.add(now.toISOString()),
  ...(retractedWithin !== undefined && { retractedWithin: parameters.add(retractedWithin) }),
});

// What was public has neither begun nor been dated after the instant, so the index is read from there on, and not
// through all that came later. Before the first publication there is nothing to look for, however far back the dates of
// an imported archive reach: one row of publication_visible_from_idx.
function limitToPast(key: string, order: Order | undefined, now: string): string[] {
  const hasBegun = `(select min(f.visible_from) from publication f) <= ${now}::timestamptz`;
  return order === undefined || order.column === 'title' ? [hasBegun] : [hasBegun, `${key} <= ${now}::timestamptz`];
}

export function publishedRows(
  filters: Filters,
  parameters: Parameters,
  of: Instant,
  page: { order: Order; after: Position | null; limit: string } | null,
): string {
  const { table, axes } = chooseAxes(filters);
  const isMember = table !== 'publication';
  const d = isMember ? 'm' : 'p';
  const column = page?.order.column ?? 'published_at';
  const key = column === 'title' ? 'p.title' : `${d}.${column}`;
  const conditions = [
    isPublic('p', of),
    ...(of.retractedWithin === undefined ? [] : limitToPast(key, page?.order, of.now)),
    ...axes.map((axis) => `${d}.${axis}_id = ${wanted(axis)}.id`),
    ...filterRows('published', filters, parameters, axes),
    ...(page?.after ? [behind(key, `${d}.article_id`, page.order, page.after, parameters)] : []),
  ];
  const limited =
    page === null
      ? ''
      : `order by ${key} ${page.order.direction}, ${d}.article_id ${page.order.direction} limit ${page.limit}`;
  const rows = `
    select p.id, p.article_id, p.version, ${key} as sort_key
    from ${isMember ? `${table} m join publication p on p.id = m.publication_id` : 'publication p'}
    where ${conditions.join(' and ')} ${limited}`;
  const along =
    axes.length === 0 ? `(${rows}) as r` : `${axes.map(wanted).join(' cross join ')} cross join lateral (${rows}) as r`;
  // An article with two of the wanted tags is found twice.
  const distinct = isMember ? 'distinct on (r.sort_key, r.article_id)' : '';
  return `select ${distinct} r.id, r.article_id, r.version, r.sort_key from ${along}`;
}

function publishedList({ filters, sort, after, limit, withBody }: ListOrder, context: ReadContext): Statement {
  const parameters = createParameters();
  const names = { ...nameInstant(context, parameters), publicUrl: parameters.add(context.publicUrl) };
  const body = parameters.add(withBody);
  const page = { order: orders[sort], after, limit: printLimit(limit) };
  const ctes = nameWanted(filters, parameters);
  const { direction } = page.order;
  const picked = `picked as materialized (
    ${publishedRows(filters, parameters, names, page)} order by r.sort_key ${direction}, r.article_id ${direction} limit ${page.limit})`;
  const text = `
    with ${[...ctes, picked].join(', ')}
    select ${publishedJson(names)}::text as json, case when ${body}::boolean then v.body::text end as blocks,
      k.article_id::text as id, ${printKey('k.sort_key', page.order)} as sort_value, ${shapedBy} as surrogate_keys
    from picked k
    join publication p on p.id = k.id
    join article_version v on v.article_id = k.article_id and v.number = k.version
    order by k.sort_key ${direction}, k.article_id ${direction}`;
  return { text, values: parameters.values, name: nameStatement(text, filters, limit) };
}

function draftList(
  { filters, sort, after, limit, withBody }: ListOrder,
  { now, publicUrl }: ReadContext,
  reader: Reader,
): Statement {
  const parameters = createParameters();
  const names = {
    now: parameters.add(now.toISOString()),
    publicUrl: parameters.add(publicUrl),
    sections: parameters.add(reader.sectionIds),
    embargoedOf: parameters.add(reader.embargoedOf),
  };
  const body = parameters.add(withBody);
  const order = orders[sort];
  const { direction } = order;
  const ctes = nameWanted(filters, parameters);
  const picked = `picked as materialized (
    ${draftRows(filters, parameters, { reader, now }, { order, after, limit })}
    order by sort_key ${direction}, id ${direction} limit ${printLimit(limit)})`;
  const text = `
    with ${[...ctes, picked].join(', ')}
    select ${draftJson(names)}::text as json, case when ${body}::boolean then v.body::text end as blocks,
      a.id::text as id, ${printKey('k.sort_key', order)} as sort_value, null::text[] as surrogate_keys
    from picked k
    join article a on a.id = k.id
    join article_version v on v.article_id = a.id and v.number = a.version
    left join publication p on p.article_id = a.id and ${isVisible('p', names.now)}
    order by k.sort_key ${direction}, a.id ${direction}`;
  return { text, values: parameters.values, name: nameStatement(text, filters, limit) };
}

// A prepared plan costs memory on every connection, so only the shapes that frontends use all the time get one.
const preparedFiltersMax = 2;
const preparedLimits = [10, 20, 50, 100];

function nameStatement(text: string, filters: Filters, limit: number): string | undefined {
  const rare =
    isInUse(filters.desk) ||
    [filters.ids, filters.publishedAfter, filters.publishedBefore, filters.updatedAfter].some(
      (value) => value !== undefined,
    );
  const inUse = dimensions.filter((dimension) => filters[dimension] !== undefined).length;
  return rare || inUse > preparedFiltersMax || !preparedLimits.includes(limit)
    ? undefined
    : `articles_${fingerprintList(text)}`;
}
