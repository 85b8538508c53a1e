// Into the trash and out of it. What is in the trash is not public; its slug and external id stay taken.
import type { Tx } from '../../../platform/db/db.ts';
import { type Act, recordEvents } from '../../../platform/events/record.ts';
import { requireArticleAccess } from '../access.ts';
import { recordDue, takeDue } from '../announce.ts';
import { storeHead } from '../store.ts';
import { openHead, type Target, type Written } from './open.ts';
import { withdraw } from './unpublish.ts';

// What was handed out for a draft ends with it; taking the draft out of the trash does not open it again.
const revokeLinks = `
  update preview_link set revoked_at = $2::timestamptz where article_id = $1::uuid and revoked_at is null`;

export async function trashArticle(tx: Tx, waiting: Act, target: Target): Promise<void> {
  const { head, timeline, act } = await openHead(tx, waiting, target, 'trash');
  // Trashing takes it from the public as well.
  if (head.isPublic || head.isScheduled) requireArticleAccess(act.principal, 'article.publish', head);
  const due = await takeDue(tx, act.now, head);
  const events = await withdraw(tx, act, head, timeline, null);
  const change = { publishedAt: timeline.firstPublishedAt, trashedAt: act.now };
  const revision = await storeHead(tx, act, head, change);
  await recordDue(tx, act, due);
  await tx.rows(revokeLinks, [head.id, act.now.toISOString()], 'preview_links_revoke');
  const payload = { revision, fields: ['trashedAt'] };
  await recordEvents(tx, act, [...events, { type: 'article.trashed', subjectId: head.id, payload }]);
}

/** Back as a working copy that nobody sees; publishing is an act of its own. */
export async function untrashArticle(tx: Tx, waiting: Act, target: Target): Promise<Written> {
  const { head, act } = await openHead(tx, waiting, target, 'untrash');
  const revision = await storeHead(tx, act, head, { trashedAt: null });
  const payload = { revision, fields: ['trashedAt'] };
  await recordEvents(tx, act, [{ type: 'article.untrashed', subjectId: head.id, payload }]);
  return { id: head.id, warnings: [] };
}
