// Which part of a text is shown: where most of the query stands, from the beginning of a sentence to the end of one where
// these are near, and never half a character or word.
import type { Place } from './find.ts';
import type { Stretch } from './folding.ts';

export const lengthMax = 160;
// Before the first word that was found.
const beforeMax = 40;
const spreadMax = lengthMax - beforeMax;

/** Of places in their order, those within one window that tell of most words not seen yet; the first of equals. */
export function findBest(places: readonly Place[], seen: ReadonlySet<string>): readonly Place[] {
  const counts = new Map<string, number>();
  let [from, most, bestFrom, bestTo] = [0, 0, 0, 0];
  places.forEach(({ what, end }, to) => {
    if (!seen.has(what)) counts.set(what, (counts.get(what) ?? 0) + 1);
    while (from < to && end - places[from]!.start > spreadMax) {
      const left = places[from]!.what;
      const count = counts.get(left);
      if (count === 1) counts.delete(left);
      else if (count !== undefined) counts.set(left, count - 1);
      from += 1;
    }
    if (counts.size > most) [most, bestFrom, bestTo] = [counts.size, from, to + 1];
  });
  return places.slice(bestFrom, bestTo);
}

// Closing marks belong to what they close.
const sentence = /(?:[。！？；!?;…\n]+|\.(?=\s))[”’」』）)】》]*\s*/gu;
const clause = /[，、：,:]+[”’」』）)】》]*\s*/gu;
const word = /\s+/gu;

/** Around what was found, without running into `others`. */
export function cutWindow(text: string, { start, end }: Stretch, others: readonly Stretch[]): Stretch {
  const lowest = Math.max(0, ...others.map((other) => other.end).filter((at) => at <= start));
  const highest = Math.min(text.length, ...others.map((other) => other.start).filter((at) => at >= end));
  const first = wholeCharacters(text, Math.max(lowest, start - beforeMax), lowest);
  const before = (form: RegExp) => listEnds(text, form, { start: first, end: start });
  const from = first === 0 ? 0 : (before(sentence).at(-1) ?? before(clause)[0] ?? before(word)[0] ?? first);
  const last = wholeCharacters(text, Math.min(highest, from + lengthMax), from);
  // A character may be longer than what is shown.
  const to = last > start ? last : Math.min(end, from + lengthMax);
  const after = (form: RegExp) => listEnds(text, form, { start: Math.min(end, to), end: to }).at(-1);
  return { start: from, end: to === text.length ? to : (after(sentence) ?? after(clause) ?? after(word) ?? to) };
}

const listEnds = (text: string, form: RegExp, { start, end }: Stretch) =>
  [...text.slice(start, end).matchAll(form)].map(({ 0: sign, index }) => start + index + sign.length);

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
// Longer than any character that is one.
const around = 64;

/** Where the character begins that stands at a place. */
function wholeCharacters(text: string, at: number, lowest: number): number {
  if (at >= text.length) return text.length;
  const from = Math.max(lowest, at - around);
  const found = graphemes.segment(text.slice(from, at + around)).containing(at - from)!;
  return from + found.index;
}
