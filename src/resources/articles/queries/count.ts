// How many articles a list holds, where the client asks. Exact, or an estimate: exact up to a bound, then the planner's.
import type { Sql } from '../../../platform/db/db.ts';
import { nameWanted } from './conditions.ts';
import { draftRows, publishedRows } from './list.ts';
import { createParameters } from './parameters.ts';
import type { Filters } from './query.ts';

// Counting this many rows takes a few milliseconds.
const exactMax = 10_000;

export type CountOrder = {
  readonly filters: Filters;
  readonly kind: 'exact' | 'estimate';
  readonly now: Date;
  /** Undefined: what the public sees; else working copies within these sections (null: all). */
  readonly drafts?: readonly string[] | null;
};

export async function countArticles(sql: Sql, order: CountOrder): Promise<number> {
  const { rows, values } = selectAll(order);
  if (order.kind === 'exact') return countRows(sql, rows, values);
  const bounded = await countRows(sql, `${rows} limit ${exactMax + 1}`, values);
  return bounded <= exactMax ? bounded : estimateRows(sql, rows, values);
}

function selectAll({ filters, now, drafts }: CountOrder): { rows: string; values: unknown[] } {
  const parameters = createParameters();
  const instant = drafts === undefined ? parameters.add(now.toISOString()) : '';
  const sections = drafts === undefined || drafts === null ? null : parameters.add(drafts);
  const ctes = nameWanted(filters, parameters);
  const selected =
    drafts === undefined
      ? publishedRows(filters, parameters, instant, null)
      : draftRows(filters, parameters, sections, null);
  const prefix = ctes.length === 0 ? '' : `with ${ctes.join(', ')}`;
  return { rows: `${prefix} ${selected}`, values: parameters.values };
}

async function countRows(sql: Sql, rows: string, values: unknown[]): Promise<number> {
  const [row] = await sql.rows<{ total: number }>(`select count(*)::int as total from (${rows}) as counted`, values);
  return row?.total ?? 0;
}

type Explained = { 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] };

async function estimateRows(sql: Sql, rows: string, values: unknown[]): Promise<number> {
  const [row] = await sql.rows<Explained>(`explain (format json) ${rows}`, values);
  return Math.max(exactMax, Math.round(row?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0));
}
