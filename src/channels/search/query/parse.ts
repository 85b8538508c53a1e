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

// One pass: an OR; or a minus, a field, then what stands in quotes (to the end, where they are not closed) or up to a
// blank. The marks of other keyboards count as well.
const lexeme =
  /(?<or>[|｜]|OR(?![^\s|｜]))|(?<minus>[-－−])?(?<field>(?:[Tt]itle|TITLE|标题|標題)[:：]\s*)?(?:["“”„＂「『](?<phrase>[^"“”„＂」』]*)["“”„＂」』]?|(?<term>[^\s|｜"“”„＂「『]+))/gu;

const isReadable = /[\p{L}\p{N}]/u;
// What it stands for is still being typed.
const isField = /^(?:title|标题|標題)[:：]$/i;

export function parseQuery(q: string): Query {
  const clauses: Atom[][] = [];
  const excluded: Atom[] = [];
  let isJoined = false;
  let count = 0;
  for (const { groups } of q.matchAll(lexeme)) {
    const { or, minus, field, phrase, term } = groups!;
    if (or !== undefined) {
      isJoined = clauses.length > 0;
      continue;
    }
    const text = (phrase ?? term!).trim();
    if (!isReadable.test(text) || (term !== undefined && isField.test(text))) continue;
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
