// Which terms to drop where no document has all of them: as few as leave something to be found, a third at most.
import type { Sql } from '../../../platform/db/db.ts';
import { createParameters } from '../../../platform/db/parameters.ts';
import type { Asking } from './asking.ts';
import { isRun } from './demand.ts';
import { allOf, anyOf, printClause, printExcluded, printWord, requiredOf } from './expressions.ts';
import type { Facts } from './facts.ts';
import { selectNewest } from './recent.ts';
import { countCandidates } from './statements.ts';
import { rarityOf } from './weigh.ts';

// Of fewer terms each is what was asked for.
const termsMin = 3;

/** How many of so many terms may be dropped. */
export const countDroppable = (terms: number) => (terms < termsMin ? 0 : Math.floor(terms / 3));

/** Numbers of the query's clauses; none where dropping does not help, or is not allowed. */
export async function chooseDropped(sql: Sql, asking: Asking): Promise<number[]> {
  const { query, facts } = asking;
  const { clauses } = query;
  const droppedMax = countDroppable(clauses.length);
  if (droppedMax === 0) return [];
  // A run need not be there as a whole.
  const terms = clauses.map((clause) => {
    const term = printClause(clause, facts.namesOf);
    return isRun(clause) ? anyOf([...runWords(clause[0]!, facts), term]) : term;
  });
  const rarities = clauses.map((clause) => rarityOfClause(clause, facts));
  // Whatever has all but so many has one of one more, so the rarest are asked for.
  const rarest = terms
    .map((term, n) => ({ term, rarity: rarities[n]! }))
    .toSorted((a, b) => b.rarity - a.rarity)
    .slice(0, droppedMax + 1)
    .map(({ term }) => term);
  const parameters = createParameters();
  const match = { expression: allOf([anyOf(rarest), ...printExcluded(query, facts.namesOf)]), share: 0 };
  const newest = selectNewest(asking, match, { limit: countCandidates(asking.weights, asking.config) }, parameters);
  const listed = parameters.add(terms);
  // The words are read once for all terms (statements.ts).
  const text = `
    select distinct array(select c.words[1] @@ t.query::tsquery from unnest(${listed}::text[]) with ordinality as t(query, n) order by t.n) as has
    from (select array[d.words] as words from (${newest}) n join search_document d using (article_id, version)
          offset 0) c`;
  const rows = await sql.rows<{ has: boolean[] }>(text, parameters.values);
  return best(
    rows.map(({ has }) => has.flatMap((is, n) => (is ? [] : [n]))),
    { droppedMax, rarities },
  );
}

type Judging = { readonly droppedMax: number; readonly rarities: readonly number[] };

/** The fewest; of equally many those that say least. */
function best(choices: readonly number[][], { droppedMax, rarities }: Judging): number[] {
  const weight = (dropped: readonly number[]) => dropped.reduce((sum, n) => sum + rarities[n]!, 0);
  const allowed = choices.filter(({ length }) => length <= droppedMax);
  const [first] = allowed.toSorted((a, b) => a.length - b.length || weight(a) - weight(b));
  return first ?? [];
}

type Clause = Asking['query']['clauses'][number];

const rarityOfClause = (clause: Clause, facts: Facts) =>
  Math.min(...clause.map((atom) => Math.max(0, ...requiredOf(atom).map((word) => rarityOf(facts, word)))));

const runWords = (atom: Clause[number], facts: Facts) =>
  requiredOf(atom)
    .toSorted((a, b) => rarityOf(facts, b) - rarityOf(facts, a))
    .slice(0, 3)
    .map(printWord);
