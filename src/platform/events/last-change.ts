// When anything that the public can see last changed: by a write, or because a scheduled start or end came. What lists
// say in Last-Modified.
import type { Sql } from '../db/db.ts';

// By event_pkey, publication_visible_from_idx and publication_visible_until_idx: one row of each.
const selectLastChange = `
  select greatest(
    (select recorded_at from event order by position desc limit 1),
    (select max(visible_from) from publication where visible_from <= $1::timestamptz),
    (select max(visible_until) from publication where visible_until <= $1::timestamptz)) as at`;

export async function findLastChange(sql: Sql, now: Date): Promise<Date | null> {
  const [row] = await sql.rows<{ at: Date | null }>(selectLastChange, [now.toISOString()], 'last_change');
  return row?.at ?? null;
}
