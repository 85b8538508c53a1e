// Readers and editors at once: articles read as often as they are popular, and articles at random changed and published
// meanwhile. Beside the floor of an answer from the cache; how much of that the cache can give is stated.
import { pathsOf, warm } from '../answers.ts';
import { compare } from '../compare.ts';
import type { Started } from '../processes.ts';
import { asAdmin, ask, type Stage, withoutLimits } from '../stage.ts';
import { type Part, slugsOf, usualCount } from './part.ts';

const writeShare = 0.1;

export const measureMixed: Part = async ({ options, provideData, onStage }) =>
  onStage('mixed', await provideData('articles', usualCount), async (stage) => {
    const ours = await stage.startOurs(withoutLimits);
    await stage.putConstant('article', `${ours.origin}/v1/articles/bench-1`);
    const floors = await stage.startFloors();
    const mixed = {
      work: `${100 - writeShare * 100} % reads of ${usualCount} articles (Zipf), ${writeShare * 100} % patches and publications`,
      beside: 'constant bytes, reads only',
      aim: null,
      ours: await targetReadersAndEditors(stage, ours, writeShare),
      other: await stage.target(floors, ['/constant/article']),
    };
    // As the cache is after a while: full, and the most popular were read last.
    await warm(ours.origin, await pathsOf(mixed.ours.paths).then((paths) => paths.toReversed()));
    const before = await readCacheCounts(ours);
    const rows = await compare([mixed], options);
    const after = await readCacheCounts(ours);
    const [hits, others] = [after.hits - before.hits, after.others - before.others];
    const hitRate = `${((100 * hits) / (hits + others)).toFixed(0)} % hits`;
    return rows.map((row) => ({ ...row, result: `${row.result}, ${hitRate}` }));
  });

/** Popularity and what is changed have nothing to do with each other. */
export async function targetReadersAndEditors(stage: Stage, ours: Started, share: number, codings?: readonly string[]) {
  const { rows } = await stage.client.query<{ id: string }>(`select id::text from article where slug ~ '^bench-'`);
  const body = JSON.stringify({ title: '青岛再开放 {n}' });
  const among = { share, ids: rows.map(({ id }) => id) };
  return stage.target(
    ours,
    slugsOf(usualCount).map((slug) => `/v1/articles/${slug}`),
    { order: 'zipf', codings, write: { method: 'PATCH', headers: asAdmin, body, among } },
  );
}

/** What the cache has answered, and what had to be read. */
async function readCacheCounts(ours: Started): Promise<{ hits: number; others: number }> {
  const text = await ask(ours, 'GET', '/metrics');
  const counts = { hits: 0, others: 0 };
  for (const [, result, count] of text.matchAll(/^masthead_cache_requests_total\{result="(\w+)"\} (\d+)/gm)) {
    counts[result === 'hit' ? 'hits' : 'others'] += Number(count);
  }
  return counts;
}
