// Reads of the event log, newest first, with the names of today for whoever acted. Through Prisma: its statements are
// planned for their values, and how much of the log an actor, a type or a time covers is what decides.
import { decodeCursor, encodeCursor, invalidCursor } from '../../core/cursor.ts';
import type { Actor } from '../auth/principal.ts';
import type { PrismaTx } from '../db/db.ts';
import type { Prisma } from '../db/generated/client.ts';
import type { Page } from '../http/listing.ts';

export type LoggedActor = { readonly type: Actor['type'] | 'anonymous'; readonly id: string; readonly name: string };

export type LoggedEvent = {
  readonly id: string;
  readonly type: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly actor: LoggedActor;
  readonly keyId: string | null;
  readonly requestId: string | null;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  readonly payload: Readonly<Record<string, unknown>>;
};

export type LogPage = { readonly limit: number; readonly cursor: string | undefined };

/** `fingerprint`: of the list that the cursor belongs to. By the index of what the condition names, or backwards from the end. */
export async function listEvents(
  prisma: PrismaTx,
  condition: Prisma.EventWhereInput,
  { limit, cursor }: LogPage,
  fingerprint: string,
): Promise<{ events: LoggedEvent[]; page: Page }> {
  const behind = cursor === undefined ? {} : { position: { lt: readPosition(fingerprint, cursor) } };
  const rows = await prisma.event.findMany({
    where: { AND: [condition, behind] },
    orderBy: { position: 'desc' },
    take: limit + 1,
  });
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const nextCursor =
    last === undefined ? null : encodeCursor(fingerprint, { value: String(last.position), id: last.id });
  const names = await findEditorNames(prisma, shown);
  return { events: shown.map((row) => toEvent(row, names)), page: { limit, nextCursor } };
}

// Eighteen digits fit the column.
function readPosition(fingerprint: string, cursor: string): bigint {
  const { value } = decodeCursor(fingerprint, cursor);
  if (!/^\d{1,18}$/.test(value)) throw invalidCursor('It was altered.');
  return BigInt(value);
}

type EventRow = Prisma.EventGetPayload<Record<never, never>>;

async function findEditorNames(prisma: PrismaTx, rows: readonly EventRow[]): Promise<Map<string, string>> {
  const ids = rows.flatMap(({ actorType, actorId }) => (actorType === 'editor' ? actorId : []));
  if (ids.length === 0) return new Map();
  const found = await prisma.editor.findMany({
    where: { id: { in: [...new Set(ids)] } },
    select: { id: true, name: true },
  });
  return new Map(found.map(({ id, name }) => [id, name]));
}

function toEvent(row: EventRow, names: ReadonlyMap<string, string>): LoggedEvent {
  const { id, type, subjectType, subjectId, actorId, keyId, requestId, occurredAt, recordedAt } = row;
  // A service is called by its name.
  const actor = { type: row.actorType as LoggedActor['type'], id: actorId, name: names.get(actorId) ?? actorId };
  const payload = row.payload as Record<string, unknown>;
  return {
    id,
    type,
    subject: { type: subjectType, id: subjectId },
    actor,
    keyId,
    requestId,
    occurredAt,
    recordedAt,
    payload,
  };
}
