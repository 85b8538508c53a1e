// When anything that the public can see last changed: by a write, or because a scheduled start or end came. What lists
// say in Last-Modified.
import type { Sql } from '../db/db.ts';

/**
 * As an SQL expression; `now`: a placeholder. By event_public_recorded_at_idx, publication_visible_from_idx and
 * publication_visible_until_idx: one row of each. What the public may not see does not count: a date that moves with it
 * would tell when editors work.
 */
export const lastChangeAt = (now: string) => `greatest(
    (select max(recorded_at) from event where is_public),
    (select max(visible_from) from publication where visible_from <= ${now}::timestamptz),
    (select max(visible_until) from publication where visible_until <= ${now}::timestamptz))`;

const selectLastChange = `select ${lastChangeAt('$1')} as at`;

export async function findLastChange(sql: Sql, now: Date): Promise<Date | null> {
  const [row] = await sql.rows<{ at: Date | null }>(selectLastChange, [now.toISOString()], 'last_change');
  return row?.at ?? null;
}
