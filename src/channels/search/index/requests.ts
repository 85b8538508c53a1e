// Asks for documents to be made anew; whoever works in the background does it (reindexing.ts).
import type { Tx } from '../../../platform/db/db.ts';

// What has no Han character is a word wherever it stands.
const han = /\p{Script=Han}/u;

const insertRequest =
  'insert into search_reindexing (folded, requested_at) values ($1, $2::timestamptz) returning id::text';

/** `folded`: of the documents whose text holds it; null: of all articles and records. */
export async function requestReindexing(tx: Tx, folded: string | null, now: Date): Promise<string | null> {
  if (folded !== null && !han.test(folded)) return null;
  const [row] = await tx.rows<{ id: string }>(insertRequest, [folded, now.toISOString()], 'search_request_reindexing');
  return row!.id;
}

// By search_term_pkey.
const selectTerms = 'select folded from search_term where id = any($1::uuid[])';

/** Of the documents that hold words which were taught just now. */
export async function requestTerms(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  const terms = await tx.rows<{ folded: string }>(selectTerms, [ids], 'search_taught_terms');
  for (const { folded } of terms) await requestReindexing(tx, folded, now);
}
