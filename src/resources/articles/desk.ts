// What an article has beside its content: whose turn it is (assignee) and before when nobody else may see it (embargo).
// Changing these makes no version.
import { isUuid } from '../../core/ids.ts';
import { problem } from '../../core/problems.ts';
import { formatInstant } from '../../core/time.ts';
import type { Tx } from '../../platform/db/db.ts';
import type { Act, EventDraft } from '../../platform/events/record.ts';
import { requireArticleAccess, requirePermission } from './access.ts';
import { readInstant } from './instants.ts';
import type { ArticleHead } from './lock.ts';
import type { ArticlePatch } from './schemas.ts';
import type { Desk } from './store.ts';

type DeskPatch = Pick<ArticlePatch, 'externalId' | 'assignee' | 'embargoUntil'>;

export const emptyDesk: Desk = { externalId: null, assigneeId: null, embargoUntil: null };

/** The desk as the patch makes it; refuses what the key may not change. `head`: null for an article that is being made. */
export async function changeDesk(
  tx: Tx,
  act: Act,
  head: ArticleHead | null,
  patch: DeskPatch,
  timeZone: string,
): Promise<Desk> {
  const before = head ?? emptyDesk;
  const externalId = patch.externalId === undefined ? before.externalId : patch.externalId;
  const assigneeId = patch.assignee === undefined ? before.assigneeId : await findAssignee(tx, patch.assignee);
  if (assigneeId !== before.assigneeId) requirePermission(act.principal, 'article.assign');
  const embargoUntil =
    patch.embargoUntil === undefined ? before.embargoUntil : readInstant(patch.embargoUntil, '/embargoUntil', timeZone);
  if (head !== null && embargoUntil?.getTime() !== head.embargoUntil?.getTime()) {
    await requireEmbargoChange(tx, act, head, embargoUntil);
  }
  return { externalId, assigneeId, embargoUntil };
}

// Locked against being trashed until the write commits.
const selectAssignee = `
  select id::text from editor where trashed_at is null and (slug = $1 or id = $2::uuid) for key share`;

async function findAssignee(tx: Tx, name: string | null): Promise<string | null> {
  if (name === null) return null;
  const [row] = await tx.rows<{ id: string }>(selectAssignee, [name, isUuid(name) ? name : null], 'article_assignee');
  if (row !== undefined) return row.id;
  const message = `There is no editor "${name.slice(0, 100)}".`;
  throw problem('reference.not_found', {
    detail: message,
    errors: [{ pointer: '/assignee', code: 'not_found', message }],
  });
}

async function requireEmbargoChange(tx: Tx, act: Act, head: ArticleHead, until: Date | null): Promise<void> {
  // Setting or prolonging guards; letting the story out earlier is a decision about its publication.
  const isEarlier = head.embargoUntil !== null && (until === null || until < head.embargoUntil);
  if (head.isEmbargoed && isEarlier) requireArticleAccess(act.principal, 'article.publish', head);
  if (until === null || until <= act.now) return;
  const values = [head.id, act.now.toISOString()];
  const [earliest] = await tx.rows<{ visible_from: Date }>(selectEarliest, values, 'article_earliest');
  if (earliest === undefined || earliest.visible_from >= until) return;
  const isPublic = earliest.visible_from <= act.now;
  const message = isPublic
    ? 'The public sees the article already. Unpublish it first.'
    : `A publication is scheduled before that, for ${formatInstant(earliest.visible_from)}. Unschedule it first.`;
  throw problem('article.embargoed', {
    detail: message,
    errors: [{ pointer: '/embargoUntil', code: 'embargoed', message }],
  });
}

// By publication_article_id_idx: what is public or is going to be.
const selectEarliest = `
  select visible_from from publication
  where article_id = $1::uuid and (visible_until is null or visible_until > $2::timestamptz)
  order by visible_from limit 1`;

/** The names clients know of what differs. */
export function listDeskChanges(before: Desk, after: Desk): string[] {
  return [
    ...(before.externalId === after.externalId ? [] : ['externalId']),
    ...(before.assigneeId === after.assigneeId ? [] : ['assignee']),
    ...(before.embargoUntil?.getTime() === after.embargoUntil?.getTime() ? [] : ['embargoUntil']),
  ];
}

export function describeDesk(articleId: string, revision: number, before: Desk, after: Desk): EventDraft[] {
  const changes = listDeskChanges(before, after);
  const embargoUntil = after.embargoUntil === null ? null : formatInstant(after.embargoUntil);
  const told: EventDraft[] = [
    {
      type: 'article.assigned',
      subjectId: articleId,
      payload: { revision, fields: ['assignee'], assigneeId: after.assigneeId },
    },
    {
      type: 'article.embargo_set',
      subjectId: articleId,
      payload: { revision, fields: ['embargoUntil'], embargoUntil },
    },
  ];
  return told.filter(({ payload }) => changes.includes((payload.fields as string[])[0]!));
}
