// The queries that are answered worst, for whoever tunes: what came first, and which good answers did not come.
import type { Asked } from './evaluate.ts';
import type { Document } from './sets.ts';

const shown = 5;

export function printWorst(asked: readonly Asked[], documents: readonly Document[], count: number): string {
  const titles = new Map(documents.map(({ id, title }) => [id, title]));
  const name = (id: string, grade: number) => `    ${grade} ${id} ${titles.get(id)?.slice(0, 60) ?? '?'}`;
  return asked
    .toSorted((a, b) => a.quality.ndcg - b.quality.ndcg)
    .slice(0, count)
    .map(({ query, results, quality }) => {
      const { slugs, given } = results;
      const missed = [...query.grades].filter(([id]) => !slugs.includes(id)).toSorted(([, a], [, z]) => z - a);
      return [
        `${quality.ndcg.toFixed(3)} ${query.id} ${query.kind}: ${query.q}`,
        `  ${slugs.length} found${given.length === 0 ? '' : `, without all of: ${given.join(', ')}`}`,
        ...slugs.slice(0, shown).map((id) => name(id, query.grades.get(id) ?? 0)),
        ...(missed.length === 0 ? [] : ['  missed', ...missed.slice(0, shown).map(([id, grade]) => name(id, grade))]),
      ].join('\n');
    })
    .join('\n\n');
}
