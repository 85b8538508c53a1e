// Changing the working copy: a merge patch, or a replacement by external id. A change of content appends a version; a
// patch that changes nothing writes nothing.
import { refuse } from '../../../core/problems.ts';
import { requireSection } from '../../../platform/auth/principal.ts';
import type { Tx } from '../../../platform/db/db.ts';
import { takeLock } from '../../../platform/db/locks.ts';
import type { Precondition } from '../../../platform/delivery/etag.ts';
import { requireMatch } from '../../../platform/events/changes.ts';
import { type Act, recordEvents, renewAct } from '../../../platform/events/record.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { requireArticleAccess, requirePermission } from '../access.ts';
import { appendVersion } from '../append.ts';
import { applyChanges } from '../changes.ts';
import { type ArticleContent, emptyContent, listChangedFields } from '../content.ts';
import { changeDesk, describeDesk, listDeskChanges } from '../desk.ts';
import { lockArticleByExternalId } from '../lock.ts';
import { resolveReferences } from '../references.ts';
import type { ArticleInput, ArticlePatch } from '../schemas.ts';
import { storeHead } from '../store.ts';
import { ensureTags } from '../tags.ts';
import { nextState } from '../workflow.ts';
import { insertArticle, type Sent, type WriteOptions } from './create.ts';
import { type OpenArticle, openArticle, type Target, type Written } from './open.ts';

export async function reviseArticle(
  tx: Tx,
  act: Act,
  target: Target,
  sent: Sent<ArticlePatch>,
  options: WriteOptions,
): Promise<Written> {
  const article = await openArticle(tx, act, target, 'edit');
  await changeContent(tx, article, sent, options, article.content);
  return { id: article.head.id, warnings: sent.body.warnings };
}

export type Upsert = { readonly externalId: string; readonly condition: Precondition | null };

export async function upsertArticle(
  tx: Tx,
  waiting: Act,
  { externalId, condition }: Upsert,
  { input, body }: Sent<ArticleInput>,
  options: WriteOptions,
): Promise<Written & { created: boolean }> {
  if (input.externalId !== undefined && input.externalId !== externalId) {
    throw refuse('/externalId', 'Is another one than in the address. Leave it out, or change it with PATCH.');
  }
  const sent = { input: { ...input, externalId }, body };
  // One at a time for each external id: two first writes make one article.
  await takeLock(tx, 'external_id', externalId);
  const article = await lockArticleByExternalId(tx, externalId, waiting);
  if (article === null) {
    const act = renewAct(waiting);
    if (condition !== null) throw notFound();
    requirePermission(act.principal, 'article.create');
    const { id, events } = await insertArticle(tx, act, sent, options);
    await recordEvents(tx, act, events);
    return { id, warnings: body.warnings, created: true };
  }
  const { head, act } = article;
  requireArticleAccess(act.principal, 'article.edit', head);
  if (condition !== null) await requireMatch(tx, 'article', head, condition);
  const blank = { ...emptyContent, slug: article.content.slug };
  await changeContent(tx, { ...article, state: nextState(head.state, 'edit') }, sent, options, blank);
  return { id: head.id, warnings: body.warnings, created: false };
}

/** `base`: what the patch is applied to; the article's own content, or a blank one when it is replaced. */
async function changeContent(
  tx: Tx,
  article: OpenArticle,
  { input: patch, body }: Sent<ArticlePatch>,
  options: WriteOptions,
  base: ArticleContent,
): Promise<void> {
  const { head, act, content: before } = article;
  const found = await resolveReferences(tx, act.principal, patch, act.now);
  const { references, events } = await ensureTags(tx, act, patch.tags ?? [], found, options.slugPolicy);
  const content = applyChanges(base, patch, references, body.blocks);
  const desk = await changeDesk(tx, act, head, patch, options.timeZone);
  const deskFields = listDeskChanges(head, desk);
  const makesVersion = listChangedFields(before, content).length > 0 || deskFields.includes('externalId');
  if (!makesVersion && deskFields.length === 0) return;
  if (content.section !== before.section) {
    requireSection(
      act.principal,
      content.section === null ? [] : (references.sections.get(content.section)?.path ?? []),
    );
  }
  const told = describeDesk(head.id, head.revision + 1, head, desk);
  if (!makesVersion) {
    await storeHead(tx, act, head, desk);
    await recordEvents(tx, act, told);
    return;
  }
  const next = { content, note: patch.note ?? null, state: article.state, desk, deskFields };
  const { event } = await appendVersion(tx, article, next);
  await recordEvents(tx, act, [...events, event, ...told]);
}
