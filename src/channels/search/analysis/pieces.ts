// What a stretch of text has, however it is cut into words: every two Han characters that follow each other. A document
// has all of them, so a word is found also where it was cut in another way, or before it was known as a word.
import { stemOf } from './tokens.ts';

const runs = /\p{Script=Han}+|\p{N}+(?:\.\p{N}+)*|(?:(?!\p{Script=Han})[\p{L}\p{M}])+/gu;
const han = /^\p{Script=Han}/u;

/**
 * Every two neighbouring Han characters, a Han character without a neighbour; and the letters and the digits of what is
 * written in other scripts: iPhone18 is found as iPhone 18, and the other way round.
 */
export function piecesOf(word: string): string[] {
  return (word.match(runs) ?? []).flatMap((run) => (han.test(run) ? pairsIn(run) : [stemOf(run)]));
}

/** Every two neighbouring Han characters. */
export const pairsOf = (folded: string): string[] => (folded.match(/\p{Script=Han}{2,}/gu) ?? []).flatMap(pairsIn);

function pairsIn(run: string): string[] {
  const characters = [...run];
  return characters.length === 1 ? characters : characters.slice(1).map((character, n) => characters[n]! + character);
}

/** The pair where one word ends and the next begins. */
export const bridgeOf = (left: string, right: string) => lastOf(left) + String.fromCodePoint(right.codePointAt(0)!);

/** A character beyond the first plane takes two units. */
const lastOf = (word: string) => (/[\udc00-\udfff]$/.test(word) ? word.slice(-2) : word.slice(-1));
