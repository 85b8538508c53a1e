// Making and revoking API keys. The secret exists in one answer only; the database keeps its digest.
import { isUuid } from '../../core/ids.ts';
import { type Fault, problem, refuse } from '../../core/problems.ts';
import { parseInstant } from '../../core/time.ts';
import { adoptKey, createKey } from '../../platform/auth/keys.ts';
import type { Db, MixedTx, Tx } from '../../platform/db/db.ts';
import { takeLock } from '../../platform/db/locks.ts';
import { type Act, recordEvents } from '../../platform/events/record.ts';
import { notFound } from '../../platform/http/errors.ts';
import { type ApiKeyRow, findApiKey } from './queries.ts';
import type { ApiKeyInput } from './schemas.ts';

export async function createApiKey(
  tx: MixedTx,
  act: Act,
  input: ApiKeyInput,
  timeZone: string,
): Promise<{ row: ApiKeyRow; key: string }> {
  const secret = createKey();
  const expiresAt = readExpiry(input.expiresAt ?? null, timeZone, act.now);
  const editorId = input.editor === undefined ? null : await findEditorId(tx, input.editor);
  const sectionIds = await findSectionIds(tx, input.sections ?? []);
  const id = act.newId();
  await tx.prisma.apiKey.create({
    data: {
      id,
      prefix: secret.prefix,
      digest: Uint8Array.from(secret.digest),
      name: input.name,
      role: input.role,
      editorId,
      service: editorId === null ? (input.service ?? input.name) : null,
      createdAt: act.now,
      expiresAt,
      sections: { create: sectionIds.map((sectionId) => ({ sectionId })) },
    },
  });
  const payload = { prefix: secret.prefix, name: input.name, role: input.role };
  await recordEvents(tx, act, [{ type: 'api_key.created', subjectId: id, payload }]);
  return { row: (await findApiKey(tx.prisma, id))!, key: secret.key };
}

/** Revoking twice is the same as once, so nothing can be lost and no If-Match is asked for. */
export async function revokeApiKey(tx: MixedTx, act: Act, id: string): Promise<void> {
  const row = await findApiKey(tx.prisma, id);
  if (row === null) throw notFound();
  const where = { id, revokedAt: null };
  const { count } = await tx.prisma.apiKey.updateMany({ where, data: { revokedAt: act.now } });
  if (count === 0) return;
  await recordEvents(tx, act, [{ type: 'api_key.revoked', subjectId: id, payload: { prefix: row.prefix } }]);
}

/**
 * The first admin key. With a chosen key: makes sure it exists (a revoked one stays revoked). Without: makes a random
 * one if there is no key at all. Answers the key when it was made at random, since nobody knows it yet.
 */
export async function ensureFirstKey(db: Db, act: Act, chosen: string | undefined): Promise<string | null> {
  return db.prismaTransaction(async (tx) => {
    const { prisma } = tx;
    // Two processes that start at once make one key.
    await takeLock(tx, 'turn', 'first_key');
    const secret = chosen === undefined ? createKey() : adoptKey(chosen);
    const digest = Uint8Array.from(secret.digest);
    const existing = await prisma.apiKey.count({ where: chosen === undefined ? {} : { digest } });
    if (existing > 0) return null;
    const id = act.newId();
    const data = {
      id,
      prefix: secret.prefix,
      digest,
      name: 'First admin key',
      role: 'admin',
      service: 'bootstrap',
      createdAt: act.now,
    };
    await prisma.apiKey.create({ data });
    const payload = { prefix: secret.prefix, name: data.name, role: data.role };
    await recordEvents(tx, act, [{ type: 'api_key.created', subjectId: id, payload }]);
    return chosen === undefined ? secret.key : null;
  });
}

function readExpiry(text: string | null, timeZone: string, now: Date): Date | null {
  if (text === null) return null;
  const instant = parseInstant(text, timeZone);
  if (instant === null) throw refuse('/expiresAt', 'Not an instant: use RFC 3339, such as 2030-01-01T00:00:00Z.');
  if (instant <= now) throw refuse('/expiresAt', 'Lies in the past.');
  return instant;
}

// Until the key is in, none of these can be trashed: trashing asks what uses them.
const selectByName = (table: 'editor' | 'section') => `
  select id::text, slug from ${table} where trashed_at is null and (slug = any($1::text[]) or id = any($2::uuid[]))
  for key share`;

/** The id of each name, a slug or an id; undefined where there is none. */
async function findIds(tx: Tx, table: 'editor' | 'section', names: readonly string[]): Promise<(string | undefined)[]> {
  if (names.length === 0) return [];
  const values = [names.filter((name) => !isUuid(name)), names.filter(isUuid)];
  const rows = await tx.rows<{ id: string; slug: string }>(selectByName(table), values);
  const ids = new Map(rows.flatMap(({ id, slug }) => [[id, id] as const, [slug, id] as const]));
  return names.map((name) => ids.get(isUuid(name) ? name.toLowerCase() : name));
}

async function findEditorId(tx: Tx, name: string): Promise<string> {
  const [id] = await findIds(tx, 'editor', [name]);
  if (id === undefined) throw missing([{ pointer: '/editor', code: 'not_found', message: 'No such editor.' }]);
  return id;
}

async function findSectionIds(tx: Tx, names: readonly string[]): Promise<string[]> {
  const found = await findIds(tx, 'section', names);
  const faults: Fault[] = found.flatMap((id, i) =>
    id === undefined ? [{ pointer: `/sections/${i}`, code: 'not_found', message: 'No such section.' }] : [],
  );
  if (faults.length > 0) throw missing(faults);
  return [...new Set(found.flatMap((id) => id ?? []))];
}

function missing(errors: readonly Fault[]) {
  return problem('reference.not_found', { detail: 'The key refers to something that does not exist.', errors });
}
