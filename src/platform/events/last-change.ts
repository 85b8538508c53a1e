// When anything that the public can see last changed: by a write, or because a scheduled start or end came. What lists
// say in Last-Modified.
import type { Sql } from '../db/db.ts';
import { publicEvents } from './catalogue.ts';

// The largest bigint.
const lastPosition = '9223372036854775807';

// By event_type_idx, once for each type, publication_visible_from_idx and publication_visible_until_idx: one row of each.
// The row before the end of its type, and not the last with the type: for a type that is rare that would be taken for a
// scan of the whole log backwards. What the public may not see does not count: a date that moves with it would tell when
// editors work.
const selectLastChange = `
  select greatest(
    (select max(last.recorded_at) from unnest($2::text[]) as wanted(type) cross join lateral (
      select e.type, e.recorded_at from event e where (e.type, e.position) <= (wanted.type, ${lastPosition})
      order by e.type desc, e.position desc limit 1) as last where last.type = wanted.type),
    (select max(visible_from) from publication where visible_from <= $1::timestamptz),
    (select max(visible_until) from publication where visible_until <= $1::timestamptz)) as at`;

export async function findLastChange(sql: Sql, now: Date): Promise<Date | null> {
  const [row] = await sql.rows<{ at: Date | null }>(selectLastChange, [now.toISOString(), publicEvents], 'last_change');
  return row?.at ?? null;
}
