// Lists of what the public sees: keyset pages, newest first unless asked otherwise. One statement, one row: the views of
// the page one after the other, what their marks stand for, and when the list last changed and will change by the clock.
import type { Sql } from '../../../platform/db/db.ts';
import { createParameters } from '../../../platform/db/parameters.ts';
import { lastChangeAt } from '../../../platform/events/last-change.ts';
import { nounTag } from '../../../platform/events/touches.ts';
import { dimensions, listNamed, nameWanted } from './conditions.ts';
import { type ListedPage, type ListedRow, type ListOrder, nameStatement } from './list-statement.ts';
import type { ReadContext } from './one.ts';
import { orders, printLimit, sortField } from './order.ts';
import { nameInstant, publishedRows } from './published-rows.ts';
import { idOfView, joinTexts, type Lookups, readLookups, selectNamed, splitTexts } from './published-view.ts';
import { selectRelated } from './related.ts';

export type PublishedPage = ListedPage & {
  readonly surrogateKeys: readonly string[];
  /** The last change of anything that the public reads. The past has none that it may know: a purge leaves none. */
  readonly changedAt: Date | null;
  /** When the clock alone may change it. Not to be told. */
  readonly nextChangeAt: Date | null;
};

type Row = Lookups & {
  readonly views: string | null;
  readonly bodies: string | null;
  readonly changed_at: Date | null;
  readonly next_change_at: Date | null;
};

export async function listPublished(sql: Sql, order: ListOrder, context: ReadContext): Promise<PublishedPage> {
  const { text, values } = publishedList(order, context);
  const [row] = await sql.rows<Row>(text, values, nameStatement(text, order.filters, order.limit));
  return toPage(row!, order, context);
}

/**
 * When the clock changes next what the public sees, as an SQL expression; `now`: a placeholder. By
 * publication_visible_from_idx and publication_visible_until_idx, one row of each: whichever publication it is.
 */
export const nextChangeAt = (now: string) => `least(
  (select f.visible_from from publication f where f.visible_from > ${now}::timestamptz order by f.visible_from limit 1),
  (select u.visible_until from publication u where u.visible_until > ${now}::timestamptz order by u.visible_until limit 1))`;

// `picked` is in order, and what is joined out of it in one pass stays so. Bodies by article_version_pkey.
function publishedList({ filters, sort, after, limit, withBody }: ListOrder, context: ReadContext) {
  const parameters = createParameters();
  const of = nameInstant(context, parameters);
  const page = { order: orders[sort], after, limit: printLimit(limit) };
  const ctes = nameWanted(filters, parameters);
  const { direction } = page.order;
  const picked = `picked as materialized (
    ${publishedRows(filters, parameters, of, page)} order by r.sort_key ${direction}, r.article_id ${direction} limit ${page.limit})`;
  const body =
    '(select v.body::text from article_version v where v.article_id = k.article_id and v.number = k.version)';
  const recordIds = [
    'select unnest(k.record_ids) from picked k',
    ...listNamed(filters).map((cte) => `select id from ${cte}`),
  ];
  const isPast = of.retractedWithin !== undefined;
  const text = `
    with ${[...ctes, picked].join(', ')}
    select (select ${joinTexts('k.view')} from picked k) as views,
      ${withBody ? `(select ${joinTexts(body)} from picked k)` : 'null'} as bodies, n.named, r.related,
      ${isPast ? 'null::timestamptz' : lastChangeAt(of.now)} as changed_at,
      ${isPast ? 'null::timestamptz' : nextChangeAt(of.now)} as next_change_at
    from (${selectNamed(`array(${recordIds.join(' union all ')})`)}) n
    cross join (${selectRelated('select unnest(k.related_ids) from picked k', of)}) r`;
  return { text, values: parameters.values };
}

function toPage(row: Row, { filters, sort, limit }: ListOrder, { publicUrl }: ReadContext): PublishedPage {
  const found = splitTexts(row.views);
  const views = found.slice(0, limit);
  const bodies = splitTexts(row.bodies);
  const { fill, surrogateKeys } = readLookups(row, publicUrl);
  const rows = views.map((view, n): ListedRow => ({ id: idOfView(view), json: fill(view), blocks: bodies[n] ?? null }));
  const nouns = dimensions.filter((dimension) => filters[dimension] !== undefined).map(nounTag);
  const keys = ['articles', ...nouns, ...rows.map(({ id }) => `article:${id}`), ...surrogateKeys];
  return {
    rows,
    next: found.length > limit ? positionOf(views.at(-1)!, sort) : null,
    surrogateKeys: [...new Set(keys)],
    changedAt: row.changed_at,
    nextChangeAt: row.next_change_at,
  };
}

function positionOf(view: string, sort: ListOrder['sort']) {
  const shown = JSON.parse(view) as Record<string, string>;
  return { value: shown[sortField[orders[sort].column]]!, id: shown.id! };
}
