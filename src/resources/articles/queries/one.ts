// Reads of one article: what the public sees under an id or a slug, or the working copy. One named statement each.
import { isUuid } from '../../../core/ids.ts';
import { mayReadDraft, type Reader } from '../../../platform/auth/reader.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { changedAt, draftJson, endsAt, isPublic, isVisible, type Names, publishedJson, shapedBy } from './json.ts';

/** `json` lacks the body, which is rendered from `blocks` in the form asked for. */
export type ArticleRow = { readonly json: string; readonly blocks: string | null };

export type PublishedRow = ArticleRow & {
  readonly slug: string;
  readonly surrogate_keys: string[];
  readonly changed_at: Date | null;
  readonly ends_at: Date | null;
};

export type ReadContext = {
  /** The instant that visibility is judged by. */
  readonly now: Date;
  readonly publicUrl: string;
  /** Of the past: the sections within which what was retracted since is shown all the same; null: all. */
  readonly retractedWithin?: readonly string[] | null;
};

const names = { now: '$2', publicUrl: '$3' };
const pastNames = { ...names, retractedWithin: '$5' };

const publishedColumns = (of: Names) => `
  ${publishedJson(of)}::text as json, case when $4::boolean then v.body::text end as blocks, v.slug,
  ${shapedBy} as surrogate_keys`;

// The past has no end, and no date of its last change: a purge leaves none that the public may know.
const presentColumns = `${publishedColumns(names)}, ${changedAt('$2')} as changed_at, ${endsAt('$2')} as ends_at`;
const pastColumns = `${publishedColumns(pastNames)}, null::timestamptz as changed_at, null::timestamptz as ends_at`;

// By publication_article_id_idx: one row, since publications of an article never overlap.
const selectById = (columns: string, of: Names) => `
  select ${columns}
  from publication p
  join article_version v on v.article_id = p.article_id and v.number = p.version
  where p.article_id = $1::uuid and ${isPublic('p', of)}`;

// By article_slug_pkey. A slug that only drafts have used must not tell that it exists.
const selectBySlug = (columns: string, of: Names) => `
  select ${columns}
  from article_slug s
  join publication p on p.article_id = s.article_id and ${isPublic('p', of)}
  join article_version v on v.article_id = p.article_id and v.number = p.version
  where s.slug = $1 and (v.slug = s.slug or s.published_from <= $2::timestamptz)`;

const present = {
  id: { text: selectById(presentColumns, names), name: 'article_published_by_id' },
  slug: { text: selectBySlug(presentColumns, names), name: 'article_published_by_slug' },
};
const past = {
  id: { text: selectById(pastColumns, pastNames), name: 'article_past_by_id' },
  slug: { text: selectBySlug(pastColumns, pastNames), name: 'article_past_by_slug' },
};

export async function findPublished(
  sql: Sql,
  idOrSlug: string,
  { now, publicUrl, retractedWithin }: ReadContext,
  withBody: boolean,
): Promise<PublishedRow | null> {
  const { text, name } = (retractedWithin === undefined ? present : past)[isUuid(idOrSlug) ? 'id' : 'slug'];
  const values: unknown[] = [idOrSlug, now.toISOString(), publicUrl, withBody];
  if (retractedWithin !== undefined) values.push(retractedWithin);
  const [row] = await sql.rows<PublishedRow>(text, values, name);
  return row ?? null;
}

export type DraftRow = ArticleRow & { readonly revision: number };

const draftNames = { ...names, sections: '$5', embargoedOf: '$6' };

const draftSelect = `
  select ${draftJson(draftNames)}::text as json, case when $4::boolean then v.body::text end as blocks, a.revision
  from article a
  join article_version v on v.article_id = a.id and v.number = a.version
  left join publication p on p.article_id = a.id and ${isVisible('p', '$2')}`;

const readable = `(a.trashed_at is not null) = $7::boolean and ${mayReadDraft('a', draftNames)}`;
const selectDraftById = `${draftSelect} where a.id = $1::uuid and ${readable}`;
const selectDraftBySlug = `${draftSelect}
  join article_slug s on s.article_id = a.id
  where s.slug = $1 and ${readable}`;

/** `trashed`: only what is in the trash; else only what is not. */
export type DraftOrder = { readonly withBody: boolean; readonly trashed: boolean };

/** What the reader may not read is not there. */
export async function findDraft(
  sql: Sql,
  idOrSlug: string,
  { now, publicUrl }: ReadContext,
  { withBody, trashed }: DraftOrder,
  reader: Reader,
): Promise<DraftRow | null> {
  const values = [idOrSlug, now.toISOString(), publicUrl, withBody, reader.sectionIds, reader.embargoedOf, trashed];
  const [row] = isUuid(idOrSlug)
    ? await sql.rows<DraftRow>(selectDraftById, values, 'article_draft_by_id')
    : await sql.rows<DraftRow>(selectDraftBySlug, values, 'article_draft_by_slug');
  return row ?? null;
}

const selectWritten = `${draftSelect} where a.id = $1::uuid`;

/**
 * What a write answers with. The caller was allowed to write it a moment ago, so it is shown even if it has been moved
 * since; what it refers to is shown as far as the reader may read it.
 */
export async function findWritten(
  sql: Sql,
  id: string,
  { now, publicUrl }: ReadContext,
  reader: Reader,
): Promise<DraftRow | null> {
  const values = [id, now.toISOString(), publicUrl, true, reader.sectionIds, reader.embargoedOf];
  const [row] = await sql.rows<DraftRow>(selectWritten, values, 'article_written');
  return row ?? null;
}
