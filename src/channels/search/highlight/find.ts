// Where in a folded text the words of a query stand, in any form in which search finds them.
import { listSyllables } from '../analysis/pinyin.ts';
import { stemOf } from '../analysis/tokens.ts';
import type { Wanted } from './wanted.ts';

/** A stretch of the folded text; `what` was found there. */
export type Place = { readonly start: number; readonly end: number; readonly what: string };

/** In their order. */
export function findPlaces(folded: string, wanted: Wanted): Place[] {
  const { texts, phrases, stems } = wanted;
  const places = [...findTexts(folded, texts), ...findPhrases(folded, phrases), ...findWords(folded, stems)];
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

function* findPhrases(folded: string, phrases: readonly RegExp[]): Generator<Place> {
  for (const phrase of phrases) {
    for (const { 0: found, index } of folded.matchAll(phrase)) {
      yield { start: index, end: index + found.length, what: phrase.source };
    }
  }
}

const words = /\p{N}+(?:\.\p{N}+)+|(?:(?!\p{Script=Han})[\p{L}\p{N}\p{M}])+/gu;
const lettersOrDigits = /[\p{L}\p{M}]{2,}|\p{N}{2,}/gu;

function* findWords(folded: string, stems: ReadonlySet<string>): Generator<Place> {
  if (stems.size === 0) return;
  for (const { 0: word, index } of folded.matchAll(words)) {
    const what = stemOf(word);
    if (stems.has(what)) yield { start: index, end: index + word.length, what };
    else yield* findWithin(word, index, stems);
  }
}

/** The letters or the digits of a word that has both. */
function* findWithin(word: string, start: number, stems: ReadonlySet<string>): Generator<Place> {
  for (const { 0: piece, index } of word.matchAll(lettersOrDigits)) {
    const what = stemOf(piece);
    if (piece !== word && stems.has(what)) yield { start: start + index, end: start + index + piece.length, what };
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
