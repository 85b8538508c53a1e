// Reads of API keys. The lookup by digest runs on every request that carries a key, so it is one named statement.
import type { StoredKey } from '../../platform/auth/authenticate.ts';
import { type Role, roles } from '../../platform/auth/permissions.ts';
import type { Actor } from '../../platform/auth/principal.ts';
import type { PrismaTx, Sql } from '../../platform/db/db.ts';
import type { Prisma } from '../../platform/db/generated/client.ts';

type KeyRow = {
  id: string;
  prefix: string;
  digest: Buffer;
  name: string;
  role: string;
  editor_id: string | null;
  editor_name: string | null;
  service: string | null;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
  section_ids: string[] | null;
};

// By api_key_digest_key.
const selectByDigest = `
  select k.id, k.prefix, k.digest, k.name, k.role, k.editor_id, e.name as editor_name, k.service, k.expires_at, k.revoked_at, k.last_used_at,
         (select array_agg(s.section_id::text) from api_key_section s where s.key_id = k.id) as section_ids
  from api_key k left join editor e on e.id = k.editor_id
  where k.digest = $1`;

// Not where a write holds the key until its end: no reader waits for a writer.
const touch = `
  update api_key set last_used_at = $2::timestamptz
  where id in (select id from api_key where id = $1::uuid for no key update skip locked)`;

// Enough to tell a key in use from a forgotten one, and rarely a write.
const touchEveryMs = 60_000;

export async function findStoredKey(sql: Sql, digest: Buffer, now: Date): Promise<StoredKey | null> {
  const [row] = await sql.rows<KeyRow>(selectByDigest, [digest], 'api_key_by_digest');
  if (row === undefined) return null;
  const role = roles.find((name) => name === row.role);
  // A role this version does not know grants nothing.
  if (role === undefined) return null;
  const isStale = now.getTime() - (row.last_used_at?.getTime() ?? 0) >= touchEveryMs;
  // A key that is refused was not used.
  const holds = row.revoked_at === null && (row.expires_at === null || row.expires_at > now);
  if (holds && isStale) await sql.rows(touch, [row.id, now.toISOString()], 'api_key_touch');
  return {
    digest: row.digest,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    principal: toPrincipal(row, role),
  };
}

function toPrincipal(row: KeyRow, role: Role): StoredKey['principal'] {
  const service = row.service ?? row.name;
  const actor: Actor =
    row.editor_id === null
      ? { type: 'service', id: service, name: service }
      : { type: 'editor', id: row.editor_id, name: row.editor_name ?? row.editor_id };
  return {
    keyId: row.id,
    prefix: row.prefix,
    keyName: row.name,
    role,
    actor,
    expiresAt: row.expires_at,
    sectionIds: row.section_ids,
  };
}

export const withOwner = { editor: true, sections: { include: { section: true } } } satisfies Prisma.ApiKeyInclude;
export type ApiKeyRow = Prisma.ApiKeyGetPayload<{ include: typeof withOwner }>;

export function findApiKey(prisma: PrismaTx, id: string): Promise<ApiKeyRow | null> {
  return prisma.apiKey.findFirst({ where: { id }, include: withOwner });
}

/** Newest first; `after` is the last row of the page before. */
export function listApiKeys(
  prisma: PrismaTx,
  limit: number,
  after: { createdAt: Date; id: string } | null,
): Promise<ApiKeyRow[]> {
  const behind =
    after === null
      ? {}
      : { OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }] };
  return prisma.apiKey.findMany({
    where: behind,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit,
    include: withOwner,
  });
}
