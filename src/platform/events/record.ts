// Writes to the event log: the last step of every write, in its transaction. Positions follow the order of commits.
import type { Clock } from '../../core/clock.ts';
import type { NewId } from '../../core/ids.ts';
import type { Principal } from '../auth/principal.ts';
import type { Tx } from '../db/db.ts';
import type { EventType } from './catalogue.ts';

/** Who acts, when, on which request's behalf. One for each write. */
export type Act = {
  readonly principal: Principal;
  readonly now: Date;
  readonly newId: NewId;
  readonly requestId: string | null;
  /** For acts that may have to wait for a lock: they count from when they hold it. */
  readonly clock?: Clock;
};

/** The same act at the present instant; to be called when a lock is held that was waited for. */
export function renewAct(act: Act): Act {
  return act.clock === undefined ? act : { ...act, now: act.clock.now() };
}

export type EventDraft = {
  readonly type: EventType;
  readonly subjectId: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** When it happened, if that was before it is recorded. */
  readonly occurredAt?: Date;
};

export const eventChannel = 'masthead_event';

// The lock is held until commit, so whoever gets the next position commits after us: a reader that follows positions
// never meets one that appears behind it. The subquery keeps its place (a volatile function is not moved), and each
// position is drawn only for a row that has passed the lock.
const insertEvents = `
  with recorded as (
    insert into event (position, id, type, subject_type, subject_id, actor_type, actor_id, key_id, request_id,
                       occurred_at, recorded_at, payload)
    select nextval('event_position_seq'), e.id, e.type, split_part(e.type, '.', 1), e.subject_id, $2, $3, $4::uuid, $5,
           e.occurred_at, $6::timestamptz, e.payload
    from (select pg_advisory_xact_lock(hashtext('event_position')) offset 0) as lock
    cross join jsonb_to_recordset($1::jsonb) as e(id uuid, type text, subject_id uuid, occurred_at timestamptz, payload jsonb)
    returning position
  )
  select max(position)::text as position, count(pg_notify('${eventChannel}', position::text))::int as notified
  from recorded`;

export async function recordEvents(tx: Tx, act: Act, events: readonly EventDraft[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({
    id: act.newId(),
    type: event.type,
    subject_id: event.subjectId,
    occurred_at: (event.occurredAt ?? act.now).toISOString(),
    payload: event.payload,
  }));
  const { actor, keyId } = act.principal;
  const values = [JSON.stringify(rows), actor.type, actor.id, keyId, act.requestId, act.now.toISOString()];
  await tx.rows(insertEvents, values, 'event_insert');
}
