// The stems that an English word may have which is not finished yet: "universit" becomes "university", of which the index
// has "univers".
import { stemOf } from '../analysis/tokens.ts';

// Those that the stemmer takes off, longest first in what they share.
const endings =
  'ization isation ational ations ation ments ment nesses ness ities ity ically ical ables able ibles ible ances ance ences ence ives ive ings ing ions ion ists ist isms ism ers er ies ed ly al ous ful es s y e'.split(
    ' ',
  );

/** Without those that begin with what was typed: they are found by their beginning. */
export function stemsOfBegun(typed: string): string[] {
  const whole = endings.flatMap((ending) => completions(typed, ending));
  return [...new Set([typed, ...whole].map(stemOf))].filter((stem) => !stem.startsWith(typed));
}

/** What was typed with the rest of an ending that it has begun. */
function completions(typed: string, ending: string): string[] {
  const words: string[] = [];
  for (let length = 1; length <= ending.length; length += 1) {
    if (typed.endsWith(ending.slice(0, length))) words.push(typed + ending.slice(length));
  }
  return words;
}
