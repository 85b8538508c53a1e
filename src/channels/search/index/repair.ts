// Finds what another release has changed, which knew of no index: during an upgrade old processes still write. Of what was
// changed lately each document is compared with what it should be; where all is in step that is two looks at an index each.
import type { Deps } from '../../../platform/deps.ts';
import { lockArticles, projectArticles } from './articles.ts';

// Far longer than an upgrade takes.
const lookedBackMs = 60 * 60_000;
const repairedMax = 200;

// By article_updated_at_idx, search_document_pkey and publication_article_id_idx.
const selectOutOfStep = `
  select a.id::text as id from article a
  where a.updated_at > $1::timestamptz and (
    a.trashed_at is null and not exists (
      select from search_document d where d.article_id = a.id and d.version = a.version and d.is_working)
    or a.trashed_at is not null and exists (select from search_document d where d.article_id = a.id and d.is_working)
    or exists (
      select from publication p
      where p.article_id = a.id and (p.visible_until is null or p.visible_until > $2::timestamptz)
        and not exists (select from search_document d where d.article_id = p.article_id and d.version = p.version
          and d.visible @> tstzrange(p.visible_from, p.visible_until)))
    or exists (
      select from search_document d where d.article_id = a.id and d.visible @> $2::timestamptz
        and not exists (select from publication p where p.article_id = d.article_id and p.version = d.version
          and tstzrange(p.visible_from, p.visible_until) @> $2::timestamptz)))
  order by a.updated_at desc limit ${repairedMax}`;

/** How many documents that were. */
export async function repairLately({
  db,
  clock,
  segmenter,
}: Pick<Deps, 'db' | 'clock' | 'segmenter'>): Promise<number> {
  const now = clock.now();
  const since = new Date(now.getTime() - lookedBackMs);
  const rows = await db.sql.rows<{ id: string }>(selectOutOfStep, [since.toISOString(), now.toISOString()]);
  // One by one, so that nobody waits for more than one.
  for (const { id } of rows) {
    await db.transaction(async (tx) => {
      await lockArticles(tx, [id]);
      await projectArticles(tx, segmenter, [id], clock.now());
    });
  }
  return rows.length;
}
