// From the Authorization header to a principal. A key that is wrong, expired or revoked is always a 401, never
// "anonymous": a client must not mistake the public's view for its own.
import { problem } from '../../core/problems.ts';
import { digestKey, looksMistyped, sameDigest } from './keys.ts';
import type { Principal } from './principal.ts';

export type StoredKey = {
  readonly digest: Uint8Array;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly principal: Principal;
};

/** Handed in by the composition root, so that this module knows no table. */
export type FindKey = (digest: Buffer) => Promise<StoredKey | null>;

const challenge = { 'WWW-Authenticate': 'Bearer', 'Cache-Control': 'no-store' };

export async function authenticate(header: string, findKey: FindKey, now: Date): Promise<Principal> {
  const key = /^Bearer +(\S+) *$/i.exec(header)?.[1];
  if (key === undefined) throw invalidKey('The Authorization header must read "Bearer <key>".');
  const digest = digestKey(key);
  const stored = await findKey(digest);
  if (stored === null || !sameDigest(stored.digest, digest)) {
    throw invalidKey(looksMistyped(key) ? 'The key is mistyped: its checksum does not fit.' : 'No such key.');
  }
  if (stored.revokedAt !== null) throw invalidKey('The key was revoked.');
  if (stored.expiresAt !== null && stored.expiresAt <= now) throw invalidKey('The key has expired.');
  return stored.principal;
}

export function missingKey() {
  return problem('auth.missing', {
    detail: 'Send an API key: "Authorization: Bearer <key>".',
    headers: challenge,
  });
}

function invalidKey(detail: string) {
  return problem('auth.invalid', {
    detail,
    headers: { ...challenge, 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  });
}
