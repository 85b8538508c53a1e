// Which articles tell the same story again, as when two outlets print one agency's report: most of what is in either is in
// both (Broder's resemblance; what the index holds of words that follow each other makes it one of wording). A form that is
// filled in again is worded alike as well, but says it about something else: there each has a word that matters where the
// other has another one. A retelling leaves out and adds, and seldom replaces.
import type { Sql } from '../../../platform/db/db.ts';

const resemblanceMin = 0.5;
// Of a text of a paragraph a name, a place or a date may be all that tells it from another: so many lexemes are one, and of
// so many one word may be put differently.
const shortMax = 300;
const replacedFrom = 150;

// Lexemes in both of those in either: what is in both is once in the two together. A word is a lexeme with positions
// (analysis/document.ts); it matters where it stands in the headline and in the text, of a short one also where it is a
// number. By search_document_pkey; each document is read once (match/statements.ts).
const selectRetold = `
  with told as materialized (
    select d.article_id, array[d.words] as words, length(d.words) as size from search_document d
    where d.article_id = any($1::uuid[] || $2::uuid[]) and d.visible @> $3::timestamptz),
  alike as materialized (
    select p.one, p.other, a.words[1] as words, b.words[1] as others, least(a.size, b.size) as size
    from unnest($1::uuid[], $2::uuid[]) as p(one, other)
    join told a on a.article_id = p.one join told b on b.article_id = p.other
    where least(a.size, b.size) > ${resemblanceMin} * greatest(a.size, b.size)
      and a.size + b.size - length(a.words[1] || b.words[1]) > ${resemblanceMin} * length(a.words[1] || b.words[1]))
  select l.one || ' ' || l.other as pair from alike l
  cross join lateral (${countMissing('l.words', 'l.others')}) a
  cross join lateral (${countMissing('l.others', 'l.words')}) b
  where least(a.mattering, b.mattering) = 0
    and (l.size >= ${shortMax} or least(a.words, b.words) * ${replacedFrom} <= l.size)`;

/** How many words of the headline and the text the other has not. Bylines are others wherever it is printed. */
function countMissing(words: string, others: string): string {
  return `
    select count(*) as words, count(*) filter (where
      w.weights @> '{A,D}' or (w.lexeme ~ '^[0-9]' and l.size < ${shortMax})) as mattering
    from unnest(ts_delete(${words}, tsvector_to_array(${others}))) w where w.weights && '{A,D}'`;
}

/** Two ids. */
export type Pair = readonly [one: string, other: string];

export const nameOf = (one: string, other: string) => `${one} ${other}`;

/** The names of those pairs of which each tells what the other does. */
export async function findRetold(sql: Sql, pairs: readonly Pair[], now: Date): Promise<string[]> {
  if (pairs.length === 0) return [];
  const values = [pairs.map(([one]) => one), pairs.map(([, other]) => other), now.toISOString()];
  const rows = await sql.rows<{ pair: string }>(selectRetold, values, 'search_retold');
  return rows.map(({ pair }) => pair);
}
