// What an article is about: the words that it has often and others seldom have, heaviest first.
import type { Config } from '../../../platform/config/config.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { lexemeOf } from '../index/lexemes.ts';
import { countedMax, findFacts } from '../match/facts.ts';
import { rarity } from '../match/weigh.ts';
import type { Feature } from '../query/analyse.ts';

export type HeavyWord = {
  readonly lexeme: string;
  readonly weight: number;
  /** In how many documents it is. */
  readonly documents: number;
};

export type Subject = {
  /** Lexemes in its document. */
  readonly size: number;
  /** Heaviest first. */
  readonly words: readonly HeavyWord[];
  /** Its section and tags. */
  readonly belongings: readonly HeavyWord[];
};

// By search_document_pkey and search_word_pkey. What has no position is there only so that it is found (analysis/document.ts).
// A word that is not among the kept counts is in few documents.
const selectWords = `
  select length(d.words) as size, l.lexeme, l.weights, k.documents as kept
  from search_document d cross join lateral unnest(d.words) l left join search_word k on k.word = l.lexeme
  where d.article_id = $1::uuid and d.visible @> $2::timestamptz and l.positions is not null`;

// By primary keys.
const selectBelongings = `
  select 'section' as noun, d.section_id::text as id from search_document d
  where d.article_id = $1::uuid and d.visible @> $2::timestamptz and d.section_id is not null
  union all
  select 'tag', t.tag_id::text from search_document d
  join article_version_tag t on t.article_id = d.article_id and t.version = d.version
  where d.article_id = $1::uuid and d.visible @> $2::timestamptz`;

type WordRow = {
  readonly size: number;
  readonly lexeme: string;
  readonly weights: readonly string[];
  readonly kept: number | null;
};
type BelongingRow = { readonly noun: 'section' | 'tag'; readonly id: string };

// So many are counted, so many of them are what it is about; more would find the same articles, and cost.
const countedWordsMax = 24;
const wordsMax = 16;
const belongingsMax = 8;
// What no other document has leads to none. Counts are kept rounded (match/facts.ts).
const aloneMax = 1.5;

type Order = {
  readonly articleId: string;
  readonly now: Date;
  readonly config: Config;
  /** How often its story is told again: what only those have leads to nothing else. */
  readonly copies: number;
};

/** Null: the public does not see it. */
export async function findSubject(sql: Sql, { articleId, now, config, copies }: Order): Promise<Subject | null> {
  const values = [articleId, now.toISOString()];
  const [rows, belongings] = await Promise.all([
    sql.rows<WordRow>(selectWords, values, 'search_related_words'),
    sql.rows<BelongingRow>(selectBelongings, values, 'search_related_belongings'),
  ]);
  const [first] = rows;
  if (first === undefined) return null;
  const marks = belongings.slice(0, belongingsMax).map(({ noun, id }) => lexemeOf(noun, id));
  const likely = chooseLikely(rows, config);
  const features = [...likely.map(toFeature), ...marks.map((lexeme) => toFeature({ lexeme, times: 1 }))];
  const facts = await findFacts(sql, { clauses: [], excluded: [], features, isCut: false }, { now });
  const weigh = ({ lexeme, weight }: Feature): HeavyWord => {
    const documents = facts.frequencyOf(lexeme);
    return { lexeme, weight: weight * rarity(facts, documents), documents };
  };
  const words = features.slice(0, likely.length).map(weigh);
  return {
    size: first.size,
    words: words
      .filter(({ documents }) => documents > aloneMax + copies)
      .toSorted(byWeight)
      .slice(0, wordsMax),
    belongings: features.slice(likely.length).map(weigh),
  };
}

type Counted = { readonly lexeme: string; readonly times: number };

const toFeature = ({ lexeme, times }: Counted): Feature => ({ lexeme, kind: 'word', weight: times });
const byWeight = (a: { weight: number }, b: { weight: number }) => b.weight - a.weight;

/** The heaviest, as far as the kept counts tell. Parts of a word that is among them say nothing more. */
function chooseLikely(rows: readonly WordRow[], config: Config): Counted[] {
  const total = Math.max(countedMax, ...rows.map(({ kept }) => kept ?? 0)) * 2;
  const counted = rows.map(({ lexeme, weights, kept }) => {
    const times = 1 + Math.log(1 + sumOf(weights, config));
    return { lexeme, times, weight: times * rarity({ documents: total }, kept ?? 0) };
  });
  const likely: Counted[] = [];
  for (const word of counted.toSorted(byWeight)) {
    if (likely.length === countedWordsMax) break;
    if (!likely.some(({ lexeme }) => lexeme.includes(word.lexeme))) likely.push(word);
  }
  return likely;
}

/** How often, by what a word counts in a title, beside it and in a body. */
function sumOf(weights: readonly string[], config: Config): number {
  const { searchTitleWeight: a, searchBesideWeight: b, searchBodyWeight: d } = config;
  return weights.reduce((sum, letter) => sum + (letter === 'A' ? 2 * a : letter === 'B' ? b : d), 0);
}
