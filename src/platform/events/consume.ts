// Follows the event log for something that must miss nothing, over restarts too: how far it came is stored once the events
// are dealt with. So each is dealt with at least once, and in the order of the log.
import type { Sql } from '../db/db.ts';

export type ConsumedEvent = { readonly position: number; readonly type: string; readonly subjectId: string };

type Row = { position: string; type: string; subject_id: string };

// By their primary keys. A new consumer begins at the end of the log.
const selectCursor = `
  with added as (
    insert into event_consumer (name, position, updated_at)
    select $1, (select coalesce(max(position), 0) from event), $2::timestamptz
    where not exists (select from event_consumer where name = $1)
    on conflict (name) do nothing
    returning position)
  select position::text as position from added
  union all select position::text from event_consumer where name = $1`;

const eventsMax = 1000;
const selectEvents = `
  select e.position::text as position, e.type, e.subject_id::text as subject_id from event e
  where e.position > $1::bigint order by e.position limit ${eventsMax}`;

// Where two follow under one name, the one that is behind moves nothing.
const moveCursor = `
  update event_consumer set position = $2::bigint, updated_at = $3::timestamptz where name = $1 and position < $2::bigint`;

/** Hands on what came since the last time; how many that were. `take` throws where they have to come again. */
export async function consumeEvents(
  sql: Sql,
  name: string,
  now: Date,
  take: (events: readonly ConsumedEvent[]) => Promise<void>,
): Promise<number> {
  const [cursor] = await sql.rows<{ position: string }>(selectCursor, [name, now.toISOString()], 'consumer_cursor');
  const rows = await sql.rows<Row>(selectEvents, [cursor!.position], 'consumer_events');
  if (rows.length === 0) return 0;
  await take(rows.map((row) => ({ position: Number(row.position), type: row.type, subjectId: row.subject_id })));
  await sql.rows(moveCursor, [name, rows.at(-1)!.position, now.toISOString()], 'consumer_move');
  return rows.length;
}

// By the primary keys: one step in the log behind where the consumer stands.
const selectWaiting = `
  select e.recorded_at as "recordedAt" from event_consumer c
  join lateral (select recorded_at from event where position > c.position order by position limit 1) e on true
  where c.name = $1`;

/** Since when something has waited for the consumer; null: nothing has. */
export async function findWaitingSince(sql: Sql, name: string): Promise<Date | null> {
  const [row] = await sql.rows<{ recordedAt: Date }>(selectWaiting, [name], 'consumer_waiting');
  return row?.recordedAt ?? null;
}
