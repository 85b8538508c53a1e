// How good a ranking is, by the grades that people gave: nDCG@10, MRR@10 and hit@10 (Manning, Raghavan and Schütze,
// "Introduction to Information Retrieval", chapter 8).

/** Documents that answer a query, each with how well: 1 and more. */
export type Grades = ReadonlyMap<string, number>;

export type Quality = { readonly ndcg: number; readonly mrr: number; readonly hit: number };

export const depth = 10;

/** Gains of 2^grade - 1, each counting less the farther down it stands; 1 is the best order there is. */
function ndcg(ranked: readonly string[], grades: Grades): number {
  const ideal = sumGains([...grades.values()].toSorted((a, b) => b - a));
  return ideal === 0 ? 0 : sumGains(ranked.map((id) => grades.get(id) ?? 0)) / ideal;
}

const sumGains = (grades: readonly number[]) =>
  grades.slice(0, depth).reduce((sum, grade, n) => sum + (2 ** grade - 1) / Math.log2(n + 2), 0);

export function judgeRanking(ranked: readonly string[], grades: Grades): Quality {
  const first = ranked.slice(0, depth).findIndex((id) => (grades.get(id) ?? 0) > 0);
  return { ndcg: ndcg(ranked, grades), mrr: first < 0 ? 0 : 1 / (first + 1), hit: first < 0 ? 0 : 1 };
}

export function meanOf(qualities: readonly Quality[]): Quality {
  const mean = (pick: (quality: Quality) => number) =>
    qualities.reduce((sum, quality) => sum + pick(quality), 0) / qualities.length;
  return { ndcg: mean(({ ndcg }) => ndcg), mrr: mean(({ mrr }) => mrr), hit: mean(({ hit }) => hit) };
}
