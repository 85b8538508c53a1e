// Answers from the database, the cache switched off, beside a route of bare Fastify that sends the text of one row, found
// by its key with a prepared statement.
import { type Comparison, compare } from '../compare.ts';
import { branchCount, sectionCount, tagCount } from '../data.ts';
import type { Started } from '../processes.ts';
import { ask, type Stage, withoutLimits } from '../stage.ts';
import { type Part, slugsOf, usualCount } from './part.ts';

type Read = Pick<Comparison, 'work' | 'cpuUsMax'> & { readonly leastRatio: number; readonly paths: readonly string[] };

const sections = slugsOf(sectionCount);
const tags = slugsOf(tagCount, 'bench-tag');

const reads: readonly Read[] = [
  {
    work: 'one article, cold',
    leastRatio: 0.7,
    cpuUsMax: 450,
    paths: slugsOf(usualCount).map((slug) => `/v1/articles/${slug}`),
  },
  {
    work: `list of 20 of a branch of ${1 + sectionCount / branchCount} sections, cold`,
    leastRatio: 0.7,
    cpuUsMax: 1200,
    paths: slugsOf(branchCount, 'branch').map((slug) => `/v1/articles?section=${slug}`),
  },
  {
    work: 'list of 20 of a section and a tag, cold',
    leastRatio: 0.6,
    cpuUsMax: 1200,
    paths: sections.flatMap((section) => tags.map((tag) => `/v1/articles?section=${section}&tag=${tag}`)),
  },
];

export const measureCold: Part = async ({ options, provideData, onStage }) =>
  onStage('cold', await provideData('articles', usualCount), async (stage) => {
    const ours = await stage.startOurs({ CACHE_SIZE_BYTES: '0', ...withoutLimits });
    for (const [n, { paths }] of reads.entries()) await putAnswers(stage, ours, n, paths);
    const floors = await stage.startFloors();
    const comparisons: Comparison[] = [];
    for (const [n, { work, leastRatio, cpuUsMax, paths }] of reads.entries()) {
      const prepared = paths.map((_path, at) => `/prepared/${n}-${at}`);
      comparisons.push({
        work,
        beside: 'one prepared row',
        aim: { atLeast: leastRatio },
        cpuUsMax,
        ours: await stage.target(ours, paths),
        other: await stage.target(floors, prepared),
      });
    }
    return compare(comparisons, options);
  });

/** The very texts; of many articles those of the first with the slug changed, which are as long. */
async function putAnswers(stage: Stage, ours: Started, n: number, paths: readonly string[]): Promise<void> {
  if (paths.length < 1000) {
    for (const [at, path] of paths.entries()) await stage.putAnswer(`${n}-${at}`, await ask(ours, 'GET', path));
    return;
  }
  const text = await ask(ours, 'GET', paths[0]!);
  await stage.client.query(
    `insert into bench_answer
     select $1 || '-' || at, case when at = 0 then $2 else replace($2, 'bench-1', 'bench-' || at + 1) end
     from generate_series(0, $3::int - 1) at`,
    [String(n), text, paths.length],
  );
}
