// npm run bench [-- foundation | lifecycle]: our server and its floors in turns, on loopback only; prints a table. Takes
// about six minutes for both. Compare CPU per request: requests per second depend on who else computes.
import { execFileSync } from 'node:child_process';
import { startTemporaryPostgres } from '../src/platform/db/embedded/temporary.ts';
import { prepareFoundation } from './foundation.ts';
import { prepareLifecycle } from './lifecycle.ts';
import { hasWrk, medianOf, type Round, runLoad } from './load.ts';
import { type Measured, printTable } from './report.ts';
import { openStage, type Suite } from './stage.ts';

const rounds = 3;
const roundSeconds = 2;

const suites: readonly Suite[] = [
  { name: 'foundation', prepare: prepareFoundation },
  { name: 'lifecycle', prepare: prepareLifecycle },
];

async function main(): Promise<void> {
  const chosen = chooseSuites(process.argv.slice(2));
  if (!hasWrk()) throw new Error('wrk is missing: install it (apt-get install wrk), then run again.');
  execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
  const server = await startTemporaryPostgres();
  try {
    const measured: Measured[] = [];
    for (const suite of chosen) measured.push(...(await measure(server.url, suite)));
    console.log(printTable(measured));
    console.log(`Medians of ${rounds} rounds of ${roundSeconds} s, 8 connections; PostgreSQL without fsync.`);
  } finally {
    await server.stop();
  }
}

function chooseSuites(names: readonly string[]): readonly Suite[] {
  const known = suites.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`There is no suite "${unknown}", only ${known.join(' and ')}.`);
  return suites.filter(({ name }) => names.length === 0 || names.includes(name));
}

/** In turns, so that what else the machine does meets all alike. */
async function measure(serverUrl: string, suite: Suite): Promise<Measured[]> {
  const stage = await openStage(serverUrl, suite.name);
  try {
    const subjects = await suite.prepare(stage);
    const found = subjects.map((subject) => ({ subject, taken: [] as Round[] }));
    for (const { target } of subjects) await runLoad(target, 1);
    // As autovacuum does a minute later: plans that were made for empty tables are made again.
    await stage.client.query('analyze');
    for (let round = 1; round <= rounds; round += 1) {
      console.log(`${suite.name}: round ${round} of ${rounds} …`);
      for (const { subject, taken } of found) taken.push(await runLoad(subject.target, roundSeconds));
    }
    return found.map(({ subject: { work, name }, taken }) => ({ work, name, figures: medianOf(taken) }));
  } finally {
    await stage.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
