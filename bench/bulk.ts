// Rows in bulk: without what would be checked, triggered or indexed row by row.
import type pg from 'pg';

const selectIndexes = `
  select i.indexrelid::regclass::text as name, i.indrelid::regclass::text as table_name, c.conname as constraint_name,
    coalesce(pg_get_constraintdef(c.oid), pg_get_indexdef(i.indexrelid)) as definition
  from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype = 'x'
  where i.indrelid = any($1::text[]::regclass[]) and (not i.indisunique or c.oid is not null)
    and i.indexrelid <> all($2::text[]::regclass[])`;

type IndexRow = { name: string; table_name: string; constraint_name: string | null; definition: string };

/** `keptIndexes`: those that filling needs. */
export type Bulk = { readonly tables: readonly string[]; readonly keptIndexes?: readonly string[] };

/**
 * In one transaction, without foreign keys and triggers: what they would refuse or add, `fill` has to see to itself. An
 * index is made in a tenth of the time when all rows are there.
 */
export async function insertInBulk(client: pg.Client, bulk: Bulk, fill: () => Promise<void>): Promise<void> {
  const { tables, keptIndexes = [] } = bulk;
  await client.query('begin');
  await client.query("set local maintenance_work_mem = '512MB'");
  await client.query('set local session_replication_role = replica');
  const { rows: indexes } = await client.query<IndexRow>(selectIndexes, [tables, keptIndexes]);
  for (const { name, table_name: table, constraint_name: constraint } of indexes)
    await client.query(constraint ? `alter table ${table} drop constraint ${constraint}` : `drop index ${name}`);
  await fill();
  for (const { table_name: table, constraint_name: constraint, definition } of indexes)
    await client.query(constraint ? `alter table ${table} add constraint ${constraint} ${definition}` : definition);
  await client.query('commit');
  await client.query('vacuum (freeze, analyze)');
}
