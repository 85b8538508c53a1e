// Which articles tell the same story again, as when two outlets print one agency's report. Such a one has nearly all that
// the article is about, and most of what is in either is in both (Broder's resemblance; what the index holds of words that
// follow each other makes it one of wording). A follow-up has the words, but says other things; a form that is filled in
// again says the same, but about somebody else.
import type { Sql } from '../../../platform/db/db.ts';
import type { Hit } from '../match/statements.ts';

const coverMin = 0.8;
const resemblanceMin = 0.5;

// Lexemes in both of those in either: what is in both is once in the two together. By search_document_pkey.
const selectRetold = `
  select o.article_id::text as id from search_document d, search_document o
  where d.article_id = $1::uuid and d.visible @> $2::timestamptz
    and o.article_id = any($3::uuid[]) and o.visible @> $2::timestamptz
    and length(d.words) + length(o.words) - length(d.words || o.words) > ${resemblanceMin} * length(d.words || o.words)`;

type Order = { readonly articleId: string; readonly hits: readonly Hit[]; readonly now: Date };

export async function findRetold(sql: Sql, { articleId, hits, now }: Order): Promise<ReadonlySet<string>> {
  const ids = hits.filter(({ cover }) => cover > coverMin).map(({ id }) => id);
  if (ids.length === 0) return new Set();
  const values = [articleId, now.toISOString(), ids];
  const rows = await sql.rows<{ id: string }>(selectRetold, values, 'search_retold');
  return new Set(rows.map(({ id }) => id));
}
