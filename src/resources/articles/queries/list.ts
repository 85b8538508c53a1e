// Lists of articles: keyset pages, newest first unless asked otherwise. A published list is read along the index of its
// filters: the top rows of each wanted section, source, tag or editor, merged; so a page costs the same at any depth.
import { fingerprintList, type Position } from '../../../core/cursor.ts';
import { isPrintedInstant } from '../../../core/time.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { type Dimension, dimensions, filterRows, nameWanted, wanted } from './conditions.ts';
import { draftJson, isVisible, isWithin, publishedJson, shapedBy } from './json.ts';
import type { ArticleRow, ReadContext } from './one.ts';
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

type Order = { readonly column: 'published_at' | 'visible_from' | 'title'; readonly direction: 'asc' | 'desc' };

const orders: Record<Sort, Order> = {
  '-publishedAt': { column: 'published_at', direction: 'desc' },
  publishedAt: { column: 'published_at', direction: 'asc' },
  '-updatedAt': { column: 'visible_from', direction: 'desc' },
  updatedAt: { column: 'visible_from', direction: 'asc' },
  title: { column: 'title', direction: 'asc' },
};

export type Statement = { readonly text: string; readonly values: unknown[]; readonly name: string | undefined };

export function listPublished(sql: Sql, order: ListOrder, context: ReadContext): Promise<ListedRow[]> {
  return run(sql, publishedList(order, context));
}

export function listDrafts(
  sql: Sql,
  order: ListOrder,
  context: ReadContext,
  sectionIds: readonly string[] | null,
): Promise<ListedRow[]> {
  return run(sql, draftList(order, context, sectionIds));
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

export function publishedRows(
  filters: Filters,
  parameters: Parameters,
  now: string,
  page: { order: Order; after: Position | null; limit: string } | null,
): string {
  const { table, axes } = chooseAxes(filters);
  const isMember = table !== 'publication';
  const d = isMember ? 'm' : 'p';
  const column = page?.order.column ?? 'published_at';
  const key = column === 'title' ? 'p.title' : `${d}.${column}`;
  const conditions = [
    isVisible('p', now),
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

function publishedList(
  { filters, sort, after, limit, withBody }: ListOrder,
  { now, publicUrl }: ReadContext,
): Statement {
  const parameters = createParameters();
  const names = { now: parameters.add(now.toISOString()), publicUrl: parameters.add(publicUrl) };
  const body = parameters.add(withBody);
  const page = { order: orders[sort], after, limit: printLimit(limit) };
  const ctes = nameWanted(filters, parameters);
  const { direction } = page.order;
  const picked = `picked as materialized (
    ${publishedRows(filters, parameters, names.now, page)} order by r.sort_key ${direction}, r.article_id ${direction} limit ${page.limit})`;
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

const draftKeys: Record<Order['column'], string> = {
  published_at: 'coalesce(a.published_at, a.created_at)',
  visible_from: 'a.updated_at',
  title: 'a.title',
};

export function draftRows(
  filters: Filters,
  parameters: Parameters,
  /** Placeholder of the sections a key is limited to; null: no limit, and so no condition that a plan must reckon with. */
  sections: string | null,
  page: { order: Order; after: Position | null } | null,
): string {
  const key = draftKeys[page?.order.column ?? 'published_at'];
  const conditions = [
    'a.trashed_at is null',
    ...(sections === null ? [] : [isWithin('a', sections)]),
    ...filterRows('draft', filters, parameters),
    ...(page?.after ? [behind(key, 'a.id', page.order, page.after, parameters)] : []),
  ];
  return `select a.id, ${key} as sort_key from article a where ${conditions.join(' and ')}`;
}

function draftList(
  { filters, sort, after, limit, withBody }: ListOrder,
  { now, publicUrl }: ReadContext,
  sectionIds: readonly string[] | null,
): Statement {
  const parameters = createParameters();
  const names = { now: parameters.add(now.toISOString()), publicUrl: parameters.add(publicUrl) };
  const body = parameters.add(withBody);
  const sections = parameters.add(sectionIds);
  const order = orders[sort];
  const { direction } = order;
  const ctes = nameWanted(filters, parameters);
  const picked = `picked as materialized (
    ${draftRows(filters, parameters, sectionIds === null ? null : sections, { order, after })}
    order by sort_key ${direction}, a.id ${direction} limit ${printLimit(limit)})`;
  const text = `
    with ${[...ctes, picked].join(', ')}
    select ${draftJson(names, sections)}::text as json, case when ${body}::boolean then v.body::text end as blocks,
      a.id::text as id, ${printKey('k.sort_key', order)} as sort_value, null::text[] as surrogate_keys
    from picked k
    join article a on a.id = k.id
    join article_version v on v.article_id = a.id and v.number = a.version
    left join publication p on p.article_id = a.id and ${isVisible('p', names.now)}
    order by k.sort_key ${direction}, a.id ${direction}`;
  return { text, values: parameters.values, name: nameStatement(text, filters, limit) };
}

const printKey = (key: string, { column }: Order) =>
  column === 'title' ? key : `to_char(${key} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Rows behind the cursor. The comparison of titles takes the column's own collation, as the order does. */
function behind(
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

// Stands in the text, since a plan that does not know it reckons with a tenth of the table.
const printLimit = (limit: number) => String(Math.trunc(limit) + 1);

// A prepared plan costs memory on every connection, so only the shapes that frontends use all the time get one.
const preparedFiltersMax = 2;
const preparedLimits = [10, 20, 50, 100];

function nameStatement(text: string, filters: Filters, limit: number): string | undefined {
  const rare = [filters.ids, filters.publishedAfter, filters.publishedBefore, filters.updatedAfter].some(
    (value) => value !== undefined,
  );
  const inUse = dimensions.filter((dimension) => filters[dimension] !== undefined).length;
  return rare || inUse > preparedFiltersMax || !preparedLimits.includes(limit)
    ? undefined
    : `articles_${fingerprintList(text)}`;
}

/** Whether a cursor's value can stand where the sort needs it. */
export function fitsSort(sort: Sort, value: string): boolean {
  return orders[sort].column === 'title' || isPrintedInstant(value);
}
