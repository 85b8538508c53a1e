// How every act on an article begins: it is locked, and only then judged: access, If-Match, state, conditions.
import type { Tx } from '../../../platform/db/db.ts';
import type { Precondition } from '../../../platform/delivery/etag.ts';
import { requireMatch } from '../../../platform/events/changes.ts';
import type { Act } from '../../../platform/events/record.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { requireArticleAccess } from '../access.ts';
import { type LockedArticle, lockArticle } from '../store.ts';
import type { Warning } from '../view-schemas.ts';
import { type Action, actionFacts, nextState, requireConditions, type State } from '../workflow.ts';

/** Which article, and which revision of it the client knows. */
export type Target = { readonly idOrSlug: string; readonly condition: Precondition };

/** What a command on an article tells its caller. */
export type Written = { readonly id: string; readonly warnings: readonly Warning[] };

export type OpenArticle = LockedArticle & {
  /** The state that the action leads to. */
  readonly state: State;
};

export async function openArticle(
  tx: Tx,
  waiting: Act,
  { idOrSlug, condition }: Target,
  action: Action,
): Promise<OpenArticle> {
  const article = await lockArticle(tx, idOrSlug, waiting, action === 'untrash' ? 'trashed' : 'present');
  if (article === null) throw notFound();
  requireArticleAccess(article.act.principal, actionFacts[action].permission, article.head);
  await requireMatch(tx, 'article', article.head, condition);
  requireConditions(action, article.head);
  return { ...article, state: nextState(article.head.state, action) };
}
