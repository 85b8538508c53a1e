// What the life cycle costs beyond single acts: a batch, pages of a long chain of versions, and the past of many articles
// beside their present. It is stated; the aims are those of single acts.
import { type Comparison, compare } from '../compare.ts';
import { sectionCount } from '../data.ts';
import { longChain, pastDays, prolongChain } from '../past.ts';
import type { Started } from '../processes.ts';
import { asAdmin, ask, type Stage, withoutLimits } from '../stage.ts';
import { describeStory } from '../story.ts';
import { type Part, slugsOf } from './part.ts';
import { record } from './writes.ts';

const articleCount = 100_000;
const batchSize = 100;
const instantCount = 20;
const oneRow = 'one prepared row';

export const measureHistory: Part = async ({ options, provideData, onStage }) =>
  onStage('history', await provideData('past', articleCount), async (stage) => {
    const ours = await stage.startOurs({ CACHE_SIZE_BYTES: '0', ...withoutLimits });
    const batch = await putBatch(stage, ours);
    const pages = await putChain(stage, ours);
    const floors = await stage.startFloors();
    const comparisons = [
      ...(await listBatches(stage, ours, floors, batch)),
      await comparePages(stage, ours, floors, pages),
      ...(await listPast(stage, ours)),
    ];
    return compare(comparisons, options);
  });

async function putBatch(stage: Stage, ours: Started): Promise<string> {
  const story = await describeStory(stage, ours);
  const operations = Array.from({ length: batchSize }, (_, i) => ({
    method: 'POST',
    path: '/v1/articles',
    body: JSON.parse(story.replace('{n}', `{n} ${i}`)) as object,
  }));
  const batch = JSON.stringify({ operations });
  await stage.putAnswer('answer:batch', await ask(ours, 'POST', '/v1/batch', batch.replaceAll('{n}', '0')));
  const renamed = '777000777000';
  const body = batch.replaceAll('{n}', renamed);
  await record(stage, 'batch', { method: 'POST', url: '/v1/batch', body, renamed });
  return batch;
}

async function listBatches(stage: Stage, ours: Started, floors: Started, body: string): Promise<Comparison[]> {
  const asking = { write: { method: 'POST', body, times: 3, headers: asAdmin } } as const;
  const work = `batch of ${batchSize} creates`;
  const mine = await stage.target(ours, ['/v1/batch'], asking);
  const [same, least] = [
    await stage.target(floors, ['/same/batch'], asking),
    await stage.target(floors, ['/batch'], asking),
  ];
  return [
    { work, beside: 'same SQL through pg', aim: null, ours: mine, other: same },
    { work, beside: 'least SQL through pg', aim: null, ours: mine, other: least },
  ];
}

/** Addresses of pages all along the long chain; the floor gets their texts. */
async function putChain({ client, putAnswer }: Stage, ours: Started): Promise<string[]> {
  const made = await ask(ours, 'POST', '/v1/articles', JSON.stringify({ title: '长链' }));
  const { id } = JSON.parse(made) as { id: string };
  await prolongChain(client, id);
  const list = `/v1/articles/${id}/versions`;
  const pages = [list];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await ask(ours, 'GET', `${list}?limit=100${cursor && `&cursor=${cursor}`}`);
    cursor = (JSON.parse(page) as { page: { nextCursor: string | null } }).page.nextCursor;
    if (cursor !== null) pages.push(`${list}?cursor=${cursor}`);
  }
  for (const [n, path] of pages.entries()) await putAnswer(`versions-${n}`, await ask(ours, 'GET', path));
  return pages;
}

async function comparePages(stage: Stage, ours: Started, floors: Started, pages: string[]): Promise<Comparison> {
  return {
    work: `20 versions of ${longChain}, anywhere`,
    beside: oneRow,
    aim: null,
    ours: await stage.target(ours, pages, { headers: asAdmin }),
    other: await stage.target(
      floors,
      pages.map((_path, n) => `/prepared/versions-${n}`),
    ),
  };
}

async function listPast(stage: Stage, ours: Started): Promise<Comparison[]> {
  const reach = pastDays(articleCount) * 86_400_000;
  const instants = Array.from({ length: instantCount }, (_, n) => new Date(Date.now() - (0.02 + n * 0.05) * reach));
  const sections = slugsOf(sectionCount).map((slug) => `/v1/articles?section=${slug}`);
  const asOf = (path: string, sign: string) => instants.map((at) => `${path}${sign}asOf=${at.toISOString()}`);
  const compared = async (work: string, past: readonly string[], present: readonly string[]) => ({
    work,
    beside: 'without asOf',
    aim: null,
    ours: await stage.target(ours, past),
    other: await stage.target(ours, present),
  });
  const ofSections = sections.flatMap((path) => asOf(path, '&'));
  return [
    await compared(`list of 20 as of an instant, of ${articleCount}`, asOf('/v1/articles', '?'), ['/v1/articles']),
    await compared('list of a section as of an instant', ofSections, sections),
  ];
}
