// The PostgreSQL of all runs, with the data they keep, in a folder beside the repository's own: started for a run and
// stopped after it. For one run at a time, since what others do there would count as ours.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/platform/db/embedded/start.ts';

const keptFolder = fileURLToPath(new URL('../.bench', import.meta.url));
export const profilesFolder = join(keptFolder, 'profiles');

// Nothing in the background falls on one and not on the other, and data in bulk is not held up by checkpoints. The rest
// is as PostgreSQL comes.
const settings = {
  autovacuum: 'off',
  checkpoint_timeout: '1h',
  max_wal_size: '16GB',
  maintenance_work_mem: '512MB',
};

export async function openKeptServer(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir: keptFolder, tuning: { fsync: false } });
  const client = new pg.Client({ connectionString: server.url });
  const stop = async () => {
    await client.end();
    await server.stop();
  };
  await client.connect();
  try {
    const { rows } = await client.query<{ free: boolean }>(`select pg_try_advisory_lock(hashtext('bench')) as free`);
    if (!rows[0]!.free) throw new Error(`Another run is under way in ${keptFolder}.`);
    for (const [name, value] of Object.entries(settings)) {
      await client.query(`alter system set ${name} = ${client.escapeLiteral(value)}`);
    }
    await client.query('select pg_reload_conf()');
    await dropLeftovers(client);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: server.url, stop };
}

/** What a run that was killed has left. */
async function dropLeftovers(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select datname as name from pg_database where starts_with(datname, 'stage_')`,
  );
  for (const { name } of rows) await client.query(`drop database ${name} with (force)`);
}

export async function removeKept(): Promise<void> {
  if (!existsSync(keptFolder)) return;
  // Fails where a run is under way.
  const server = await openKeptServer();
  await server.stop();
  await rm(keptFolder, { recursive: true });
}
