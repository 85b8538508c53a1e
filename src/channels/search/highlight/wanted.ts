// What of a query is marked where it is found: its words and phrases, not what only says how it was put.
import { spellPinyin } from '../analysis/pinyin.ts';
import { stemOf } from '../analysis/tokens.ts';
import type { AnalysedAtom, AnalysedQuery } from '../query/analyse.ts';

export type Wanted = {
  /** Folded texts, marked wherever they stand. */
  readonly texts: readonly string[];
  /** Words of other scripts without their endings; marked where they are a word. */
  readonly stems: ReadonlySet<string>;
  /** Words that may be pinyin. */
  readonly spelled: ReadonlySet<string>;
};

const han = /\p{Script=Han}/u;
const letters = /^[a-z]{2,}$/;

export function wantedOf({ clauses }: Pick<AnalysedQuery, 'clauses'>): Wanted {
  const atoms = clauses.flat();
  const words = atoms.filter(({ isPhrase }) => !isPhrase).flatMap(listWords);
  const phrases = atoms.filter(({ isPhrase }) => isPhrase).map(({ folded }) => folded);
  const foreign = words.filter((word) => !han.test(word));
  return {
    texts: [...new Set([...phrases, ...words.filter((word) => han.test(word))])],
    stems: new Set(foreign.map(stemOf)),
    spelled: new Set(foreign.filter((word) => letters.test(word)).map(spellPinyin)),
  };
}

/** Characters that are looked for in pairs are marked in pairs. */
function listWords({ words }: AnalysedAtom): string[] {
  return words.filter(({ isRequired }) => isRequired).map(({ text }) => text);
}
