// Preview links: handing out an address that shows one article's draft, and taking it back. The token exists in one answer
// only; the database keeps its digest.
import { problem } from '../../../core/problems.ts';
import { formatInstant } from '../../../core/time.ts';
import { createLinkToken } from '../../../platform/auth/keys.ts';
import { coversSection, creatorColumns } from '../../../platform/auth/principal.ts';
import type { Tx } from '../../../platform/db/db.ts';
import { type Act, type EventDraft, recordEvents } from '../../../platform/events/record.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { requireArticleAccess } from '../access.ts';
import { type ArticleHead, type LockedHead, lockHead } from '../lock.ts';
import { findPreviewLink, type PreviewLinkRow } from '../queries/previews.ts';
import type { PreviewLinkInput } from '../schemas.ts';
import { findVersion } from '../versions.ts';

const defaultSeconds = 86_400;

const insertLink = `
  insert into preview_link (id, article_id, version, digest, created_at, expires_at, created_by_editor, created_by_service)
  values ($1::uuid, $2::uuid, $3::int, decode($4, 'hex'), $5::timestamptz, $6::timestamptz, $7::uuid, $8)`;

export type NewPreviewLink = { readonly articleId: string; readonly link: PreviewLinkRow; readonly token: string };

export async function createPreviewLink(
  tx: Tx,
  waiting: Act,
  idOrSlug: string,
  input: PreviewLinkInput,
): Promise<NewPreviewLink> {
  const { head, act } = await openForPreview(tx, waiting, idOrSlug);
  const version = input?.version ?? null;
  if (version !== null) await requireVersion(tx, act, head, version);
  const { token, digest } = createLinkToken();
  const { actor } = act.principal;
  const expiresAt = new Date(act.now.getTime() + (input?.expiresInSeconds ?? defaultSeconds) * 1000);
  const link = { id: act.newId(), version, createdAt: act.now, createdBy: actor, expiresAt, revokedAt: null };
  const { editorId, service } = creatorColumns(actor);
  const instants = [act.now.toISOString(), expiresAt.toISOString()];
  await tx.rows(insertLink, [link.id, head.id, version, digest.toString('hex'), ...instants, editorId, service]);
  await recordEvents(tx, act, [describe('preview_link.created', head.id, link)]);
  return { articleId: head.id, link, token };
}

const updateRevoked = 'update preview_link set revoked_at = $2::timestamptz where id = $1::uuid';

/** At once. Revoking twice is the same as once, so nothing can be lost and no If-Match is asked for. */
export async function revokePreviewLink(tx: Tx, waiting: Act, idOrSlug: string, id: string): Promise<void> {
  const { head, act } = await openForPreview(tx, waiting, idOrSlug);
  const link = await findPreviewLink(tx, head.id, id);
  if (link === null) throw notFound();
  if (link.revokedAt !== null) return;
  await tx.rows(updateRevoked, [id, act.now.toISOString()]);
  await recordEvents(tx, act, [describe('preview_link.revoked', head.id, link)]);
}

// The lock also keeps two revocations of one link apart.
async function openForPreview(tx: Tx, waiting: Act, idOrSlug: string): Promise<LockedHead> {
  const article = await lockHead(tx, idOrSlug, waiting);
  if (article === null) throw notFound();
  requireArticleAccess(article.act.principal, 'article.preview', article.head);
  return article;
}

function describe(
  type: 'preview_link.created' | 'preview_link.revoked',
  articleId: string,
  { id, version, expiresAt }: PreviewLinkRow,
): EventDraft {
  return { type, subjectId: id, payload: { articleId, version, expiresAt: formatInstant(expiresAt) } };
}

// A version that was filed where the key may not read is not there for it.
async function requireVersion(tx: Tx, { principal }: Act, head: ArticleHead, version: number): Promise<void> {
  const stored = version > head.version ? null : await findVersion(tx, head.id, version);
  if (stored !== null && coversSection(principal, stored.sectionPath)) return;
  const message = `There is no version ${version}.`;
  throw problem('article.version_not_found', {
    detail: message,
    errors: [{ pointer: '/version', code: 'version_not_found', message }],
  });
}
