// Writes of records. Each is one transaction: the row, then its event. A record that is still in use is not trashed.
import { mergePatch } from '../../core/merge-patch.ts';
import { refuse } from '../../core/problems.ts';
import { listSlugCandidates, makeSlug, type SlugPolicy } from '../../core/slug.ts';
import { readerOf } from '../auth/reader.ts';
import type { MixedTx, Tx } from '../db/db.ts';
import { takeLock } from '../db/locks.ts';
import type { Precondition } from '../delivery/etag.ts';
import type { EventType } from '../events/catalogue.ts';
import { requireMatch } from '../events/changes.ts';
import { type Act, type EventDraft, recordEvents } from '../events/record.ts';
import { notFound } from '../http/errors.ts';
import { findRecord } from './queries.ts';
import type { RecordInput, RecordKind, RecordRow } from './record.ts';
import { refuseUses } from './uses.ts';

export async function createRecord(
  tx: MixedTx,
  kind: RecordKind,
  act: Act,
  input: RecordInput,
  slugPolicy: SlugPolicy,
): Promise<RecordRow> {
  const { row, event } = await insertRecord(tx, kind, act, input, slugPolicy);
  await recordEvents(tx, act, [event]);
  return row;
}

/** For nouns that are made on the way; the caller records the event as its last step. */
export async function insertRecord(
  tx: MixedTx,
  kind: RecordKind,
  act: Act,
  input: RecordInput,
  slugPolicy: SlugPolicy,
): Promise<{ row: RecordRow; event: EventDraft }> {
  await takeTurn(tx, kind);
  const id = act.newId();
  const slug = input.slug ?? (await chooseSlug(tx, kind, makeSlug(input.name, slugPolicy, { seed: id }), id));
  const columns = await kind.toColumns(tx.prisma, input, act, null);
  const row = await kind
    .model(tx.prisma)
    .create({ data: { ...columns, id, slug, createdAt: act.now, updatedAt: act.now } });
  const payload = { revision: 1, slug, name: row.name };
  return { row, event: { type: `${kind.noun}.created` as EventType, subjectId: id, payload } };
}

// Until the end of the transaction, before any row is locked: so two writers who give slugs do not race for one, and
// two who move sections neither form a cycle together nor wait for each other's rows.
async function takeTurn(tx: Tx, { turn }: RecordKind): Promise<void> {
  await takeLock(tx, 'turn', turn.lock);
}

async function chooseSlug(tx: MixedTx, kind: RecordKind, base: string, id: string): Promise<string> {
  const candidates = listSlugCandidates(base, id);
  const taken = await kind.model(tx.prisma).findMany({ where: { slug: { in: candidates } } });
  const slugs = new Set(taken.map((row) => row.slug));
  return candidates.find((candidate) => !slugs.has(candidate)) ?? candidates.at(-1)!;
}

export async function changeRecord(
  tx: MixedTx,
  kind: RecordKind,
  act: Act,
  idOrSlug: string,
  condition: Precondition,
  patch: object,
): Promise<RecordRow> {
  if ('slug' in patch) await takeTurn(tx, kind);
  const row = await lockRecord(tx, kind, act, idOrSlug);
  kind.requireReach(act.principal, row);
  await requireMatch(tx, kind.noun, row, condition);
  return updateRecord(tx, kind, act, row, mergePatch(kind.toInput(row), patch) as RecordInput);
}

export type UpsertTarget = {
  readonly externalId: string;
  readonly condition: Precondition | null;
  readonly slugPolicy: SlugPolicy;
};

/** Creates, or replaces what has this external id. Of two first writes at once, the second replaces. */
export async function upsertRecord(
  tx: MixedTx,
  kind: RecordKind,
  act: Act,
  target: UpsertTarget,
  input: RecordInput,
): Promise<{ row: RecordRow; created: boolean }> {
  const { externalId, condition, slugPolicy } = target;
  if (typeof input.externalId === 'string' && input.externalId !== externalId) {
    throw refuse('/externalId', 'Is another one than in the address. Leave it out, or change it with PATCH.');
  }
  await takeTurn(tx, kind);
  const existing = await kind.model(tx.prisma).findFirst({ where: { externalId, trashedAt: null } });
  if (existing === null) {
    if (condition !== null) throw notFound();
    return { row: await createRecord(tx, kind, act, { ...input, externalId }, slugPolicy), created: true };
  }
  const locked = await lockRecord(tx, kind, act, existing.id);
  kind.requireReach(act.principal, locked);
  if (condition !== null) await requireMatch(tx, kind.noun, locked, condition);
  const whole = { ...input, slug: input.slug ?? locked.slug, externalId };
  return { row: await updateRecord(tx, kind, act, locked, whole), created: false };
}

export async function trashRecord(
  tx: MixedTx,
  kind: RecordKind,
  act: Act,
  idOrSlug: string,
  condition: Precondition,
): Promise<void> {
  const row = await lockRecord(tx, kind, act, idOrSlug);
  kind.requireReach(act.principal, row);
  await requireMatch(tx, kind.noun, row, condition);
  await refuseUses(tx, kind, row.id, act);
  await setTrashed(tx, kind, act, row, true);
}

/** Out of the trash again, with the slug it had. */
export async function untrashRecord(
  tx: MixedTx,
  kind: RecordKind,
  act: Act,
  idOrSlug: string,
  condition: Precondition,
): Promise<RecordRow> {
  const row = await lockRecord(tx, kind, act, idOrSlug, 'trashed');
  kind.requireReach(act.principal, row);
  await requireMatch(tx, kind.noun, row, condition);
  // Refuses what refers to something that is in the trash itself.
  await kind.toColumns(tx.prisma, kind.toInput(row), act, row);
  return setTrashed(tx, kind, act, row, false);
}

async function setTrashed(
  tx: MixedTx,
  kind: RecordKind,
  act: Act,
  row: RecordRow,
  isTrashed: boolean,
): Promise<RecordRow> {
  const revision = row.revision + 1;
  const trashedAt = isTrashed ? act.now : null;
  const data = { trashedAt, updatedAt: act.now, revision };
  const changed = await kind.model(tx.prisma).update({ where: { id: row.id }, data });
  const type = `${kind.noun}.${isTrashed ? 'trashed' : 'untrashed'}` as EventType;
  await recordEvents(tx, act, [{ type, subjectId: row.id, payload: { revision, fields: ['trashedAt'] } }]);
  return changed;
}

// A row lock that also stops writers from referring to the row meanwhile: their foreign keys ask for a share of it. What
// the key may not read is not there for its writes either.
async function lockRecord(
  tx: MixedTx,
  kind: RecordKind,
  { principal, now }: Act,
  idOrSlug: string,
  where: 'present' | 'trashed' = 'present',
): Promise<RecordRow> {
  if (kind.turn.ofEveryWrite) await takeTurn(tx, kind);
  const sight = { reader: readerOf(principal), now, inTrash: where === 'trashed' };
  const found = await findRecord(tx.prisma, kind, idOrSlug, sight);
  if (found === null) throw notFound();
  // The noun is one of four literals.
  await tx.rows(`select id::text from ${kind.noun} where id = $1::uuid for update`, [found.id]);
  const row = await findRecord(tx.prisma, kind, found.id, sight);
  if (row === null) throw notFound();
  return row;
}

async function updateRecord(
  tx: MixedTx,
  kind: RecordKind,
  act: Act,
  row: RecordRow,
  input: RecordInput,
): Promise<RecordRow> {
  const columns = { ...(await kind.toColumns(tx.prisma, input, act, row)), slug: input.slug ?? row.slug };
  const fields = listChanges(row, columns);
  if (fields.length === 0) return row;
  const revision = row.revision + 1;
  const changed = await kind.model(tx.prisma).update({
    where: { id: row.id },
    data: { ...columns, revision, updatedAt: act.now },
  });
  await recordEvents(tx, act, [
    { type: `${kind.noun}.updated` as EventType, subjectId: row.id, payload: { revision, fields } },
  ]);
  return changed;
}

/** The fields whose columns differ, by the names clients know. */
function listChanges(row: RecordRow, columns: Readonly<Record<string, unknown>>): string[] {
  const current = row as unknown as Record<string, unknown>;
  const changed = Object.keys(columns).filter((column) => columns[column] !== current[column]);
  return changed.map((column) => (column === 'parentId' ? 'parent' : column));
}
