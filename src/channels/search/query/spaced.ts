// Pinyin that was typed with blanks or apostrophes in it: `qing dao`, `wang xiaofan`, `xi'an`. What neighbouring words are
// when joined is another form of each of them, so that a document has them all apart or has what they are together. No word
// is taken for pinyin that is nothing else: `long men` may be English.
import { pinyinMark } from '../analysis/document.ts';
import { spellPinyin } from '../analysis/pinyin.ts';
import type { AnalysedAtom, Feature, Word } from './analyse.ts';
import { isPinyin } from './syllables.ts';

type Clause = readonly AnalysedAtom[];

export type Joined = {
  readonly clauses: readonly Clause[];
  readonly features: readonly Feature[];
};

// Of a query so many words are joined, as many at a time as words and names have syllables, in so many letters: at most 65
// lexemes are looked for besides.
const wordsMax = 16;
const joinedMax = 6;
const lettersMax = 36;

export function joinPinyin(clauses: readonly Clause[]): Joined {
  const lexemesOf = new Map<Word, string[]>();
  const features: Feature[] = [];
  for (const run of listRuns(clauses)) {
    for (const words of listStretches(run)) {
      const lexeme = pinyinMark + spell(words);
      // As much as the words apart are worth together.
      features.push({ lexeme, kind: 'titlePair', weight: words.length });
      for (const word of words) lexemesOf.set(word, [...(lexemesOf.get(word) ?? []), lexeme]);
    }
  }
  const addTo = (word: Word): Word => {
    const lexemes = lexemesOf.get(word) ?? [];
    return { ...word, alternatives: [...new Set([...word.alternatives, ...lexemes])] };
  };
  const joined = clauses.map((clause) => clause.map((atom) => ({ ...atom, words: atom.words.map(addTo) })));
  return { clauses: joined, features };
}

/** Neighbouring words that may be pinyin. A phrase and a choice stand by themselves. */
function listRuns(clauses: readonly Clause[]): Word[][] {
  const runs: Word[][] = [[]];
  let left = wordsMax;
  for (const [atom, other] of clauses) {
    if (other !== undefined || atom!.isPhrase) runs.push([]);
    else {
      for (const word of atom!.words) {
        if (left === 0 || !letters.test(word.text) || !isPinyin(word.text)) runs.push([]);
        else {
          runs.at(-1)!.push(word);
          left -= 1;
        }
      }
    }
  }
  return runs;
}

/** Every two neighbours and more. */
function listStretches(run: readonly Word[]): Word[][] {
  return run.flatMap((_, first) => {
    const lengths = Array.from({ length: joinedMax - 1 }, (_, n) => n + 2);
    return lengths
      .filter((length) => first + length <= run.length)
      .map((length) => run.slice(first, first + length))
      .filter((words) => spell(words).length <= lettersMax);
  });
}

const letters = /^[a-z]+$/;

/** Each by itself: 绿鹅 is `lve`, as is typed for 略. */
const spell = (words: readonly Word[]) => words.map(({ text }) => spellPinyin(text)).join('');
