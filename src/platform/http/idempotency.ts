// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): the answer to a write is kept in the write's own
// transaction, so a crash between doing and answering neither loses nor repeats it.
import { canonicalJson, sha256 } from '../../core/hash.ts';
import { problem } from '../../core/problems.ts';
import type { Sql, Tx } from '../db/db.ts';
import { tryLock } from '../db/locks.ts';

/** An answer as it leaves; `body` is JSON text. */
export type KeptAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
};

/** Which request it is, so far as a retry must be the same: the API key, method, path, and the client's own key. */
export type IdempotentRequest = {
  readonly keyId: string;
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly fingerprint: Buffer;
};

const keyForm = /^[\x21-\x7e]{1,200}$/;

/** Reads the header; quotes, which the draft asks for and few clients send, do not count. */
export function readIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  const key = header.trim().replace(/^"(.*)"$/, '$1');
  if (keyForm.test(key)) return key;
  const message = 'Takes 1 to 200 printable ASCII characters without spaces, such as a UUID.';
  throw problem('request.invalid_header', {
    detail: `Idempotency-Key: ${message}`,
    errors: [{ pointer: '!Idempotency-Key', code: 'invalid_header', message }],
  });
}

/** What makes a request the same one: its query, its condition and its body. */
export function fingerprintRequest(query: unknown, ifMatch: string | undefined, body: unknown): Buffer {
  const content = Buffer.isBuffer(body) ? sha256(body).toString('hex') : (body ?? null);
  return sha256(canonicalJson([query ?? null, ifMatch ?? null, content]));
}

// By its primary key.
const selectKept = `
  select fingerprint, status, headers, body from idempotent_answer
  where key_id = $1::uuid and method = $2 and path = $3 and key = $4 and expires_at > $5::timestamptz`;

type KeptRow = KeptAnswer & { fingerprint: Uint8Array };

/** The answer that was given before, or null: then the caller holds the key until its transaction ends. */
export async function claimKey(tx: Tx, request: IdempotentRequest, now: Date): Promise<KeptAnswer | null> {
  const { keyId, method, path, key } = request;
  // One that runs at the same time is told to come back: waiting would hold a connection for each retry.
  if (!(await tryLock(tx, 'idempotency', canonicalJson([keyId, method, path, key])))) {
    throw problem('idempotency.in_progress', {
      detail: 'The first request with this Idempotency-Key has not been answered yet. Send it again in a second.',
      headers: { 'Retry-After': '1' },
    });
  }
  const [row] = await tx.rows<KeptRow>(selectKept, [keyId, method, path, key, now.toISOString()], 'idempotent_find');
  if (row === undefined) return null;
  if (!request.fingerprint.equals(row.fingerprint)) {
    const message = 'This key belongs to another request: its body, query or If-Match was another one.';
    throw problem('idempotency.key_reused', {
      detail: message,
      errors: [{ pointer: '!Idempotency-Key', code: 'key_reused', message }],
    });
  }
  return { status: row.status, headers: row.headers, body: row.body };
}

// An expired row may still be there. A key that was revoked meanwhile, by itself or by others, gets no answer again.
const insertKept = `
  insert into idempotent_answer (key_id, method, path, key, fingerprint, status, headers, body, created_at, expires_at)
  select k.id, $2, $3, $4, decode($5, 'hex'), $6::int, $7::jsonb, $8, $9::timestamptz, $10::timestamptz
  from api_key k where k.id = $1::uuid and k.revoked_at is null
  on conflict (key_id, method, path, key) do update set fingerprint = excluded.fingerprint, status = excluded.status,
    headers = excluded.headers, body = excluded.body, created_at = excluded.created_at, expires_at = excluded.expires_at`;

export async function keepAnswer(
  tx: Tx,
  request: IdempotentRequest,
  answer: KeptAnswer,
  time: { now: Date; keptHours: number },
): Promise<void> {
  const { keyId, method, path, key, fingerprint } = request;
  const expiresAt = new Date(time.now.getTime() + time.keptHours * 3_600_000);
  const values = [keyId, method, path, key, fingerprint.toString('hex'), answer.status, JSON.stringify(answer.headers)];
  await tx.rows(
    insertKept,
    [...values, answer.body, time.now.toISOString(), expiresAt.toISOString()],
    'idempotent_keep',
  );
}

// Few enough for a short transaction. By idempotent_answer_expires_at_idx.
const forgottenMax = 1000;
const deleteExpired = `
  with forgotten as (
    delete from idempotent_answer where ctid = any(array(
      select ctid from idempotent_answer where expires_at <= $1::timestamptz limit ${forgottenMax} for update skip locked))
    returning 1)
  select count(*)::int as count from forgotten`;

/** Forgets what has expired; the worker calls it now and then. */
export async function forgetExpiredAnswers(sql: Sql, now: Date): Promise<void> {
  for (let count = forgottenMax; count === forgottenMax; ) {
    const [row] = await sql.rows<{ count: number }>(deleteExpired, [now.toISOString()]);
    count = row?.count ?? 0;
  }
}
