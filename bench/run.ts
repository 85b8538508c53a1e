// npm run bench: our server and its floors in turns, on 10,000 articles made from the seed's text; prints a table. Takes
// about a minute and a half, on loopback only. Compare CPU per request: requests per second depend on who else computes.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startTemporaryPostgres } from '../src/platform/db/embedded/temporary.ts';
import { parentOf } from './cpu.ts';
import { fillArticles, sectionCount } from './data.ts';
import { hasWrk, medianOf, type Round, runLoad, type Target } from './load.ts';
import { type Started, startProcess } from './processes.ts';
import { type Measured, printTable } from './report.ts';

const articleCount = 10_000;
const rounds = 3;
const roundSeconds = 2;
const key = 'bench-key-bench-key-bench-key-bench-key';

type Subject = { work: string; name: string; isOurs: boolean; target: Target };

async function main(): Promise<void> {
  if (!hasWrk()) throw new Error('wrk is missing: install it (apt-get install wrk), then run again.');
  execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const folder = await mkdtemp(join(tmpdir(), 'masthead-bench-'));
    undo.push(() => rm(folder, { recursive: true }));
    const database = await startTemporaryPostgres();
    undo.push(() => database.stop());
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    undo.push(() => client.end());
    console.log(printTable(await measure(await prepare(folder, database.url, client, undo))));
    console.log(`Medians of ${rounds} rounds of ${roundSeconds} s, 8 connections; PostgreSQL without fsync.`);
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

async function prepare(
  folder: string,
  databaseUrl: string,
  client: pg.Client,
  undo: (() => Promise<unknown>)[],
): Promise<Subject[]> {
  const environment = { DATABASE_URL: databaseUrl, MASTHEAD_SEED: 'true', MASTHEAD_BOOTSTRAP_KEY: key };
  const ours = await startProcess(['dist/cli/main.js', 'serve'], environment, '/health/ready');
  undo.push(ours.stop);
  console.log(`filling ${articleCount} articles …`);
  const slugs = await fillArticles(client, articleCount);
  const created = await describeCreate(ours, client);
  await storeAnswers(ours, client, slugs);
  const floors = await startProcess(
    ['--import', 'tsx', 'bench/floors.ts'],
    { DATABASE_URL: databaseUrl, BENCH_CREATE: JSON.stringify(created.floor) },
    '/constant/article',
  );
  undo.push(floors.stop);
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return listSubjects({ folder, ours, floors, postmasterPid: parentOf(rows[0]!.pid), slugs, body: created.body });
}

type Scene = {
  folder: string;
  ours: Started;
  floors: Started;
  postmasterPid: number;
  slugs: readonly string[];
  body: string;
};

async function listSubjects({ folder, ours, floors, postmasterPid, slugs, body }: Scene): Promise<Subject[]> {
  const subject = async (work: string, name: string, process: Started, lines: readonly string[], more: object = {}) => {
    const paths = join(folder, `${work}-${name}`.replaceAll(/\W+/g, '-'));
    await writeFile(paths, `${lines.join('\n')}\n`);
    const target = { origin: process.origin, paths, serverPid: process.pid, postmasterPid, ...more };
    return { work, name, isOurs: process === ours, target };
  };
  const article = `one article of ${articleCount} by slug`;
  const list = 'list of 20 of a section';
  const create = 'create';
  const sections = Array.from({ length: sectionCount }, (_, i) => `bench-${i + 1}`);
  const below = (path: string, names: readonly string[]) => names.map((name) => path + name);
  return Promise.all([
    subject(article, 'ours', ours, below('/v1/articles/', slugs)),
    subject(article, 'floor: constant Buffer', floors, ['/constant/article']),
    subject(article, 'floor: one prepared row', floors, below('/prepared/', slugs)),
    subject(list, 'ours', ours, below('/v1/articles?section=', sections)),
    subject(list, 'floor: constant Buffer', floors, ['/constant/list']),
    subject(list, 'floor: one prepared row', floors, below('/prepared/list-', sections)),
    subject(create, 'ours', ours, ['/v1/articles'], { key, body }),
    subject(create, 'floor: same rows through pg', floors, ['/create'], { body }),
  ]);
}

/** The whole story of the seed in Markdown, under a title of its own each time. */
async function describeCreate(ours: Started, client: pg.Client): Promise<{ body: string; floor: object }> {
  const { data } = await getJson(
    `${ours.origin}/v1/articles?editor=liu-ying-ying&sort=publishedAt&limit=1&body=markdown`,
  );
  const story = data[0]!;
  const credits = [{ role: 'responsible_editor', editor: 'liu-ying-ying' }];
  const refers = { section: 'bench-1', source: 'wen-hua-shi-jie', credits };
  const body = JSON.stringify({ title: '青岛再开放 {n}', ...refers, body: story.body });
  const answer = await fetch(`${ours.origin}/v1/articles`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },
    body: body.replace('{n}', '0'),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  const text = await answer.text();
  const made = JSON.parse(text) as { body: { blocks: object[] } };
  const { rows } = await client.query<{ section: string; source: string; editor: string }>(
    `select (select id from section where slug = 'bench-1') as section,
       (select id from source where slug = 'wen-hua-shi-jie') as source,
       (select id from editor where slug = 'liu-ying-ying') as editor`,
  );
  return { body, floor: { ...rows[0], blocks: JSON.stringify(made.body.blocks), answer: text } };
}

// biome-ignore lint/suspicious/noExplicitAny: the figures only pass through.
async function getJson(url: string): Promise<any> {
  return (await fetch(url)).json();
}

/** What the floors answer with: the texts that our server answers, ready in a table. */
async function storeAnswers(ours: Started, client: pg.Client, slugs: readonly string[]): Promise<void> {
  await client.query('create table bench_answer (key text primary key, text text not null)');
  const read = async (path: string) => (await fetch(ours.origin + path)).text();
  const put = (name: string, text: string) => client.query('insert into bench_answer values ($1, $2)', [name, text]);
  const first = slugs[0]!;
  const article = await read(`/v1/articles/${first}`);
  await put('constant:article', article);
  await client.query('insert into bench_answer select slug, replace($1, $2, slug) from unnest($3::text[]) as s(slug)', [
    article,
    first,
    slugs,
  ]);
  for (let n = 1; n <= sectionCount; n += 1) {
    const list = await read(`/v1/articles?section=bench-${n}`);
    await put(`list-bench-${n}`, list);
    if (n === 1) await put('constant:list', list);
  }
  await client.query('vacuum analyze bench_answer');
}

/** In turns, so that what else the machine does meets all alike. */
async function measure(subjects: readonly Subject[]): Promise<Measured[]> {
  const found = new Map<Subject, Round[]>(subjects.map((subject) => [subject, []]));
  for (const { target } of subjects) await runLoad(target, 1);
  for (let round = 1; round <= rounds; round += 1) {
    console.log(`round ${round} of ${rounds} …`);
    for (const subject of subjects) found.get(subject)!.push(await runLoad(subject.target, roundSeconds));
  }
  return subjects.map(({ work, name, isOurs }, i) => ({
    work,
    name,
    isOurs,
    figures: medianOf(found.get(subjects[i]!)!),
  }));
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
