// Carries a write out: as its transaction's last step come its events. With an Idempotency-Key it is done only once.
import { missingKey } from '../auth/authenticate.ts';
import { type Handles, rehearse, runTransaction } from '../db/transactions.ts';
import { tagRevision } from '../delivery/etag.ts';
import { jsonType } from '../delivery/send.ts';
import type { Deps } from '../deps.ts';
import { findPosition } from '../events/data-version.ts';
import { type Act, type PendingEvent, recordPending } from '../events/record.ts';
import type { RouteRequest } from './declaration.ts';
import { problemDocument, problemType, toProblem } from './errors.ts';
import { claimKey, fingerprintRequest, type IdempotentRequest, type KeptAnswer, keepAnswer } from './idempotency.ts';

/** An answer is shown when it is made, `again` to a retry, and `rehearsed` where nothing came of it. */
export type Showing = 'made' | 'again' | 'rehearsed';

export type WriteAnswer = {
  readonly status: 200 | 201 | 204;
  /** JSON text, or what becomes it; a function where it is put together from other answers. Absent with 204. */
  readonly view?: string | object | ((showing: Showing) => string);
  /** The number in the ETag. */
  readonly revision?: number;
  /** Absolute address of what was made. */
  readonly location?: string;
  /** Names of top-level members that are shown once: null in every showing but the first. */
  readonly secrets?: readonly string[];
};

export type Write<H extends keyof Handles = keyof Handles> = (tx: Handles[H], act: Act) => Promise<WriteAnswer>;

/** `position`: how far the event log reaches with what was done; null where it was refused. */
export type Done = { readonly kept: KeptAnswer; readonly position: number | null };

export async function runOnce(
  deps: Deps,
  handle: keyof Handles,
  act: Act,
  request: RouteRequest<unknown, unknown, unknown>,
  key: string,
  write: Write,
): Promise<Done> {
  const asked = describe(act, request, key);
  return runTransaction(deps.db, handle, async (tx) => {
    const first = await claimKey(tx, asked, act.now);
    if (first !== null) {
      const kept = { ...first, headers: { ...first.headers, 'Idempotency-Replayed': 'true' } };
      return { kept, position: await findPosition(tx) };
    }
    await tx.rows('savepoint write', []);
    try {
      const keepFirst = (answer: WriteAnswer) => keep(deps, tx, asked, act, toKept(answer, 'again'));
      const { answer, position } = await carryOut(tx, act, write, keepFirst);
      return { kept: toKept(answer, 'made'), position };
    } catch (error) {
      const refusal = describeRefusal(error, act);
      if (refusal === null) throw error;
      await tx.rows('rollback to savepoint write', []);
      await keep(deps, tx, asked, act, refusal);
      return { kept: refusal, position: null };
    }
  });
}

function keep(deps: Deps, tx: Handles['sql'], asked: IdempotentRequest, { now }: Act, answer: KeptAnswer) {
  return keepAnswer(tx, asked, answer, { now, keptHours: deps.config.idempotencyHours });
}

function describe(act: Act, request: RouteRequest<unknown, unknown, unknown>, key: string): IdempotentRequest {
  const { keyId } = act.principal;
  if (keyId === null) throw missingKey();
  const { raw, query, ifMatch, body } = request;
  const [path = ''] = raw.url.split('?', 1);
  return { keyId, method: raw.method, path, key, fingerprint: fingerprintRequest(query, ifMatch, body) };
}

/** A refusal that a retry would meet again is an answer like any other; what may pass by itself is not kept. */
function describeRefusal(error: unknown, act: Act): KeptAnswer | null {
  const found = toProblem(error);
  const passes = found.status >= 500 || found.status === 401 || found.status === 429;
  if (passes || found.code === 'idempotency.in_progress') return null;
  const body = JSON.stringify(problemDocument(found, act.requestId ?? ''));
  const headers = { ...found.headers, 'Cache-Control': 'no-store', 'Content-Type': problemType };
  return { status: found.status, headers, body };
}

/** The write and, as its last step, its events: other writers wait for them, so nothing else is done after. */
export async function carryOut<H extends keyof Handles>(
  tx: Handles[H],
  act: Act,
  write: Write<H>,
  before: (answer: WriteAnswer) => Promise<void> = async () => undefined,
): Promise<{ answer: WriteAnswer; position: number }> {
  const pending: PendingEvent[] = [];
  const answer = await write(tx, { ...act, pending });
  await before(answer);
  await act.project(
    tx,
    pending.map(({ event }) => event),
    act.now,
  );
  const position = await recordPending(tx, pending, act.principal.keyId);
  // What changes nothing tells of what somebody else has done.
  return { answer, position: position ?? (await findPosition(tx)) };
}

/** What would be answered; nothing that a rehearsal names exists afterwards. */
export async function rehearseWrite(deps: Deps, handle: keyof Handles, act: Act, write: Write): Promise<KeptAnswer> {
  const { answer } = await rehearse(deps.db, handle, (tx) => carryOut(tx, act, write));
  return toKept(answer, 'rehearsed');
}

/** An answer as it leaves. A rehearsal has no `ETag` and no `Location`: they name what is not there. */
export function toKept(answer: WriteAnswer, showing: Showing): KeptAnswer {
  const { status, revision, location } = answer;
  const body = printView(answer, showing);
  const isReal = showing !== 'rehearsed';
  return {
    status,
    headers: {
      ...(body === null ? {} : { 'Content-Type': jsonType }),
      ...(isReal && revision !== undefined ? { ETag: tagRevision(revision) } : {}),
      ...(isReal && location !== undefined ? { Location: location } : {}),
    },
    body,
  };
}

function printView({ view, secrets = [] }: WriteAnswer, showing: Showing): string | null {
  if (view === undefined) return null;
  if (typeof view === 'function') return view(showing);
  if (showing === 'made' || secrets.length === 0) return typeof view === 'string' ? view : JSON.stringify(view);
  const whole = (typeof view === 'string' ? JSON.parse(view) : view) as object;
  return JSON.stringify({ ...whole, ...Object.fromEntries(secrets.map((name) => [name, null])) });
}
