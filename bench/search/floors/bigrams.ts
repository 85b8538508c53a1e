// Plain BM25 over pairs of characters: what search is held against. It knows no words, no titles and no other forms.

export type Text = { readonly id: string; readonly title: string; readonly body: string };

/** Han characters in overlapping pairs, one that stands alone as it is; other words whole. */
export function cutBigrams(text: string): string[] {
  const runs =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}])+/gu) ?? [];
  return runs.flatMap((run) => {
    const characters = [...run];
    if (characters.length === 1 || !/\p{Script=Han}/u.test(run)) return [run];
    return characters.slice(1).map((character, n) => characters[n]! + character);
  });
}

// As Lucene and most others have them.
const [k1, b] = [1.2, 0.75];

type Posting = { readonly document: number; readonly times: number };

export function createBm25(documents: readonly Text[]): (query: string, limit: number) => string[] {
  const postings = new Map<string, Posting[]>();
  const lengths = documents.map(({ title, body }, document) => {
    const grams = cutBigrams(`${title}\n${body}`);
    for (const [gram, times] of countEach(grams)) {
      const list = postings.get(gram);
      if (list === undefined) postings.set(gram, [{ document, times }]);
      else list.push({ document, times });
    }
    return grams.length;
  });
  const average = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  return (query, limit) => {
    const scores = new Map<number, number>();
    for (const [gram, asked] of countEach(cutBigrams(query))) {
      const list = postings.get(gram) ?? [];
      const rarity = Math.log(1 + (documents.length - list.length + 0.5) / (list.length + 0.5));
      for (const { document, times } of list) {
        const frequency = (times * (k1 + 1)) / (times + k1 * (1 - b + (b * lengths[document]!) / average));
        scores.set(document, (scores.get(document) ?? 0) + asked * rarity * frequency);
      }
    }
    return [...scores]
      .toSorted(([left, a], [right, z]) => z - a || left - right)
      .slice(0, limit)
      .map(([document]) => documents[document]!.id);
  };
}

function countEach(grams: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const gram of grams) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  return counts;
}
