// npm run eval:search: how well GET /v1/search answers queries whose answers people have judged, beside plain BM25,
// trigrams and LIKE on the same documents; fails where it is clearly worse than BM25. See docs/search.md.
import { parseArgs } from 'node:util';
import pg from 'pg';
import { openKeptServer } from '../kept-server.ts';
import type { Started } from '../processes.ts';
import { type Results, search, startSearch } from './ask.ts';
import { type FloorName, floorNames, provideRankings } from './floors/rankings.ts';
import type { KeptIndex } from './kept-index.ts';
import { provideSet } from './kept-set.ts';
import { depth, judgeRanking, type Quality } from './metrics.ts';
import { putOnPage } from './page.ts';
import { isGoodEnough, printQualities, type QualityRow, ratioMin, summarise } from './quality.ts';
import { isPresent, type Query, type SetName, setNames, sources } from './sets.ts';
import { printWorst } from './worst.ts';

const usage = `npm run eval:search [-- options]
  --set NAME    only one of: ${setNames.join(', ')}
  --worst N     print the N queries that are answered worst, too
  --fresh       publish and index all anew
  --save        put the table into docs/search.md
  --help`;

export type Asked = { readonly query: Query; readonly results: Results; readonly quality: Quality };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      set: { type: 'string' },
      worst: { type: 'string', default: '0' },
      fresh: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const names = chooseSets(values.set);
  if (values.save && names.length < setNames.length) throw new Error('--save needs all sets.');
  const server = await openKeptServer();
  try {
    const rows: QualityRow[] = [];
    for (const name of names) {
      rows.push(...(await evaluate(server.url, name, { isFresh: values.fresh, worst: Number(values.worst) })));
    }
    const report = `${printQualities(rows)} ${new Date().toISOString().slice(0, 10)}.`;
    console.log(report);
    if (values.save) await putOnPage('quality', report);
    if (!rows.every(isGoodEnough)) throw new Error(`Somewhere ours is below ${ratioMin} of BM25: (!).`);
  } finally {
    await server.stop();
  }
}

function chooseSets(given: string | undefined): readonly SetName[] {
  if (given === undefined) {
    const absent = setNames.filter((name) => !isPresent(name));
    if (absent.length > 0) console.log(`Left out, since the documents are not there: ${absent.join(', ')}.`);
    return setNames.filter(isPresent);
  }
  const name = setNames.find((known) => known === given);
  if (name === undefined) throw new Error(`There is no set "${given}".\n${usage}`);
  if (!isPresent(name)) throw new Error(`The documents of ${name} are not there: ${sources[name].files.join(', ')}`);
  return [name];
}

type Choice = { readonly isFresh: boolean; readonly worst: number };

async function evaluate(serverUrl: string, name: SetName, { isFresh, worst }: Choice): Promise<QualityRow[]> {
  const set = await sources[name].read();
  const index = await provideSet(serverUrl, name, set, isFresh);
  const client = new pg.Client({ connectionString: index.url });
  await client.connect();
  try {
    const rankings = await provideRankings(client, set);
    const asked = await askAll(index, set.queries);
    const floorsOf = ({ id, grades }: Query) =>
      Object.fromEntries(
        floorNames.map((floor) => [floor, judgeRanking(rankings[floor].get(id) ?? [], grades)]),
      ) as Record<FloorName, Quality>;
    if (worst > 0) console.log(printWorst(asked, set.documents, worst));
    const judged = asked.map(({ query, quality }) => ({ kind: query.kind, ours: quality, floors: floorsOf(query) }));
    return summarise(`${sources[name].title}, ${set.documents.length} documents`, judged);
  } finally {
    await client.end();
  }
}

async function askAll(index: KeptIndex, queries: readonly Query[]): Promise<Asked[]> {
  const ours: Started = await startSearch(index.url);
  try {
    const asked: Asked[] = [];
    for (const query of queries) {
      const results = await search(ours, query.q, depth);
      asked.push({ query, results, quality: judgeRanking(results.slugs, query.grades) });
    }
    return asked;
  } finally {
    await ours.stop();
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
