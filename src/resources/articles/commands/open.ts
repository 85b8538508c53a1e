// How every act on an article begins: it is locked, and only then judged: access, If-Match, state, conditions.
import type { Tx } from '../../../platform/db/db.ts';
import type { Precondition } from '../../../platform/delivery/etag.ts';
import { requireMatch } from '../../../platform/events/changes.ts';
import type { Act } from '../../../platform/events/record.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { requireArticleAccess } from '../access.ts';
import { type LockedArticle, type LockedHead, lockArticle, lockHead } from '../lock.ts';
import type { Warning } from '../view-schemas.ts';
import { type Action, actionFacts, nextState, requireConditions, type State } from '../workflow.ts';

/** Which article, and which revision of it the client knows. */
export type Target = { readonly idOrSlug: string; readonly condition: Precondition };

/** What a command on an article tells its caller. */
export type Written = { readonly id: string; readonly warnings: readonly Warning[] };

/** The state that the action leads to. */
type Next = { readonly state: State };
export type OpenArticle = LockedArticle & Next;

/** For actions that change the content. */
export async function openArticle(tx: Tx, waiting: Act, target: Target, action: Action): Promise<OpenArticle> {
  return judge(tx, await lockArticle(tx, target.idOrSlug, waiting), target, action);
}

/** For all others. */
export async function openHead(tx: Tx, waiting: Act, target: Target, action: Action): Promise<LockedHead & Next> {
  const present = () => lockHead(tx, target.idOrSlug, waiting, 'present');
  if (action !== 'untrash') return judge(tx, await present(), target, action);
  // What is not in the trash is told so, to whom it may be told of at all.
  const article = (await lockHead(tx, target.idOrSlug, waiting, 'trashed')) ?? (await present());
  return judge(tx, article, target, action);
}

async function judge<T extends LockedHead>(
  tx: Tx,
  article: T | null,
  { condition }: Target,
  action: Action,
): Promise<T & Next> {
  if (article === null) throw notFound();
  requireArticleAccess(article.act.principal, actionFacts[action].permission, article.head);
  await requireMatch(tx, 'article', article.head, condition);
  requireConditions(action, article.head);
  return { ...article, state: nextState(article.head.state, action) };
}
