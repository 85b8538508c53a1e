// The rows of lists of working copies. Whoever looks at what somebody made, or has been given, reads along that person's
// index, so that it costs what that person has and not what the newsroom has.
import type { Position } from '../../../core/cursor.ts';
import type { Reader } from '../../../platform/auth/reader.ts';
import type { Parameters } from '../../../platform/db/parameters.ts';
import { filterRows, limitDrafts } from './conditions.ts';
import { type DeskArm, filterDesk, listArms } from './desk-filters.ts';
import { behind, type Order, printLimit } from './order.ts';
import type { Filters } from './query.ts';

const keys: Record<Order['column'], string> = {
  published_at: 'coalesce(a.published_at, a.created_at)',
  visible_from: 'a.updated_at',
  title: 'a.title',
};

type Page = { readonly order: Order; readonly after: Position | null; readonly limit: number };

/** Selects `id` and `sort_key`; the caller sorts and cuts once more where there is a page. */
export function draftRows(
  filters: Filters,
  parameters: Parameters,
  { reader, now }: { reader: Reader; now: Date },
  page: Page | null,
): string {
  const key = keys[page?.order.column ?? 'published_at'];
  const conditions = [
    ...filterDesk(filters.desk, parameters, now),
    ...limitDrafts('a', reader, parameters, now),
    ...filterRows(filters, parameters, 'drafts'),
    ...(page?.after ? [behind(key, 'a.id', page.order, page.after, parameters)] : []),
  ];
  const arms = listArms(filters.desk);
  if (arms.length === 0) return selectRows(key, 'article a', conditions, null);
  return arms.map((arm) => `(${selectArm(key, arm, conditions, page)})`).join(' union all ');
}

/** `along`: a column that has one value in all rows, but leads the index which the rows are read by. */
function selectRows(key: string, source: string, conditions: readonly string[], page: Page | null, along = ''): string {
  const rows = `select a.id, ${key} as sort_key from ${source} where ${conditions.join(' and ')}`;
  if (page === null) return rows;
  const { direction } = page.order;
  const led = along === '' ? '' : `${along} ${direction}, `;
  return `${rows} order by ${led}sort_key ${direction}, id ${direction} limit ${printLimit(page.limit)}`;
}

// Whoever has up to so many gets them all read and sorted; of who has more, some are near wherever one looks.
const fewMax = 1000;

function selectArm(key: string, { column, wanted }: DeskArm, conditions: readonly string[], page: Page | null): string {
  if (wanted === null) return selectRows(key, 'article a', [`a.${column} is null`, ...conditions], page);
  // A range leads to the person's index: of `=` the planner knows what people have on average, which may be nearly all.
  const isTheirs = (alias: string) => `${alias}.${column} between w.id and w.id`;
  // That index is in the order of updates, and no order matters to a count.
  if (page === null || page.order.column === 'visible_from') {
    return `select r.id, r.sort_key from ${wanted} w cross join lateral (
      ${selectRows(key, 'article a', [isTheirs('a'), ...conditions], page, `a.${column}`)}) r`;
  }
  // In another order, a planner that does not know how much the person has would walk the whole archive for somebody who
  // has next to nothing, or sort all of what an importing service made.
  const few = `(select x.* from article x where f.is_few and ${isTheirs('x')} offset 0) a`;
  const many = ['not f.is_few', `a.${column} = w.id`, ...conditions];
  return `select r.id, r.sort_key from ${wanted} w
    cross join lateral (select count(*) <= ${fewMax} as is_few from (
      select from article x where ${isTheirs('x')} limit ${fewMax + 1}) n) f
    cross join lateral (
      (${selectRows(key, few, conditions, page)}) union all (${selectRows(key, 'article a', many, page)})) r`;
}
