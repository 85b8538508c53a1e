// Whether an article was taken back: what stands at its public address instead of it. Asked only where nothing was found.
import { isUuid } from '../../../core/ids.ts';
import type { Sql } from '../../../platform/db/db.ts';

export type GoneRow = { readonly id: string; readonly notice: string; readonly at: Date };

// By retraction_pkey and publication_article_id_idx. A retraction that stands acts backwards, on what the public saw at
// the instant; one that was undone stands from its instant until then. What the public had never seen is not there.
const isGone = (article: string) => `r.article_id = ${article}
  and (r.reinstated_at is null or (r.at <= $2::timestamptz and r.reinstated_at > $2::timestamptz))
  and exists (select from publication p where p.article_id = r.article_id and p.visible_from <= $2::timestamptz
    and (r.at <= $2::timestamptz or p.visible_until is null or p.visible_until > $2::timestamptz))
  order by r.sequence desc limit 1`;

const columns = 'r.article_id::text as id, r.notice, r.at';
const selectById = `select ${columns} from retraction r where ${isGone('$1::uuid')}`;
// By article_slug_pkey. A slug under which the public had not seen it yet must not tell.
const selectBySlug = `
  select ${columns} from article_slug s join retraction r on r.article_id = s.article_id
  where s.slug = $1 and s.published_from <= $2::timestamptz and ${isGone('s.article_id')}`;

/** `at`: the instant that the answer is about. */
export async function findGone(sql: Sql, idOrSlug: string, at: Date): Promise<GoneRow | null> {
  const values = [idOrSlug, at.toISOString()];
  const [row] = isUuid(idOrSlug)
    ? await sql.rows<GoneRow>(selectById, values, 'article_gone_by_id')
    : await sql.rows<GoneRow>(selectBySlug, values, 'article_gone_by_slug');
  return row ?? null;
}
