// Writes to the event log: the last step of every write, in its transaction. Positions follow the order of commits.
import type { Clock } from '../../core/clock.ts';
import type { NewId } from '../../core/ids.ts';
import { revokedKey } from '../auth/authenticate.ts';
import type { Actor, Principal } from '../auth/principal.ts';
import type { Tx } from '../db/db.ts';
import { type EventType, publicEvents } from './catalogue.ts';

export type Change = { readonly type: EventType; readonly subjectId: string };

/**
 * Brings what is made from the rows (an index) up to date with changes, in their transaction; before the log's lock is
 * taken, for which other writers wait.
 */
export type Projection = (tx: Tx, changes: readonly Change[], now: Date) => Promise<void>;

/** Who acts, when, on which request's behalf. One for each write. */
export type Act = {
  readonly principal: Principal;
  readonly now: Date;
  readonly newId: NewId;
  readonly requestId: string | null;
  readonly project: Projection;
  /** For acts that may have to wait for a lock: they count from when they hold it. */
  readonly clock?: Clock;
  /** Where events wait while further steps of the same transaction follow; `recordPending` writes them. */
  readonly pending?: PendingEvent[];
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

/** What the log keeps of an act; its actor may be somebody whom no key names. */
type LoggedAct = Pick<Act, 'now' | 'newId' | 'requestId'> & {
  readonly principal: {
    readonly keyId: string | null;
    readonly actor: { readonly type: Actor['type'] | 'anonymous'; readonly id: string };
  };
};

export type PendingEvent = { readonly act: LoggedAct; readonly event: EventDraft };

export const eventChannel = 'masthead_event';

// The lock is held until commit, so whoever gets the next position commits after us: a reader that follows positions
// never meets one that appears behind it. The subqueries keep their places (a volatile function is not moved), and each
// position is drawn only for a row that has passed the lock.
// The key is shared before that, by its primary key: a revocation that is under way is waited for and seen, a later one
// waits for us; and nobody waits for it with the log's lock in hand.
const insertEvents = `
  with acting as materialized (select revoked_at from api_key where id = any($2::uuid[]) for share),
  turn as materialized (
    select judged.is_revoked
    from (select count(*) filter (where revoked_at is not null) > 0 as is_revoked, count(*) as keys from acting) as judged
    cross join lateral (select pg_advisory_xact_lock(hashtext('event_position') + 0 * judged.keys) offset 0) as lock),
  recorded as (
    insert into event (position, id, type, subject_type, subject_id, actor_type, actor_id, key_id, request_id,
                       occurred_at, recorded_at, is_public, payload)
    select nextval('event_position_seq'), e.id, e.type, split_part(e.type, '.', 1), e.subject_id, e.actor_type, e.actor_id,
           e.key_id, e.request_id, e.occurred_at, e.recorded_at, e.is_public, e.payload
    from turn
    cross join jsonb_to_recordset($1::jsonb) as e(id uuid, type text, subject_id uuid, actor_type text, actor_id text,
      key_id uuid, request_id text, occurred_at timestamptz, recorded_at timestamptz, is_public boolean,
      payload jsonb)
    returning position, type, subject_id, recorded_at
  )
  select max(position)::text as position,
    count(pg_notify('${eventChannel}', concat_ws(' ', position, type, subject_id,
      trunc(extract(epoch from recorded_at) * 1000))))::int as notified,
    (select is_revoked from turn) as is_revoked
  from recorded`;

export async function recordEvents(tx: Tx, act: Act, events: readonly EventDraft[]): Promise<void> {
  const drafts = events.map((event) => ({ act, event }));
  if (act.pending !== undefined) {
    act.pending.push(...drafts);
    return;
  }
  await act.project(tx, events, act.now);
  await insert(tx, drafts, act.principal.keyId);
}

// By its primary key.
const selectRevoked = `select revoked_at is not null as is_revoked from api_key where id = $1::uuid`;

/**
 * Writes the events that waited, in their order, and answers with the position of the last. `keyId`: whose key acts; one
 * that was revoked since its request came in is refused, also where there is nothing to write.
 */
export async function recordPending(
  tx: Tx,
  pending: readonly PendingEvent[],
  keyId: string | null = null,
): Promise<number | null> {
  if (pending.length > 0) return insert(tx, pending, keyId);
  if (keyId === null) return null;
  const [key] = await tx.rows<{ is_revoked: boolean }>(selectRevoked, [keyId], 'event_key');
  if (key?.is_revoked) throw revokedKey();
  return null;
}

async function insert(tx: Tx, drafts: readonly PendingEvent[], keyId: string | null): Promise<number | null> {
  if (drafts.length === 0) return null;
  // A key may revoke itself.
  const isOver = drafts.some(({ event }) => event.type === 'api_key.revoked' && event.subjectId === keyId);
  const values = [JSON.stringify(drafts.map(toRow)), keyId === null || isOver ? [] : [keyId]];
  const [row] = await tx.rows<{ position: string; is_revoked: boolean }>(insertEvents, values, 'event_insert');
  if (row?.is_revoked) throw revokedKey();
  return Number(row!.position);
}

function toRow({ act, event }: PendingEvent): Record<string, unknown> {
  const { actor, keyId } = act.principal;
  return {
    id: act.newId(),
    type: event.type,
    subject_id: event.subjectId,
    actor_type: actor.type,
    actor_id: actor.id,
    key_id: keyId,
    request_id: act.requestId,
    occurred_at: (event.occurredAt ?? act.now).toISOString(),
    recorded_at: act.now.toISOString(),
    is_public: publicEvents.includes(event.type),
    payload: event.payload,
  };
}
