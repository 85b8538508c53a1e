// What indexing adds to a write: the same acts with and without it, in turns, by one client, each time on an article of
// the seed's length.
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { seedFile } from '../../../src/channels/imports/seed.ts';
import { onDatabase, withDatabase } from '../../../test/support/database-address.ts';
import { readCpuMs } from '../../cpu.ts';
import { median } from '../../load.ts';
import { type Started, startProcess } from '../../processes.ts';
import { adminKey, ask, withoutLimits } from '../../stage.ts';
import { findPostmaster } from './postmaster.ts';

export const acts = ['create', 'revise', 'publish'] as const;
export type Act = (typeof acts)[number];

/** Milliseconds a write: the median of the time, the mean of the processor time. */
export type Cost = { readonly ms: number; readonly serverMs: number; readonly databaseMs: number };
export type WriteCosts = Readonly<Record<Act, { readonly with: Cost; readonly without: Cost }>>;

const environments: readonly Record<string, string>[] = [{}, { BENCH_UNINDEXED: '1' }];
const rounds = 4;
const writesEach = 50;

/** On a copy of the database, which nobody is connected to. */
export async function measureWrites(serverUrl: string, name: string): Promise<WriteCosts> {
  const copy = 'stage_search_writes';
  await onDatabase(serverUrl, (client) => client.query(`create database ${copy} template ${name} strategy file_copy`));
  try {
    return await measureOn(withDatabase(serverUrl, copy));
  } finally {
    await onDatabase(serverUrl, (client) => client.query(`drop database ${copy} with (force)`));
  }
}

async function measureOn(url: string): Promise<WriteCosts> {
  const start = (environment: Record<string, string>) =>
    startProcess(
      ['--import', 'tsx', 'bench/search/latency/writing-server.ts'],
      { DATABASE_URL: url, MASTHEAD_BOOTSTRAP_KEY: adminKey, ...withoutLimits, ...environment },
      '/health/ready',
    );
  const body = { text: await readFile(seedFile, 'utf8') };
  const servers: { server: Started; costs: Cost[][] }[] = [];
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const environment of environments) {
      servers.push({ server: await start(environment), costs: acts.map(() => []) });
    }
    const postmaster = await findPostmaster(client);
    // The first one warms up.
    for (let round = 0; round <= rounds; round += 1) {
      for (const { server, costs } of servers) {
        const measured = await runActs(server, postmaster, body);
        if (round > 0) for (const [n, cost] of measured.entries()) costs[n]!.push(cost);
      }
    }
  } finally {
    for (const { server } of servers) await server.stop();
    await client.end();
  }
  const [indexed, unindexed] = servers as [(typeof servers)[0], (typeof servers)[0]];
  return Object.fromEntries(
    acts.map((act, n) => [act, { with: middle(indexed.costs[n]!), without: middle(unindexed.costs[n]!) }]),
  ) as WriteCosts;
}

async function runActs(server: Started, postmaster: number, body: object): Promise<Cost[]> {
  const ids: string[] = [];
  const write = (path: string, method: string, given: object) => ask(server, method, path, JSON.stringify(given));
  const create = async (n: number) => {
    ids[n] = (JSON.parse(await write('/v1/articles', 'POST', { title: `青岛再开放 ${n}`, body })) as { id: string }).id;
  };
  const revise = (n: number) => write(`/v1/articles/${ids[n]}`, 'PATCH', { title: `青岛又开放 ${n}` });
  const publish = (n: number) => write(`/v1/articles/${ids[n]}/publish`, 'POST', {});
  const costs: Cost[] = [];
  for (const act of [create, revise, publish]) {
    const read = () => [readCpuMs(server.pid), readCpuMs(postmaster, 'and children')] as const;
    const [serverBefore, databaseBefore] = read();
    const took: number[] = [];
    for (let n = 0; n < writesEach; n += 1) {
      const begin = performance.now();
      await act(n);
      took.push(performance.now() - begin);
    }
    const [serverAfter, databaseAfter] = read();
    costs.push({
      ms: median(took),
      serverMs: (serverAfter - serverBefore) / writesEach,
      databaseMs: (databaseAfter - databaseBefore) / writesEach,
    });
  }
  return costs;
}

const middle = (costs: readonly Cost[]): Cost => ({
  ms: median(costs.map(({ ms }) => ms)),
  serverMs: mean(costs.map(({ serverMs }) => serverMs)),
  databaseMs: mean(costs.map(({ databaseMs }) => databaseMs)),
});

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
