// Lists of working copies: keyset pages, newest first unless asked otherwise.
import type { Reader } from '../../../platform/auth/reader.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { createParameters } from '../../../platform/db/parameters.ts';
import { nameWanted } from './conditions.ts';
import { draftRows } from './draft-rows.ts';
import { draftJson, isVisible } from './json.ts';
import { type ListedPage, type ListedRow, type ListOrder, nameStatement } from './list-statement.ts';
import type { ReadContext } from './one.ts';
import { orders, printKey, printLimit } from './order.ts';

type Row = ListedRow & { readonly sort_value: string };

export async function listDrafts(
  sql: Sql,
  { filters, sort, after, limit, withBody }: ListOrder,
  { now, publicUrl }: ReadContext,
  reader: Reader,
): Promise<ListedPage> {
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
      a.id::text as id, ${printKey('k.sort_key', order)} as sort_value
    from picked k
    join article a on a.id = k.id
    join article_version v on v.article_id = a.id and v.number = a.version
    left join publication p on p.article_id = a.id and ${isVisible('p', names.now)}
    order by k.sort_key ${direction}, a.id ${direction}`;
  const rows = await sql.rows<Row>(text, parameters.values, nameStatement(text, filters, limit));
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { rows: rows.slice(0, limit), next: last === undefined ? null : { value: last.sort_value, id: last.id } };
}
