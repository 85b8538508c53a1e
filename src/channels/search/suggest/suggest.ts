// What somebody who is still typing may mean: titles that the public sees, and the names of tags, sections, people and
// sources. The last word may be unfinished.
import type { Sql } from '../../../platform/db/db.ts';
import type { Segmenter } from '../../../platform/words/segmenter.ts';
import { fold } from '../analysis/fold.ts';
import { tokenize } from '../analysis/tokens.ts';
import { allOf, anyOf, quoteLexeme } from '../match/expressions.ts';

export type SuggestionType = 'article' | 'tag' | 'section' | 'editor' | 'source';
export type Suggestion = {
  readonly type: SuggestionType;
  readonly id: string;
  readonly slug: string;
  readonly text: string;
};

// Of so many names the shortest are taken, and of so many titles the newest.
const lookedAtMax = 500;

// By search_name_words_idx and primary keys. A tag that only drafts have is not named.
const selectNames = `
  select n.noun as type, n.id::text, r.json::json ->> 'slug' as slug, r.json::json ->> 'name' as text
  from (
    select s.id, s.noun, s.folded from search_name s where s.words @@ $1::tsquery limit ${lookedAtMax}) n
  join reference r on r.id = n.id
  left join tag t on t.id = n.id
  where n.noun <> 'tag' or t.is_listed or t.published_from <= $3::timestamptz
  order by not starts_with(n.folded, $2), length(n.folded), n.id limit $4`;

// By search_document_words_idx and publication_article_id_idx.
const selectTitles = `
  select 'article' as type, d.article_id::text as id, v.slug, v.title as text
  from (
    select d.article_id, d.version, d.published_at from search_document d
    where d.words @@ $1::tsquery and d.visible @> $2::timestamptz
    order by d.published_at desc, d.article_id desc limit $3) d
  join article_version v on v.article_id = d.article_id and v.number = d.version
  order by d.published_at desc, d.article_id desc`;

type Asked = { readonly q: string; readonly limit: number; readonly now: Date };

export async function suggest(sql: Sql, segmenter: Segmenter, { q, limit, now }: Asked): Promise<Suggestion[]> {
  const started = readStart(segmenter, q);
  if (started === null) return [];
  const at = now.toISOString();
  const [names, titles] = await Promise.all([
    sql.rows<Suggestion>(selectNames, [started.ofNames, fold(q).trim(), at, limit], 'search_suggest_names'),
    sql.rows<Suggestion>(selectTitles, [started.ofTitles, at, limit], 'search_suggest_titles'),
  ]);
  // Half of the room for each, and what one leaves to the other.
  const half = Math.max(Math.ceil(limit / 2), limit - titles.length);
  const shown = names.slice(0, half);
  return [...shown, ...titles.slice(0, limit - shown.length)];
}

// More words than that nobody suggests anything for.
const wordsMax = 12;

/** Null: there is no word in it. The last word may go on; it may be the beginning of pinyin. */
function readStart(segmenter: Segmenter, q: string): { ofNames: string; ofTitles: string } | null {
  const tokens = tokenize(segmenter, q).slice(0, wordsMax);
  const last = tokens.at(-1);
  if (last === undefined) return null;
  const [title, pinyin] = ['^', '~'];
  const whole = (mark: string) =>
    tokens.slice(0, -1).map(({ word, kind }) => {
      const lexeme = quoteLexeme(mark + word);
      return kind === 'latin' ? anyOf([lexeme, quoteLexeme(pinyin + word)]) : lexeme;
    });
  const begun = (mark: string) =>
    last.kind === 'han'
      ? `${quoteLexeme(mark + last.word)}:*`
      : anyOf([
          `${quoteLexeme(mark + last.raw)}:*`,
          `${quoteLexeme(mark + last.word)}:*`,
          `${quoteLexeme(pinyin + last.raw)}:*`,
        ]);
  return { ofNames: allOf([...whole(''), begun('')]), ofTitles: allOf([...whole(title), begun(title)]) };
}
