// Reads what was typed: terms apart by blanks, "exact phrases", -without, title:, OR. Whatever is typed means something;
// nothing is refused.

export type Atom = {
  /** As typed, without quotes and operators. */
  readonly text: string;
  readonly isPhrase: boolean;
  readonly inTitle: boolean;
};

export type Query = {
  /** All of them, and of each one of its alternatives. */
  readonly clauses: readonly (readonly Atom[])[];
  readonly excluded: readonly Atom[];
  /** Whether there was more than is looked for. */
  readonly isCut: boolean;
};

const atomsMax = 16;

// One pass: a minus, a field, then what stands in quotes (to the end, where they are not closed) or up to a blank. The
// marks of other keyboards count as well.
const lexeme =
  /(?<minus>[-－−])?(?<field>(?:title|标题|標題)[:：])?(?:["“”„＂「『](?<phrase>[^"“”„＂」』]*)["“”„＂」』]?|(?<term>[^\s"“”„＂「『]+))/giu;

export function parseQuery(q: string): Query {
  const clauses: Atom[][] = [];
  const excluded: Atom[] = [];
  let isJoined = false;
  let count = 0;
  for (const { groups } of q.matchAll(lexeme)) {
    const { minus, field, phrase, term } = groups!;
    if (term === 'OR' || term === '|') {
      isJoined = clauses.length > 0;
      continue;
    }
    const text = (phrase ?? term ?? '').trim();
    if (!/[\p{L}\p{N}]/u.test(text)) continue;
    count += 1;
    if (count > atomsMax) return { clauses, excluded, isCut: true };
    const atom = { text, isPhrase: phrase !== undefined, inTitle: field !== undefined };
    if (minus !== undefined) excluded.push(atom);
    else if (isJoined) clauses.at(-1)!.push(atom);
    else clauses.push([atom]);
    isJoined = false;
  }
  return { clauses, excluded, isCut: false };
}
