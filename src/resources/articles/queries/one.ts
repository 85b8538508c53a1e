// Reads of one article: what the public sees under an id or a slug, or the working copy. One named statement each.
import { isUuid } from '../../../core/ids.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { changedAt, draftJson, endsAt, isVisible, isWithin, publishedJson, shapedBy } from './json.ts';

/** `json` lacks the body, which is rendered from `blocks` in the form asked for. */
export type ArticleRow = { readonly json: string; readonly blocks: string | null };

export type PublishedRow = ArticleRow & {
  readonly slug: string;
  readonly surrogate_keys: string[];
  readonly changed_at: Date;
  readonly ends_at: Date | null;
};

export type ReadContext = { readonly now: Date; readonly publicUrl: string };

const names = { now: '$2', publicUrl: '$3' };

const publishedColumns = `
  ${publishedJson(names)}::text as json, case when $4::boolean then v.body::text end as blocks, v.slug,
  ${shapedBy} as surrogate_keys, ${changedAt('$2')} as changed_at, ${endsAt('$2')} as ends_at`;

// By publication_article_id_idx: one row, since publications of an article never overlap.
const selectById = `
  select ${publishedColumns}
  from publication p
  join article_version v on v.article_id = p.article_id and v.number = p.version
  where p.article_id = $1::uuid and ${isVisible('p', '$2')}`;

// By article_slug_pkey. A slug that only drafts have used must not tell that it exists.
const selectBySlug = `
  select ${publishedColumns}
  from article_slug s
  join publication p on p.article_id = s.article_id and ${isVisible('p', '$2')}
  join article_version v on v.article_id = p.article_id and v.number = p.version
  where s.slug = $1 and (v.slug = s.slug or s.published_from <= $2::timestamptz)`;

export async function findPublished(
  sql: Sql,
  idOrSlug: string,
  { now, publicUrl }: ReadContext,
  withBody: boolean,
): Promise<PublishedRow | null> {
  const byId = isUuid(idOrSlug);
  const values = [idOrSlug, now.toISOString(), publicUrl, withBody];
  const [row] = byId
    ? await sql.rows<PublishedRow>(selectById, values, 'article_published_by_id')
    : await sql.rows<PublishedRow>(selectBySlug, values, 'article_published_by_slug');
  return row ?? null;
}

export type DraftRow = ArticleRow & { readonly revision: number };

const draftSelect = `
  select ${draftJson(names, '$5')}::text as json, case when $4::boolean then v.body::text end as blocks, a.revision
  from article a
  join article_version v on v.article_id = a.id and v.number = a.version
  left join publication p on p.article_id = a.id and ${isVisible('p', '$2')}`;

const selectDraftById = `${draftSelect} where a.id = $1::uuid and a.trashed_at is null and ${isWithin('a', '$5')}`;
const selectDraftBySlug = `${draftSelect}
  join article_slug s on s.article_id = a.id
  where s.slug = $1 and a.trashed_at is null and ${isWithin('a', '$5')}`;

/** `sectionIds`: what the key is limited to; what lies outside is not there. */
export async function findDraft(
  sql: Sql,
  idOrSlug: string,
  { now, publicUrl }: ReadContext,
  withBody: boolean,
  sectionIds: readonly string[] | null,
): Promise<DraftRow | null> {
  const values = [idOrSlug, now.toISOString(), publicUrl, withBody, sectionIds];
  const [row] = isUuid(idOrSlug)
    ? await sql.rows<DraftRow>(selectDraftById, values, 'article_draft_by_id')
    : await sql.rows<DraftRow>(selectDraftBySlug, values, 'article_draft_by_slug');
  return row ?? null;
}

const selectWritten = `${draftSelect} where a.id = $1::uuid`;

/**
 * What a write answers with. The caller was allowed to write it a moment ago, so it is shown even if it has been moved
 * since; what it refers to is shown as far as the key's sections reach.
 */
export async function findWritten(
  sql: Sql,
  id: string,
  { now, publicUrl }: ReadContext,
  sectionIds: readonly string[] | null,
): Promise<DraftRow | null> {
  const values = [id, now.toISOString(), publicUrl, true, sectionIds];
  const [row] = await sql.rows<DraftRow>(selectWritten, values, 'article_written');
  return row ?? null;
}
