// Writes of records. Each is one transaction: the row, then its event. A record that is still in use is not trashed.
import { mergePatch } from '../../core/merge-patch.ts';
import { type Problem, type ProblemCode, problem } from '../../core/problems.ts';
import { listSlugCandidates, makeSlug, type SlugPolicy } from '../../core/slug.ts';
import { findConflict } from '../db/conflicts.ts';
import type { Db, PrismaTx, Tx } from '../db/db.ts';
import type { Precondition } from '../delivery/etag.ts';
import type { EventType } from '../events/catalogue.ts';
import { requireMatch } from '../events/changes.ts';
import { type Act, type EventDraft, recordEvents } from '../events/record.ts';
import { notFound } from '../http/errors.ts';
import { findRecord } from './queries.ts';
import type { RecordInput, RecordKind, RecordRow } from './record.ts';

// A made slug may be lost to an explicit one that is committed in between; the next try sees it.
const slugTriesMax = 5;

export async function createRecord(
  db: Db,
  kind: RecordKind,
  act: Act,
  input: RecordInput,
  slugPolicy: SlugPolicy,
): Promise<RecordRow> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.prismaTransaction(async (prisma, tx) => {
        const { row, event } = await insertRecord(prisma, kind, act, input, slugPolicy);
        await recordEvents(tx, act, [event]);
        return row;
      });
    } catch (error) {
      const lost = input.slug === undefined && findConflict(error)?.code === `${kind.noun}.slug_taken`;
      if (!lost || tries === slugTriesMax) throw error;
    }
  }
}

/** Inside the caller's transaction, for nouns that are made on the way; the caller records the event as its last step. */
export async function insertRecord(
  prisma: PrismaTx,
  kind: RecordKind,
  act: Act,
  input: RecordInput,
  slugPolicy: SlugPolicy,
): Promise<{ row: RecordRow; event: EventDraft }> {
  await takeTurn(prisma, kind);
  const id = act.newId();
  const slug = input.slug ?? (await chooseSlug(prisma, kind, makeSlug(input.name, slugPolicy, { seed: id }), id));
  const columns = await kind.toColumns(prisma, input, act, null);
  const row = await kind
    .model(prisma)
    .create({ data: { ...columns, id, slug, createdAt: act.now, updatedAt: act.now } });
  const payload = { revision: 1, slug, name: row.name };
  return { row, event: { type: `${kind.noun}.created` as EventType, subjectId: id, payload } };
}

// Until the end of the transaction, before any row is locked: so two writers who make slugs of one name do not race, and
// two who move sections neither form a cycle together nor wait for each other's rows.
async function takeTurn(prisma: PrismaTx, { turn }: RecordKind): Promise<void> {
  await prisma.$executeRaw`select pg_advisory_xact_lock(hashtext(${turn.lock}))`;
}

async function chooseSlug(prisma: PrismaTx, kind: RecordKind, base: string, id: string): Promise<string> {
  const candidates = listSlugCandidates(base, id);
  const taken = await kind.model(prisma).findMany({ where: { slug: { in: candidates } } });
  const slugs = new Set(taken.map((row) => row.slug));
  return candidates.find((candidate) => !slugs.has(candidate)) ?? candidates.at(-1)!;
}

export async function changeRecord(
  db: Db,
  kind: RecordKind,
  act: Act,
  idOrSlug: string,
  condition: Precondition,
  patch: object,
): Promise<RecordRow> {
  return db.prismaTransaction(async (prisma, tx) => {
    const row = await lockRecord(prisma, tx, kind, idOrSlug);
    kind.requireReach(act.principal, row);
    await requireMatch(tx, kind.noun, row, condition);
    return updateRecord(prisma, tx, kind, act, row, mergePatch(kind.toInput(row), patch) as RecordInput);
  });
}

export type UpsertTarget = {
  readonly externalId: string;
  readonly condition: Precondition | null;
  readonly slugPolicy: SlugPolicy;
};

/** Creates, or replaces what has this external id. Of two first writes at once, the second replaces. */
export async function upsertRecord(
  db: Db,
  kind: RecordKind,
  act: Act,
  target: UpsertTarget,
  input: RecordInput,
): Promise<{ row: RecordRow; created: boolean }> {
  const { externalId, slugPolicy } = target;
  if (typeof input.externalId === 'string' && input.externalId !== externalId) throw otherExternalId();
  const replaced = await replaceRecord(db, kind, act, target, input);
  if (replaced !== null) return { row: replaced, created: false };
  if (target.condition !== null) throw notFound();
  try {
    return { row: await createRecord(db, kind, act, { ...input, externalId }, slugPolicy), created: true };
  } catch (error) {
    const wasOvertaken = findConflict(error)?.code === `${kind.noun}.external_id_taken`;
    const row = wasOvertaken ? await replaceRecord(db, kind, act, target, input) : null;
    if (row === null) throw error;
    return { row, created: false };
  }
}

function otherExternalId(): Problem {
  const message = 'Is another one than in the address. Leave it out, or change it with PATCH.';
  const errors = [{ pointer: '/externalId', code: 'invalid_value', message }];
  return problem('request.invalid', { detail: message, errors });
}

/** Null when nothing outside the trash has the external id. */
async function replaceRecord(
  db: Db,
  kind: RecordKind,
  act: Act,
  { externalId, condition }: UpsertTarget,
  input: RecordInput,
): Promise<RecordRow | null> {
  const existing = await kind.model(db.prisma).findFirst({ where: { externalId, trashedAt: null } });
  if (existing === null) return null;
  return db.prismaTransaction(async (prisma, tx) => {
    const locked = await lockRecord(prisma, tx, kind, existing.id);
    kind.requireReach(act.principal, locked);
    if (condition !== null) await requireMatch(tx, kind.noun, locked, condition);
    return updateRecord(prisma, tx, kind, act, locked, { ...input, slug: input.slug ?? locked.slug, externalId });
  });
}

export async function trashRecord(
  db: Db,
  kind: RecordKind,
  act: Act,
  idOrSlug: string,
  condition: Precondition,
): Promise<void> {
  await db.prismaTransaction(async (prisma, tx) => {
    const row = await lockRecord(prisma, tx, kind, idOrSlug);
    kind.requireReach(act.principal, row);
    await requireMatch(tx, kind.noun, row, condition);
    const uses = await kind.findUses(tx, row.id, act.now);
    if (uses.length > 0) throw inUse(kind.noun, uses);
    const revision = row.revision + 1;
    await kind
      .model(prisma)
      .update({ where: { id: row.id }, data: { trashedAt: act.now, updatedAt: act.now, revision } });
    await recordEvents(tx, act, [
      { type: `${kind.noun}.trashed` as EventType, subjectId: row.id, payload: { revision, fields: ['trashedAt'] } },
    ]);
  });
}

// A row lock that also stops writers from referring to the row meanwhile: their foreign keys ask for a share of it.
async function lockRecord(prisma: PrismaTx, tx: Tx, kind: RecordKind, idOrSlug: string): Promise<RecordRow> {
  if (kind.turn.ofEveryWrite) await takeTurn(prisma, kind);
  const found = await findRecord(prisma, kind, idOrSlug);
  if (found === null) throw notFound();
  // The noun is one of four literals.
  await tx.rows(`select id::text from ${kind.noun} where id = $1::uuid for update`, [found.id]);
  const row = await findRecord(prisma, kind, found.id);
  if (row === null) throw notFound();
  return row;
}

async function updateRecord(
  prisma: PrismaTx,
  tx: Tx,
  kind: RecordKind,
  act: Act,
  row: RecordRow,
  input: RecordInput,
): Promise<RecordRow> {
  const columns = { ...(await kind.toColumns(prisma, input, act, row)), slug: input.slug ?? row.slug };
  const fields = listChanges(row, columns);
  if (fields.length === 0) return row;
  const revision = row.revision + 1;
  const changed = await kind.model(prisma).update({
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

function inUse(noun: string, uses: readonly { type: string; id: string; name: string }[]): Problem {
  const names = uses.map((use) => `${use.type} "${use.name}"`).join(', ');
  return problem(`${noun}.in_use` as ProblemCode, {
    detail: `Still used by ${names}. Change or trash those first.`,
    errors: uses.map((use) => ({
      pointer: '',
      code: 'in_use',
      message: `${use.type} ${use.id} "${use.name}" uses it.`,
    })),
    extensions: { usedBy: uses },
  });
}
