// What has to be known before a query is asked: which records its words name, and how rare its words are.
import type { Reader } from '../../../platform/auth/reader.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { publishedTag } from '../../../resources/tags/published.ts';
import { quoteLexeme } from '../analysis/quote.ts';
import type { AnalysedAtom, AnalysedQuery } from '../query/analyse.ts';
import { type Named, type NamesOf, printWords } from './expressions.ts';
import { type Weeks, weekOf } from './weeks.ts';

export type Facts = {
  readonly namesOf: NamesOf;
  /** In how many documents there are. */
  readonly documents: number;
  /** In how many a lexeme is; of a common one that was not counted yet, as far as was counted now. */
  frequencyOf(lexeme: string): number;
  readonly weeks: Weeks;
};

/** `counts`: for the pages after this one. Made anew they would be others meanwhile, and so would be the order. */
type Found = Facts & { readonly counts: string };

/** Beyond it a word that is not among the kept ones is not counted. */
export const countedMax = 2000;
// Of the shortest names, which are most of them what was meant.
const namesMax = 20;

// The kept counts first: to count a common word anew costs what there is of it. By search_document_words_idx and
// search_name_words_idx; the newest by search_document_published_at_idx. A section stands for the branch below it. A tag
// that only drafts have names nothing to the public.
const selectFacts = `
  select
    coalesce((select c.documents from search_count c),
      (select count(*)::int from (select from search_document d where d.visible @> $1::timestamptz limit ${countedMax}) x)) as documents,
    coalesce((select c.weeks from search_count c), '{}') as weeks,
    (select d.published_at from search_document d
      where d.published_at is not null and ($5::boolean or d.visible @> $1::timestamptz)
      order by d.published_at desc limit 1) as newest,
    array(
      select coalesce(k.documents, (
        select count(*)::int from (
          select from search_document d where d.words @@ f.query::tsquery and d.visible @> $1::timestamptz limit ${countedMax}) x))
      from unnest($2::text[], $3::text[]) with ordinality as f(word, query, n) left join search_word k on k.word = f.word
      order by f.n) as frequencies,
    coalesce((
      select json_agg(json_build_object('atom', a.n, 'noun', m.noun, 'id', m.id))
      from unnest($4::text[]) with ordinality as a(query, n)
      cross join lateral (
        select s.noun, s.id from search_name s where s.words @@ a.query::tsquery
          and ($5::boolean or s.noun <> 'tag'
            or exists (select from tag x where x.id = s.id and ${publishedTag.isPublic('$1::timestamptz')}))
        order by length(s.folded), s.id limit ${namesMax}) s
      cross join lateral (
        select 'section' as noun, b.id from section b where s.noun = 'section' and b.path @> array[s.id]
        union all select s.noun, s.id where s.noun <> 'section') m), '[]') as names`;

type Row = {
  readonly documents: number;
  readonly weeks: readonly number[];
  readonly newest: Date | null;
  readonly frequencies: readonly number[];
  readonly names: readonly (Named & { readonly atom: number })[];
};

type Asker = {
  readonly now: Date;
  /** Of drafts. */
  readonly reader?: Reader | undefined;
  /** What an earlier page has counted. */
  readonly counts?: string | undefined;
};

export async function findFacts(sql: Sql, query: AnalysedQuery, { now, reader, counts }: Asker): Promise<Found> {
  const atoms = [...query.clauses.flat(), ...query.excluded];
  const named = atoms.filter(({ inTitle }) => !inTitle);
  const lexemes = listLexemes(query);
  // Other words than then, where the segmenter has learnt one of them meanwhile, are counted anew.
  const kept = counts?.length === printCounts([0, ...lexemes.map(() => 0)]).length ? counts : undefined;
  const asked = kept === undefined ? lexemes : [];
  const values = [now.toISOString(), asked, asked.map(quoteLexeme), named.map(printWords), reader !== undefined];
  const [row] = await sql.rows<Row>(selectFacts, values, 'search_facts');
  const printed = kept ?? printCounts([row!.documents, ...row!.frequencies]);
  const [documents, ...counted] = readCounts(printed);
  const frequencies = new Map(lexemes.map((lexeme, n) => [lexeme, counted[n]!]));
  const names = new Map<AnalysedAtom, Named[]>();
  for (const { atom, noun, id } of row!.names) {
    const key = named[atom - 1]!;
    names.set(key, [...(names.get(key) ?? []), { noun, id }]);
  }
  return {
    namesOf: (atom) => names.get(atom) ?? [],
    documents: documents!,
    frequencyOf: (lexeme) => frequencies.get(lexeme) ?? 0,
    weeks: { starts: row!.weeks, last: weekOf(row!.newest ?? now) },
    counts: printed,
  };
}

// Two digits of base 36 for each count, in steps of one and a half per cent: a cursor of hundreds of words is short
// enough, and the logarithm of a rarity does not feel it.
const stepsPerDoubling = 48;
const stepMax = 36 ** 2 - 1;

function printCounts(counts: readonly number[]): string {
  const steps = counts.map((count) => Math.min(stepMax, Math.round(Math.log2(count + 1) * stepsPerDoubling)));
  return steps.map((step) => step.toString(36).padStart(2, '0')).join('');
}

const readCounts = (printed: string) =>
  (printed.match(/../g) ?? []).map((step) => 2 ** (Number.parseInt(step, 36) / stepsPerDoubling) - 1);

function listLexemes({ clauses, features }: AnalysedQuery): string[] {
  const words = clauses.flat().flatMap((atom) => atom.words.flatMap(({ alternatives }) => alternatives));
  return [...new Set([...words, ...features.map(({ lexeme }) => lexeme)])];
}
