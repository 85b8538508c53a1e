// Reads of one working copy, under an id or a slug: one named statement each.
import { isUuid } from '../../../core/ids.ts';
import { mayReadDraft, type Reader } from '../../../platform/auth/reader.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { draftJson, isVisible } from './json.ts';

/** `json` lacks the body, which is rendered from `blocks` in the form asked for. */
export type ArticleRow = { readonly json: string; readonly blocks: string | null };

export type ReadContext = {
  /** The instant that visibility is judged by. */
  readonly now: Date;
  readonly publicUrl: string;
  /** Of the past: the sections within which what was retracted since is shown all the same; null: all. */
  readonly retractedWithin?: readonly string[] | null;
};

const names = { now: '$2', publicUrl: '$3' };

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
