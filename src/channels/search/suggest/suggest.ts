// What somebody who is still typing may mean: titles that the public sees, and the names of tags, sections, people and
// sources.
import type { Sql } from '../../../platform/db/db.ts';
import { publishedTag } from '../../../resources/tags/published.ts';
import { fold } from '../analysis/fold.ts';
import type { Typed } from './typed.ts';

export const suggestionTypes = ['article', 'tag', 'section', 'editor', 'source'] as const;
export type Suggestion = {
  readonly type: (typeof suggestionTypes)[number];
  readonly id: string;
  readonly slug: string;
  readonly text: string;
};

type Order = { readonly typed: Typed; readonly limit: number; readonly now: Date };

/** Names take half of the room, titles the other half, and each what the other leaves. */
export async function listSuggestions(sql: Sql, order: Order): Promise<Suggestion[]> {
  const { limit } = order;
  const [names, titles] = await Promise.all([listNames(sql, order), listTitles(sql, order)]);
  const shown = names.slice(0, Math.max(Math.ceil(limit / 2), limit - titles.length));
  return [...shown, ...titles.slice(0, limit - shown.length)];
}

// Of more names that begin so it is any of them that are looked at.
const namesMax = 20_000;

// Those that begin with what was typed come first, then the shortest. By search_name_words_idx; the rest by primary keys,
// one name after the other until there are enough. A tag that only drafts have is not named.
const selectNames = `
  select n.noun as type, n.id::text, r.json::json ->> 'slug' as slug, r.json::json ->> 'name' as text
  from (
    select m.id, m.noun from (
      select s.id, s.noun, s.folded from search_name s
      where s.words @@ $1::tsquery and not exists (select from unnest($3::text[]) run where strpos(s.folded, run) = 0)
      limit ${namesMax}) m
    order by not starts_with(m.folded, $2), length(m.folded), m.id offset 0) n
  cross join lateral (
    select r.json from reference r
    where r.id = n.id and (n.noun <> 'tag'
      or exists (select from tag x where x.id = n.id and ${publishedTag.isPublic('$4::timestamptz')}))
    offset 0) r
  limit $5`;

async function listNames(sql: Sql, { typed, limit, now }: Order): Promise<Suggestion[]> {
  const values = [typed.ofNames, typed.text, typed.runs, now.toISOString(), limit];
  return sql.rows<Suggestion>(selectNames, values, 'search_suggest_names');
}

// Among the newest of all the newest that fit are soon found, where there are many; where there are few, the index has
// them. Either alone would read a third of all articles for the first letter that is typed, or for a rare word.
const newestMax = 300;

// What is told here is told nowhere else, so it is asked of the publications themselves as well.
const isShown = `exists (
    select from publication p where p.article_id = d.article_id and p.version = d.version
      and p.visible_from <= $2::timestamptz and (p.visible_until is null or p.visible_until > $2::timestamptz))`;

// By search_document_published_at_idx, and article_version_pkey.
const selectNewest = `
  select d.article_id::text as id, v.slug, v.title as text
  from (
    select d.article_id, d.version, d.published_at, d.words from search_document d
    where d.published_at is not null and d.visible @> $2::timestamptz
    order by d.published_at desc, d.article_id desc limit ${newestMax}) d
  join article_version v on v.article_id = d.article_id and v.number = d.version
  where d.words @@ $1::tsquery and ${isShown}
  order by d.published_at desc, d.article_id desc limit $3`;

// By search_document_words_idx, and article_version_pkey. The offset keeps the planner from walking through all dates.
const selectFound = `
  select d.article_id::text as id, v.slug, v.title as text
  from (
    select f.* from (
      select d.article_id, d.version, d.published_at from search_document d
      where d.words @@ $1::tsquery and d.visible @> $2::timestamptz offset 0) f
    order by f.published_at desc, f.article_id desc limit $3) d
  join article_version v on v.article_id = d.article_id and v.number = d.version
  where ${isShown}
  order by d.published_at desc, d.article_id desc`;

// As many are looked at for each that is shown, for those that begin with what was typed, and since some are called alike.
const lookedAtFactor = 5;

type Titled = Omit<Suggestion, 'type'>;

async function listTitles(sql: Sql, { typed, limit, now }: Order): Promise<Suggestion[]> {
  const values = [typed.ofTitles, now.toISOString(), limit * lookedAtFactor];
  const newest = rankTitles(await sql.rows<Titled>(selectNewest, values, 'search_suggest_newest'), typed);
  if (newest.length >= limit) return newest;
  return rankTitles(await sql.rows<Titled>(selectFound, values, 'search_suggest_titles'), typed);
}

/** Those that begin with what was typed first; of titles that are the same the newest. */
function rankTitles(rows: readonly Titled[], { text }: Typed): Suggestion[] {
  const byTitle = new Map<string, Suggestion>();
  for (const row of rows) {
    const title = fold(row.text).trim();
    if (!byTitle.has(title)) byTitle.set(title, { type: 'article', ...row });
  }
  const titles = [...byTitle];
  const beginning = titles.filter(([title]) => title.startsWith(text));
  const others = titles.filter(([title]) => !title.startsWith(text));
  return [...beginning, ...others].map(([, suggestion]) => suggestion);
}
