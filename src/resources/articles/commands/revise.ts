// Changing the working copy: a merge patch, or a replacement by external id. A change of content appends a version; a
// patch that changes nothing writes nothing.
import { countWords } from '../../../core/body/words.ts';
import { requireSection } from '../../../platform/auth/principal.ts';
import type { Db, Tx } from '../../../platform/db/db.ts';
import type { Precondition } from '../../../platform/delivery/etag.ts';
import { requireMatch } from '../../../platform/events/changes.ts';
import { type Act, recordEvents, renewAct } from '../../../platform/events/record.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { requireArticleAccess, requirePermission } from '../access.ts';
import { applyChanges, type ReadBody, readBody } from '../changes.ts';
import { type ArticleContent, emptyContent, hashVersion, listChangedFields } from '../content.ts';
import { resolveReferences } from '../references.ts';
import type { ArticleInput, ArticlePatch } from '../schemas.ts';
import { changeSlug } from '../slugs.ts';
import { type LockedArticle, lockArticle, lockArticleByExternalId, storeVersion } from '../store.ts';
import { ensureTags } from '../tags.ts';
import { type CreateOptions, insertArticle, retryLostSlug, type Written } from './create.ts';
import { refuse } from './publish.ts';

export async function reviseArticle(
  db: Db,
  waiting: Act,
  idOrSlug: string,
  condition: Precondition,
  patch: ArticlePatch,
  options: CreateOptions,
): Promise<Written> {
  const body = await readBody(patch.body);
  return retryLostSlug(false, () =>
    db.transaction(async (tx) => {
      const article = await lockArticle(tx, idOrSlug, waiting);
      if (article === null) throw notFound();
      const { act } = article;
      requireArticleAccess(act.principal, 'article.edit', article.head);
      await requireMatch(tx, 'article', article.head, condition);
      await changeContent(tx, act, article, patch, body, options, article.content);
      return { id: article.head.id, warnings: body.warnings };
    }),
  );
}

export async function upsertArticle(
  db: Db,
  waiting: Act,
  externalId: string,
  condition: Precondition | null,
  input: ArticleInput,
  options: CreateOptions,
): Promise<Written & { created: boolean }> {
  if (input.externalId !== undefined && input.externalId !== externalId) {
    throw refuse('/externalId', 'Is another one than in the address. Leave it out, or change it with PATCH.');
  }
  const body = await readBody(input.body);
  const whole = { ...input, externalId };
  return retryLostSlug(input.slug === undefined, () =>
    db.transaction(async (tx) => {
      // One at a time for each external id: two first writes make one article.
      await tx.rows('select 1 from (select pg_advisory_xact_lock(hashtext($1)) offset 0) as lock', [
        `article:${externalId}`,
      ]);
      const article = await lockArticleByExternalId(tx, externalId, waiting);
      const act = article?.act ?? renewAct(waiting);
      if (article === null) {
        if (condition !== null) throw notFound();
        requirePermission(act.principal, 'article.create');
        const { id, events } = await insertArticle(tx, act, whole, body, options);
        await recordEvents(tx, act, events);
        return { id, warnings: body.warnings, created: true };
      }
      requireArticleAccess(act.principal, 'article.edit', article.head);
      if (condition !== null) await requireMatch(tx, 'article', article.head, condition);
      const blank = { ...emptyContent, slug: article.content.slug };
      await changeContent(tx, act, article, whole, body, options, blank);
      return { id: article.head.id, warnings: body.warnings, created: false };
    }),
  );
}

/** `base`: what the patch is applied to; the article's own content, or a blank one when it is replaced. */
async function changeContent(
  tx: Tx,
  act: Act,
  { head, content: before }: LockedArticle,
  patch: ArticlePatch,
  body: ReadBody,
  options: CreateOptions,
  base: ArticleContent,
): Promise<void> {
  const found = await resolveReferences(tx, act.principal, patch, act.now);
  const { references, events } = await ensureTags(tx, act, patch.tags ?? [], found, options.slugPolicy);
  const content = applyChanges(base, patch, references, body.blocks);
  const externalId = patch.externalId === undefined ? head.externalId : patch.externalId;
  const fields = [...listChangedFields(before, content), ...(externalId === head.externalId ? [] : ['externalId'])];
  if (fields.length === 0) return;
  if (content.section !== before.section) {
    requireSection(
      act.principal,
      content.section === null ? [] : (references.sections.get(content.section)?.path ?? []),
    );
  }
  if (content.slug !== before.slug) await changeSlug(tx, head.id, content.slug, act.now);
  const number = head.version + 1;
  const facts = {
    articleId: head.id,
    number,
    createdAt: act.now,
    createdBy: act.principal.actor,
    note: patch.note ?? null,
    previousHash: head.hash,
  };
  const hash = hashVersion(facts, content);
  await storeVersion(tx, act, { ...facts, content, wordCount: countWords(content.body), hash }, externalId);
  const payload = { revision: head.revision + 1, version: number, hash: hash.toString('hex'), fields };
  await recordEvents(tx, act, [...events, { type: 'article.revised', subjectId: head.id, payload }]);
}
