// What has to be known before a query is asked: which records its words name, and how rare its words are.
import type { Sql } from '../../../platform/db/db.ts';
import type { AnalysedAtom, AnalysedQuery } from '../query/analyse.ts';
import { type Named, type NamesOf, printWords, quoteLexeme } from './expressions.ts';

export type Facts = {
  readonly namesOf: NamesOf;
  /** In how many documents there are. */
  readonly documents: number;
  /** In how many a lexeme is; of a common one that was not counted yet, as far as was counted now. */
  frequencyOf(lexeme: string): number;
};

/** Beyond it a word that is not among the kept ones is not counted. */
export const countedMax = 2000;
// Of the shortest names, which are most of them what was meant.
const namesMax = 20;

// The kept counts first: to count a common word anew costs what there is of it. By search_document_words_idx and
// search_name_words_idx. A section stands for the branch below it.
const selectFacts = `
  select
    coalesce((select c.documents from search_count c),
      (select count(*)::int from (select from search_document d where d.visible @> $1::timestamptz limit ${countedMax}) x)) as documents,
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
        order by length(s.folded), s.id limit ${namesMax}) s
      cross join lateral (
        select 'section' as noun, b.id from section b where s.noun = 'section' and b.path @> array[s.id]
        union all select s.noun, s.id where s.noun <> 'section') m), '[]') as names`;

type Row = {
  readonly documents: number;
  readonly frequencies: readonly number[];
  readonly names: readonly (Named & { readonly atom: number })[];
};

export async function findFacts(sql: Sql, query: AnalysedQuery, now: Date): Promise<Facts> {
  const atoms = [...query.clauses.flat(), ...query.excluded];
  const named = atoms.filter(({ inTitle }) => !inTitle);
  const lexemes = listLexemes(query);
  const values = [now.toISOString(), lexemes, lexemes.map(quoteLexeme), named.map(printWords)];
  const [row] = await sql.rows<Row>(selectFacts, values, 'search_facts');
  const frequencies = new Map(lexemes.map((lexeme, n) => [lexeme, row!.frequencies[n]!]));
  const names = new Map<AnalysedAtom, Named[]>();
  for (const { atom, noun, id } of row!.names) {
    const key = named[atom - 1]!;
    names.set(key, [...(names.get(key) ?? []), { noun, id }]);
  }
  return {
    namesOf: (atom) => names.get(atom) ?? [],
    documents: row!.documents,
    frequencyOf: (lexeme) => frequencies.get(lexeme) ?? 0,
  };
}

function listLexemes({ clauses, features }: AnalysedQuery): string[] {
  const words = clauses.flat().flatMap((atom) => atom.words.flatMap(({ alternatives }) => alternatives));
  return [...new Set([...words, ...features.map(({ lexeme }) => lexeme)])];
}
