// npm run bench:search: how long searches take among many articles of real length, what the index takes, and what indexing
// adds to writes. See docs/search.md.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { openKeptServer } from '../../kept-server.ts';
import { findVersion } from '../../report.ts';
import { startSearch } from '../ask.ts';
import { type KeptIndex, provideIndex } from '../kept-index.ts';
import { putOnPage } from '../page.ts';
import { listClasses } from './classes.ts';
import { findPostmaster } from './postmaster.ts';
import { printReport } from './report.ts';
import { readSizes } from './sizes.ts';
import { corpusFiles, names, writeStories } from './stories.ts';
import { type Times, timeClass } from './times.ts';
import { sampleWords } from './words.ts';
import { measureWrites } from './writes.ts';

const usage = `npm run bench:search [-- options]
  --articles N   among so many (300000)
  --requests N   of each kind of query (100)
  --only TEXT    only kinds whose name has this in it, and no writes
  --fresh        publish and index all anew
  --save         put the tables into docs/search.md
  --help`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      articles: { type: 'string', default: '300000' },
      requests: { type: 'string', default: '100' },
      only: { type: 'string', default: '' },
      fresh: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const { only } = values;
  const [articles, requests] = [
    readWhole('articles', values.articles, 10_000),
    readWhole('requests', values.requests, 1),
  ];
  if (values.save && only !== '') throw new Error('--save needs all kinds.');
  execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
  const server = await openKeptServer();
  try {
    const index = await provideArticles(server.url, articles, values.fresh);
    const measured = await measureSearches(index, { requests, only });
    const writes = only === '' ? await measureWrites(server.url, index.name) : null;
    const postgresVersion = await findVersion({ serverUrl: server.url });
    const report = printReport({ ...measured, requests, writes, build: index.build, postgresVersion });
    console.log(report);
    if (values.save) await putOnPage('latency', report);
  } finally {
    await server.stop();
  }
}

function readWhole(name: string, text: string, smallest: number): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= smallest) return number;
  throw new Error(`--${name} must be a whole number from ${smallest} on.`);
}

function provideArticles(serverUrl: string, articles: number, isFresh: boolean): Promise<KeptIndex> {
  const recipe = new URL('stories.ts', import.meta.url).pathname;
  return provideIndex({
    serverUrl,
    name: `search_articles_${articles}`,
    dependsOn: [recipe, ...corpusFiles, String(articles)],
    isFresh,
    stories: () => writeStories(articles),
    names,
  });
}

type Choice = { readonly requests: number; readonly only: string };

async function measureSearches(index: KeptIndex, { requests, only }: Choice) {
  const client = new pg.Client({ connectionString: index.url });
  await client.connect();
  try {
    const sizes = await readSizes(client);
    const classes = listClasses(await sampleWords(client, sizes.documents)).filter(({ name }) => name.includes(only));
    const postmasterPid = await findPostmaster(client);
    const ours = await startSearch(index.url, 'built');
    try {
      const times: Times[] = [];
      for (const given of classes) {
        const taken = await timeClass({ ours, client, postmasterPid, requests }, given);
        console.log(`  ${given.name}: p50 ${taken.p50.toFixed(1)}, p95 ${taken.p95.toFixed(1)}, ${taken.slowest}`);
        times.push(taken);
      }
      return { times, sizes };
    } finally {
      await ours.stop();
    }
  } finally {
    await client.end();
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
