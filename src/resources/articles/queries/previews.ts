// Reads of preview links, and of the one article that a link opens.
import { formatInstant } from '../../../core/time.ts';
import { digestKey, sameDigest } from '../../../platform/auth/keys.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { type Creator, findBeside, listBeside, type PageOrder, type Rows } from './beside.ts';
import { createdBy, isVisible, previewJson } from './json.ts';
import type { ArticleRow, ReadContext } from './one.ts';

export type PreviewLinkRow = {
  readonly id: string;
  readonly version: number | null;
  readonly createdAt: Date;
  readonly createdBy: Creator;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
};

// By preview_link_article_id_idx and preview_link_pkey; their makers by primary key.
const selectLinks = `
  select x.id::text, x.version, x.created_at as "createdAt", ${createdBy('x')} as "createdBy",
    x.expires_at as "expiresAt",
    x.revoked_at as "revokedAt"
  from preview_link x
  where x.article_id = $1::uuid`;

const linksOf = (articleId: string): Rows => ({ text: selectLinks, values: [articleId] });

export function listPreviewLinks(sql: Sql, articleId: string, order: PageOrder): Promise<PreviewLinkRow[]> {
  return listBeside<PreviewLinkRow>(sql, linksOf(articleId), order);
}

export function findPreviewLink(sql: Sql, articleId: string, id: string): Promise<PreviewLinkRow | null> {
  return findBeside<PreviewLinkRow>(sql, linksOf(articleId), id);
}

export function toPreviewLinkView({ createdAt, expiresAt, revokedAt, ...link }: PreviewLinkRow): object {
  return {
    ...link,
    createdAt: formatInstant(createdAt),
    expiresAt: formatInstant(expiresAt),
    revokedAt: revokedAt === null ? null : formatInstant(revokedAt),
  };
}

// By preview_link_digest_key and primary keys. A link does not pass an embargo, reaches nothing in the trash, and what was
// handed out before a retraction shows nothing while that stands.
const selectPreview = `
  select l.digest, ${previewJson({ now: '$2', publicUrl: '$3' })}::text as json,
    case when $4::boolean then v.body::text end as blocks
  from preview_link l
  join article a on a.id = l.article_id
  join article_version v on v.article_id = a.id and v.number = coalesce(l.version, a.version)
  left join publication p on p.article_id = a.id and ${isVisible('p', '$2')}
  where l.digest = $1 and l.revoked_at is null and l.expires_at > $2::timestamptz
    and a.trashed_at is null and (a.embargo_until is null or a.embargo_until <= $2::timestamptz)
    and not exists (
      select from retraction r where r.article_id = a.id and r.reinstated_at is null and r.at >= l.created_at)`;

/** The article that a token opens now; null, whatever the reason that it opens nothing. */
export async function findPreview(
  sql: Sql,
  token: string,
  { now, publicUrl }: ReadContext,
  withBody: boolean,
): Promise<ArticleRow | null> {
  const digest = digestKey(token);
  const values = [digest, now.toISOString(), publicUrl, withBody];
  const [row] = await sql.rows<ArticleRow & { digest: Uint8Array }>(selectPreview, values, 'article_preview');
  return row !== undefined && sameDigest(row.digest, digest) ? row : null;
}
