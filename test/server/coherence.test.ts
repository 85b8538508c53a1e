// The promise of the cache: nothing stale. Three servers on one database are read as fast as they answer, while stories
// are written through one of them, and every single answer is held against the event log. In the server that writes no
// answer is older than the last write that was answered before it was asked for, with `minVersion` none anywhere; in the
// others none is older than a second. COHERENCE_SECONDS says for how long, COHERENCE_SEED repeats a run's choices.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { patient } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Serving, serve } from '../support/masthead.ts';
import { createChronicle } from './coherence/chronicle.ts';
import { key, openDesk } from './coherence/desk.ts';
import { createJudge } from './coherence/judge.ts';
import { furnish } from './coherence/newsroom.ts';
import { type Counts, keepReading, listTargets, type Server } from './coherence/readers.ts';
import { createDice, keepWriting } from './coherence/writers.ts';

const seconds = Number(process.env.COHERENCE_SECONDS ?? 20);
const seed = Number(process.env.COHERENCE_SEED ?? Date.now() % 1_000_000);
const readersOfEach = 4;

let database: TestDatabase;
let log: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase(import.meta.url);
  log = new pg.Client({ connectionString: database.url });
  await log.connect();
});
afterAll(async () => {
  await log.end();
  await database.drop();
});

async function startServers(): Promise<Serving[]> {
  const env = { DATABASE_URL: database.url, MASTHEAD_BOOTSTRAP_KEY: key, LOG_LEVEL: 'warn', ...patient };
  const first = await serve(env);
  return [first, ...(await Promise.all([serve(env), serve(env)]))];
}

it('no answer is ever stale, whatever is written while it is asked for', {
  timeout: seconds * 2000 + 120_000,
}, async () => {
  const serving = await startServers();
  const servers: Server[] = serving.map(({ url }, n) => ({ name: `server ${n}`, url, isWritten: n === 0 }));
  const [chronicle, contents] = [createChronicle(log), new Map()];
  const judge = createJudge(chronicle, contents);
  const room = await furnish(openDesk(servers[0]!.url, chronicle, contents));
  const counts: Counts = { hits: 0, byStatus: {} };
  const targets = listTargets(room);
  const end = performance.now() + seconds * 1000;
  let isOver = false;
  const isEnough = () => isOver || performance.now() > end;
  const judging = async () => {
    for (; !isEnough(); await pause(20)) await judge.catchUp();
  };
  const readers = servers.flatMap((server) => Array.from({ length: readersOfEach }, () => server));
  const work = [
    keepWriting(room, seed, isEnough),
    judging(),
    ...readers.map((server, n) =>
      keepReading({ server, room, chronicle, judge, dice: createDice(seed + 100 + n), counts }, targets, isEnough),
    ),
  ];
  try {
    await Promise.all(work);
    await judge.catchUp();
  } finally {
    isOver = true;
    await Promise.allSettled(work);
    room.close();
    process.stdout.write(`${describe(judge.summary(), counts)}\n`);
    for (const server of serving) process.stdout.write(failuresOf(server));
  }
  expect(serving.map(failuresOf)).toEqual(['', '', '']);
  expect(counts.hits).toBeGreaterThan(judge.summary().checked / 20);
});

/** What a server has logged as its own fault. */
const failuresOf = (server: Serving): string =>
  server
    .stdout()
    .split('\n')
    .filter((line) => line.includes('"level":50'))
    .map((line) => `${line}\n`)
    .join('');

type Summary = ReturnType<ReturnType<typeof createJudge>['summary']>;

function describe({ checked, writes, events, lags }: Summary, { hits, byStatus }: Counts): string {
  const sorted = lags.toSorted((a, b) => a - b);
  const at = (part: number) => (sorted[Math.ceil(part * sorted.length) - 1] ?? 0).toFixed(1);
  const statuses = Object.entries(byStatus).map(([status, count]) => `${status}: ${count}`);
  return [
    `coherence, ${seconds} s, seed ${seed}: ${checked} answers checked (${statuses.join(', ')}), ${hits} of them hits`,
    `${writes} writes, ${events} events`,
    `behind the last write that was answered, where that is allowed: ${sorted.length}, by ${at(0.5)} ms (p50), ${at(0.99)} ms (p99), ${at(1)} ms (most)`,
  ].join('; ');
}
