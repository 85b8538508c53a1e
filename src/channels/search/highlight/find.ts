// Where in a folded text the words of a query stand, in any form in which search finds them.
import { listSyllables } from '../analysis/pinyin.ts';
import { stemOf } from '../analysis/tokens.ts';
import type { Wanted } from './wanted.ts';

/** A stretch of the folded text; `what` was found there. */
export type Place = { readonly start: number; readonly end: number; readonly what: string };

/** In their order. */
export function findPlaces(folded: string, wanted: Wanted): Place[] {
  const places = [...findTexts(folded, wanted.texts), ...findWords(folded, wanted.stems)];
  return places.sort((a, b) => a.start - b.start);
}

function* findTexts(folded: string, texts: readonly string[]): Generator<Place> {
  for (const what of texts) {
    let at = folded.indexOf(what);
    while (at !== -1) {
      const end = at + what.length;
      yield { start: at, end, what };
      at = folded.indexOf(what, end);
    }
  }
}

const words = /\p{N}+(?:\.\p{N}+)+|(?:(?!\p{Script=Han})[\p{L}\p{N}\p{M}])+/gu;

function* findWords(folded: string, stems: ReadonlySet<string>): Generator<Place> {
  if (stems.size === 0) return;
  for (const { 0: word, index } of folded.matchAll(words)) {
    const what = stemOf(word);
    if (stems.has(what)) yield { start: index, end: index + word.length, what };
  }
}

/** Han characters that read as a word of the query. */
export function findRead(folded: string, { spelled }: Wanted): Place[] {
  if (spelled.size === 0) return [];
  return [...folded.matchAll(/\p{Script=Han}{2,}/gu)].flatMap(({ 0: run, index }) =>
    findSpelled([...run], spelled).map(({ start, end, what }) => ({ start: index + start, end: index + end, what })),
  );
}

function findSpelled(characters: readonly string[], spelled: ReadonlySet<string>): Place[] {
  const syllables = listSyllables(characters.join(''));
  const lengthMax = Math.max(...[...spelled].map(({ length }) => length));
  const places: Place[] = [];
  let start = 0;
  characters.forEach((character, first) => {
    let [what, end] = ['', start];
    for (let n = first; n < characters.length && what.length < lengthMax; n += 1) {
      what += syllables[n];
      end += characters[n]!.length;
      if (n > first && spelled.has(what)) places.push({ start, end, what });
    }
    start += character.length;
  });
  return places;
}
