// Finds names that were meant for us and are none of ours: a variable that is misspelt has no effect, and nobody is told.

// What slips in two strokes: a letter too many, too few or another one, twice.
const strokesMax = 2;
// Shorter names are near to much that is meant for others (HOST, POST, PORTS).
const lettersMin = 6;
const prefix = /^MASTHEAD_/;

/** Pairs of a name and the known one that is nearest to it. */
export function findMisspelt(given: readonly string[], known: readonly string[]): [name: string, nearest: string][] {
  return given.flatMap((name) => {
    if (known.includes(name) || lettersOf(name).length < lettersMin) return [];
    const nearest = findNearest([name, name.toUpperCase().replace(prefix, '')], known);
    return nearest === null ? [] : [[name, nearest]];
  });
}

function findNearest(spellings: readonly string[], known: readonly string[]): string | null {
  const distances = known.map((name) =>
    Math.min(...spellings.map((one) => countStrokes(lettersOf(one), lettersOf(name)))),
  );
  const least = Math.min(...distances);
  return least <= strokesMax ? known[distances.indexOf(least)]! : null;
}

const lettersOf = (name: string) => name.toUpperCase().replaceAll('_', '');

/** Levenshtein's distance; infinite where the lengths alone say that it is too far. */
function countStrokes(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > strokesMax) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1];
    for (let column = 0; column < other.length; column += 1) {
      const replaced = row[column]! + (letter === other[column] ? 0 : 1);
      next.push(Math.min(replaced, row[column + 1]! + 1, next[column]! + 1));
    }
    row = next;
  }
  return row[other.length]!;
}
