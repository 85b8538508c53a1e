// What stands where the public finds nothing under an id or a slug: whether an article was taken back, and when one is to
// begin. Asked only then, by one named statement: it would cost every read of what is there.
import { isUuid } from '../../../core/ids.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { isVisible } from './json.ts';

export type GoneRow = { readonly id: string; readonly notice: string; readonly at: Date };

export type Absence = {
  readonly gone: GoneRow | null;
  /** Whether there is something to show all the same: it was reinstated since it was looked for. */
  readonly isShown: boolean;
  /** When the clock alone may change it. Not to be told. */
  readonly nextChangeAt: Date | null;
};

// By retraction_pkey and publication_article_id_idx. A retraction that stands acts backwards, on what the public saw at
// the instant; one that was undone stands from its instant until then. What the public had never seen is not there, nor is
// what it had not seen under this slug.
const select = (article: string, hadSlug: string) => `
  select r.id, r.notice, r.at, least(n.starts_at, r.undone_at) as next_change_at, r.id is null and ${hadSlug} and exists (
    select from publication p where p.article_id = w.id and ${isVisible('p', '$2')}) as is_shown
  from ${article}
  left join lateral (
    select p.visible_from as starts_at from publication p
    where p.article_id = w.id and p.visible_from > $2::timestamptz order by p.article_id, p.visible_from limit 1) n on true
  left join lateral (
    select r.article_id::text as id, r.notice, r.at, r.reinstated_at as undone_at from retraction r
    where r.article_id = w.id and ${hadSlug}
      and (r.reinstated_at is null or (r.at <= $2::timestamptz and r.reinstated_at > $2::timestamptz))
      and exists (select from publication p where p.article_id = w.id and p.visible_from <= $2::timestamptz
        and (r.at <= $2::timestamptz or p.visible_until is null or p.visible_until > $2::timestamptz))
    order by r.sequence desc limit 1) r on true`;

const selectById = select('(select $1::uuid as id) w', 'true');
// By article_slug_pkey.
const selectBySlug = select(
  '(select s.article_id as id, s.published_from from article_slug s where s.slug = $1) w',
  'w.published_from <= $2::timestamptz',
);

type Row = { readonly [Name in keyof GoneRow]: GoneRow[Name] | null } & {
  readonly next_change_at: Date | null;
  readonly is_shown: boolean | null;
};

/** `at`: the instant that the answer is about. */
export async function findAbsence(sql: Sql, idOrSlug: string, at: Date): Promise<Absence> {
  const values = [idOrSlug, at.toISOString()];
  const [row] = isUuid(idOrSlug)
    ? await sql.rows<Row>(selectById, values, 'article_gone_by_id')
    : await sql.rows<Row>(selectBySlug, values, 'article_gone_by_slug');
  const { id = null, notice = null, at: since = null, next_change_at: nextChangeAt = null, is_shown } = row ?? {};
  const gone = id === null || notice === null || since === null ? null : { id, notice, at: since };
  return { gone, isShown: is_shown ?? false, nextChangeAt };
}
