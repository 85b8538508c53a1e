// From the Authorization header to a principal. A key that is wrong, expired or revoked is always a 401, never
// "anonymous": a client must not mistake the public's view for its own.
import { problem } from '../../core/problems.ts';
import { digestKey, looksMistyped, prefixOf, sameDigest } from './keys.ts';
import type { Principal } from './principal.ts';
import type { Attempt, RefusalLog, RefusalReason } from './refusals.ts';

export type StoredKey = {
  readonly digest: Uint8Array;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly principal: Principal;
};

/** Handed in by the composition root, so that this module knows no table. */
export type Keys = {
  readonly find: (digest: Buffer) => Promise<StoredKey | null>;
  readonly refusals: RefusalLog;
};

const challenge = { 'WWW-Authenticate': 'Bearer', 'Cache-Control': 'no-store' };

export async function authenticate(header: string, keys: Keys, now: Date, attempt: Attempt): Promise<Principal> {
  const key = /^Bearer +(\S+) *$/i.exec(header)?.[1];
  if (key === undefined) throw invalidKey('The Authorization header must read "Bearer <key>".');
  const note = (reason: RefusalReason, owner: Principal | null) =>
    keys.refusals.note({ ...attempt, reason, owner, prefix: owner === null ? prefixOf(key) : owner.prefix });
  const digest = digestKey(key);
  const stored = await keys.find(digest);
  if (stored === null || !sameDigest(stored.digest, digest)) {
    const isMistyped = looksMistyped(key);
    note(isMistyped ? 'mistyped' : 'unknown', null);
    throw invalidKey(isMistyped ? 'The key is mistyped: its checksum does not fit.' : 'No such key.');
  }
  const { principal } = stored;
  if (stored.revokedAt !== null) {
    note('revoked', principal);
    throw revokedKey();
  }
  if (stored.expiresAt !== null && stored.expiresAt <= now) {
    note('expired', principal);
    throw invalidKey('The key has expired.');
  }
  return principal;
}

export function missingKey() {
  return problem('auth.missing', {
    detail: 'Send an API key: "Authorization: Bearer <key>".',
    headers: challenge,
  });
}

/** The principal of a route that needs one. */
export function requireKey(principal: Principal | null): Principal {
  if (principal === null) throw missingKey();
  return principal;
}

export function revokedKey() {
  return invalidKey('The key was revoked.');
}

function invalidKey(detail: string) {
  return problem('auth.invalid', {
    detail,
    headers: { ...challenge, 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  });
}
