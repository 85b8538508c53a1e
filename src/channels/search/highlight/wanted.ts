// What of a query is marked where it is found: its words and phrases, not what only says how it was put.
import { pinyinMark } from '../analysis/document.ts';
import { closeUp } from '../analysis/fold.ts';
import { stemOf } from '../analysis/tokens.ts';
import type { AnalysedAtom, AnalysedQuery, Word } from '../query/analyse.ts';

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
// One letter or digit of a word says nothing by itself.
const lettersOrDigits = /[\p{L}\p{M}]{2,}|\p{N}{2,}/gu;

export function wantedOf({ clauses }: Pick<AnalysedQuery, 'clauses'>): Wanted {
  const atoms = clauses.flat();
  const required = atoms.filter(({ isPhrase }) => !isPhrase).flatMap(requiredOf);
  const words = required.map(({ text }) => text);
  const phrases = atoms.filter(({ isPhrase }) => isPhrase).map(({ folded }) => folded);
  const foreign = words.filter((word) => !han.test(word));
  return {
    texts: [...new Set(words.filter((word) => han.test(word)))],
    phrases: [...new Set(phrases)].map(toPattern),
    stems: new Set(foreign.flatMap((word) => [stemOf(word), ...(word.match(lettersOrDigits) ?? []).map(stemOf)])),
    spelled: new Set(required.flatMap(listSpelled)),
  };
}

/** Characters that are looked for in pairs are marked in pairs. */
const requiredOf = ({ words }: AnalysedAtom) => words.filter(({ isRequired }) => isRequired);

const listSpelled = ({ alternatives }: Word) =>
  alternatives.filter((lexeme) => lexeme.startsWith(pinyinMark)).map((lexeme) => lexeme.slice(pinyinMark.length));

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
