// What the newsroom says to itself about an article. A comment is no change of the article: its revision stays.
import { creatorColumns } from '../../../platform/auth/principal.ts';
import type { Tx } from '../../../platform/db/db.ts';
import { type Act, recordEvents } from '../../../platform/events/record.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { requireArticleAccess } from '../access.ts';
import { type ArticleHead, lockHead } from '../lock.ts';
import type { CommentRow } from '../queries/comments.ts';

/** The log tells that there is a comment, not what it says. */
export async function commentArticle(
  tx: Tx,
  waiting: Act,
  idOrSlug: string,
  text: string,
): Promise<{ articleId: string; comment: CommentRow }> {
  const article = await lockHead(tx, idOrSlug, waiting);
  if (article === null) throw notFound();
  const { head, act } = article;
  requireArticleAccess(act.principal, 'article.comment', head);
  const { id: articleId, version } = head;
  const id = await storeComment(tx, act, head, text);
  await recordEvents(tx, act, [
    { type: 'article.commented', subjectId: articleId, payload: { commentId: id, version } },
  ]);
  return { articleId, comment: { id, text, version, createdAt: act.now, createdBy: act.principal.actor } };
}

const insertComment = `
  insert into article_comment (id, article_id, version, text, created_at, created_by_editor, created_by_service)
  values ($1::uuid, $2::uuid, $3::int, $4, $5::timestamptz, $6::uuid, $7)`;

/** Answers with the comment's id; the caller's event tells of it. */
export async function storeComment(tx: Tx, act: Act, head: ArticleHead, text: string): Promise<string> {
  const id = act.newId();
  const { editorId, service } = creatorColumns(act.principal.actor);
  await tx.rows(insertComment, [id, head.id, head.version, text, act.now.toISOString(), editorId, service]);
  return id;
}
