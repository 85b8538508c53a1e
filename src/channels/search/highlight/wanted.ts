// What of a query is marked where it is found: its words and phrases, not what only says how it was put.
import { closeUp } from '../analysis/fold.ts';
import { spellPinyin } from '../analysis/pinyin.ts';
import { stemOf } from '../analysis/tokens.ts';
import type { AnalysedAtom, AnalysedQuery } from '../query/analyse.ts';

export type Wanted = {
  /** Folded texts, marked wherever they stand. */
  readonly texts: readonly string[];
  /** Exact phrases, blanks beside Han characters aside. */
  readonly phrases: readonly RegExp[];
  /** Words of other scripts without their endings; marked where they are a word. */
  readonly stems: ReadonlySet<string>;
  /** Words that may be pinyin. */
  readonly spelled: ReadonlySet<string>;
};

const han = /\p{Script=Han}/u;
const letters = /^[a-z]{2,}$/;
// One letter or digit of a word says nothing by itself.
const lettersOrDigits = /[\p{L}\p{M}]{2,}|\p{N}{2,}/gu;

export function wantedOf({ clauses }: Pick<AnalysedQuery, 'clauses'>): Wanted {
  const atoms = clauses.flat();
  const words = atoms.filter(({ isPhrase }) => !isPhrase).flatMap(listWords);
  const phrases = atoms.filter(({ isPhrase }) => isPhrase).map(({ folded }) => folded);
  const foreign = words.filter((word) => !han.test(word));
  return {
    texts: [...new Set(words.filter((word) => han.test(word)))],
    phrases: [...new Set(phrases)].map(toPattern),
    stems: new Set(foreign.flatMap((word) => [stemOf(word), ...(word.match(lettersOrDigits) ?? []).map(stemOf)])),
    spelled: new Set(foreign.filter((word) => letters.test(word)).map(spellPinyin)),
  };
}

/** Characters that are looked for in pairs are marked in pairs. */
function listWords({ words }: AnalysedAtom): string[] {
  return words.filter(({ isRequired }) => isRequired).map(({ text }) => text);
}

/** As a document has it: a blank may stand beside a Han character, and words of other scripts are whole. */
function toPattern(phrase: string): RegExp {
  const characters = [...closeUp(phrase)];
  const signs = characters.map((character, n) => {
    const isLoose = n > 0 && (han.test(character) || han.test(characters[n - 1]!));
    return `${isLoose ? ' ?' : ''}${character.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`;
  });
  const [before, after] = [
    /^[a-z0-9]/.test(phrase) ? '(?<![a-z0-9])' : '',
    /[a-z0-9]$/.test(phrase) ? '(?![a-z0-9])' : '',
  ];
  return new RegExp(`${before}${signs.join('')}${after}`, 'gu');
}
