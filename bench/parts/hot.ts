// Answers from the cache, in the configuration as shipped, beside a route of bare Fastify that sends the same bytes.
import { setTimeout as delay } from 'node:timers/promises';
import { fetchBytes, warm } from '../answers.ts';
import { type Comparison, compare } from '../compare.ts';
import { type Part, slugsOf, usualCount } from './part.ts';

// In the form that sites show: they fill most of the cache as it is shipped.
const keyCount = 5000;
const article = '/v1/articles/bench-1';

type Read = Pick<Comparison, 'work'> & {
  readonly constant: string;
  readonly paths: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
};

const listReads = (etag: string): Read[] => [
  { work: 'one article, hot', constant: 'article', paths: [article] },
  { work: 'one article, hot, br', constant: 'article-br', paths: [article], headers: { 'Accept-Encoding': 'br' } },
  {
    work: `one article, hot, ${keyCount} keys in turn`,
    constant: 'article-of-many',
    paths: slugsOf(keyCount).map((slug) => `/v1/articles/${slug}?body=html`),
  },
  { work: '304, hot', constant: 'not-modified', paths: [article], headers: { 'If-None-Match': etag } },
  { work: 'list of 20, hot', constant: 'list', paths: ['/v1/articles?section=bench-1'] },
];

export const measureHot: Part = async ({ options, provideData, onStage }) =>
  onStage('hot', await provideData('articles', usualCount), async (stage) => {
    const ours = await stage.startOurs();
    const etag = (await fetchBytes(ours.origin + article)).headers.etag!;
    const reads = listReads(etag).filter(({ work }) => work.includes(options.only));
    for (const { constant, paths, headers } of reads) {
      const address = ours.origin + paths[0];
      await waitForHit(address, headers);
      await warm(ours.origin, paths, headers);
      await stage.putConstant(constant, address, headers);
    }
    const floors = await stage.startFloors();
    const comparisons: Comparison[] = [];
    for (const { work, constant, paths, headers } of reads) {
      comparisons.push({
        work,
        beside: 'constant bytes',
        aim: { atLeast: 0.8 },
        cpuUsMax: 70,
        ours: await stage.target(ours, paths, { headers, order: 'turn' }),
        other: await stage.target(floors, [`/constant/${constant}`], { headers }),
      });
    }
    return compare(comparisons, options);
  });

/** A process that has just started does not keep anything before it hears of changes. */
async function waitForHit(address: string, headers?: Read['headers']): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { headers: told } = await fetchBytes(address, headers);
    if (told['cache-status']?.includes('hit')) return;
    await delay(50);
  }
  throw new Error(`${address} is not answered from the cache`);
}
