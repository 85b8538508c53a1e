// Asks for documents to be made anew; whoever works in the background does it (reindexing.ts).
import type { Tx } from '../../../platform/db/db.ts';

// What has no Han character is a word wherever it stands.
const han = /\p{Script=Han}/u;

const insertRequest = 'insert into search_reindexing (folded, requested_at) values ($1, $2::timestamptz)';

/** `folded`: of the documents whose text holds it; null: of all articles and records. */
export async function requestReindexing(tx: Tx, folded: string | null, now: Date): Promise<void> {
  if (folded !== null && !han.test(folded)) return;
  await tx.rows(insertRequest, [folded, now.toISOString()], 'search_request_reindexing');
}
