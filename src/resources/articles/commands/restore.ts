// Bringing the content of an old version back, as a new version: history is never rewritten.
import { type Problem, problem } from '../../../core/problems.ts';
import { coversSection } from '../../../platform/auth/principal.ts';
import type { Tx } from '../../../platform/db/db.ts';
import { type Act, recordEvents } from '../../../platform/events/record.ts';
import { appendVersion } from '../append.ts';
import { type ArticleContent, listChangedFields } from '../content.ts';
import type { ArticleHead } from '../lock.ts';
import { warnOfTrashed } from '../readiness.ts';
import type { RestoreInput } from '../schemas.ts';
import { isSlugTaken } from '../slugs.ts';
import { findVersion } from '../versions.ts';
import type { Warning } from '../view-schemas.ts';
import { openArticle, type Target, type Written } from './open.ts';

export async function restoreVersion(
  tx: Tx,
  waiting: Act,
  target: Target,
  { version, reason }: RestoreInput,
): Promise<Written> {
  const article = await openArticle(tx, waiting, target, 'restore');
  const { head, act, content: before } = article;
  const old = await findVersion(tx, head.id, version);
  // A version that was filed where the key may not read is not there for it.
  if (old === null || !coversSection(act.principal, old.sectionPath)) throw versionNotFound(version);
  const nothing = { id: head.id, warnings: [] };
  if (listChangedFields(before, old.content).length === 0) return nothing;
  const { content, warnings } = await adapt(tx, head, old.content);
  if (listChangedFields(before, content).length === 0) return { ...nothing, warnings };
  const next = { content, note: reason ?? null, state: article.state, payload: { restoredFrom: version } };
  const { article: after, event } = await appendVersion(tx, article, next);
  const trashed = await warnOfTrashed(tx, after.head, act.now);
  await recordEvents(tx, act, [event]);
  return { id: head.id, warnings: [...warnings, ...trashed] };
}

export function versionNotFound(version: number): Problem {
  const message = `The article has no version ${version}.`;
  return problem('article.version_not_found', {
    detail: message,
    errors: [{ pointer: '/version', code: 'version_not_found', message }],
  });
}

type Adapted = { readonly content: ArticleContent; readonly warnings: readonly Warning[] };

/** The old content without what is not to be had any more: a slug that another has taken, articles that were purged. */
async function adapt(tx: Tx, head: ArticleHead, old: ArticleContent): Promise<Adapted> {
  const keepsSlug = old.slug !== head.slug && (await isSlugTaken(tx, head.id, old.slug));
  const present = await findPresent(tx, old.related);
  const purged = old.related.flatMap((id, position) => (present.has(id) ? [] : [position]));
  const content = {
    ...old,
    slug: keepsSlug ? head.slug : old.slug,
    related: old.related.filter((id) => present.has(id)),
  };
  return { content, warnings: [...(keepsSlug ? [slugKept(old.slug)] : []), ...purged.map(relatedPurged)] };
}

// By article_pkey.
const selectPresent = `select id::text from article where id = any($1::uuid[])`;

async function findPresent(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  return new Set((await tx.rows<{ id: string }>(selectPresent, [ids])).map(({ id }) => id));
}

const slugKept = (slug: string): Warning => ({
  code: 'slug.kept',
  pointer: '/slug',
  message: `Another one has the slug "${slug}" by now, or had it; the present one stays.`,
});

// By its position only: what is hidden is not named.
const relatedPurged = (position: number): Warning => ({
  code: 'related.purged',
  pointer: `/related/${position}`,
  message: 'This related article was removed for good, and is left out.',
});
