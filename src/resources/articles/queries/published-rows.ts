// The rows of lists of what the public sees, read along the index of their filters: the top rows of each wanted section,
// source, tag or editor, merged; so a page costs the same at any depth.
import type { Position } from '../../../core/cursor.ts';
import type { Parameters } from '../../../platform/db/parameters.ts';
import { type Dimension, filterRows, wanted } from './conditions.ts';
import { type Instant, isPublic } from './json.ts';
import type { ReadContext } from './one.ts';
import { behind, type Order } from './order.ts';
import type { Filters } from './query.ts';

/** The table whose index leads to the rows, and the filters that index starts with. */
function chooseAxes({ tag, editor, section, source, ids }: Filters): { table: string; axes: Dimension[] } {
  const inUse = (...names: Dimension[]) =>
    names.filter((name) => ({ tag, editor, section, source })[name] !== undefined);
  if (ids !== undefined) return { table: 'publication', axes: [] };
  if (tag !== undefined) return { table: 'publication_tag', axes: inUse('section', 'tag') };
  if (editor !== undefined) return { table: 'publication_editor', axes: inUse('section', 'editor') };
  return { table: 'publication', axes: inUse('section', 'source') };
}

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
    ...filterRows(filters, parameters, { axes, alias: d }),
    ...(page?.after ? [behind(key, `${d}.article_id`, page.order, page.after, parameters)] : []),
  ];
  const limited =
    page === null
      ? ''
      : `order by ${key} ${page.order.direction}, ${d}.article_id ${page.order.direction} limit ${page.limit}`;
  const rows = `
    select p.article_id, p.version, ${key} as sort_key${page === null ? '' : ', p.view, p.record_ids, p.related_ids'}
    from ${isMember ? `${table} m join publication p on p.id = m.publication_id` : 'publication p'}
    where ${conditions.join(' and ')} ${limited}`;
  const along =
    axes.length === 0 ? `(${rows}) as r` : `${axes.map(wanted).join(' cross join ')} cross join lateral (${rows}) as r`;
  // An article with two of the wanted tags is found twice.
  const distinct = isMember ? 'distinct on (r.sort_key, r.article_id)' : '';
  return `select ${distinct} r.* from ${along}`;
}
