// Review: a version is submitted, then returned with a comment or approved. Approval holds for that version; an edit makes
// another one, which is a draft again.
import type { Tx } from '../../../platform/db/db.ts';
import { type Act, recordEvents } from '../../../platform/events/record.ts';
import { storeHead } from '../store.ts';
import { actionFacts } from '../workflow.ts';
import { storeComment } from './comment.ts';
import { openHead, type Target, type Written } from './open.ts';

export type ReviewAction = 'submit' | 'return' | 'approve';

export async function reviewArticle(
  tx: Tx,
  waiting: Act,
  target: Target,
  action: ReviewAction,
  comment: string | null,
): Promise<Written> {
  const { head, act, state } = await openHead(tx, waiting, target, action);
  const revision = await storeHead(tx, act, head, { state });
  const commentId = comment === null ? null : await storeComment(tx, act, head, comment);
  const payload = { revision, fields: ['state'], version: head.version, state, commentId };
  await recordEvents(tx, act, [{ type: actionFacts[action].event, subjectId: head.id, payload }]);
  return { id: head.id, warnings: [] };
}
