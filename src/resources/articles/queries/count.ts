// How many articles a list holds, where the client asks. Exact, or an estimate: exact up to a bound, then the planner's.
import type { Reader } from '../../../platform/auth/reader.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { createParameters } from '../../../platform/db/parameters.ts';
import { nameWanted } from './conditions.ts';
import { draftRows } from './draft-rows.ts';
import type { ReadContext } from './one.ts';
import { nameInstant, publishedRows } from './published-rows.ts';
import type { Filters } from './query.ts';

// Counting this many rows takes a few milliseconds.
const exactMax = 10_000;

export type CountOrder = {
  readonly filters: Filters;
  readonly kind: 'exact' | 'estimate';
  readonly context: Omit<ReadContext, 'publicUrl'>;
  /** Undefined: what the public sees; else the working copies that this reader may read. */
  readonly reader: Reader | undefined;
};

export async function countArticles(sql: Sql, order: CountOrder): Promise<number> {
  const { rows, values } = selectAll(order);
  if (order.kind === 'exact') return countRows(sql, rows, values);
  const bounded = await countRows(sql, `${rows} limit ${exactMax + 1}`, values);
  return bounded <= exactMax ? bounded : estimateRows(sql, rows, values);
}

function selectAll({ filters, context, reader }: CountOrder): { rows: string; values: unknown[] } {
  const parameters = createParameters();
  const ctes = nameWanted(filters, parameters);
  const selected =
    reader === undefined
      ? publishedRows(filters, parameters, nameInstant(context, parameters), null)
      : draftRows(filters, parameters, { reader, now: context.now }, null);
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
