// A real PostgreSQL for a machine that has none: makes its cluster on the first start, finds it on the next, and ends
// with us. A server that another live process started on the folder is shared; one that a dead process left is ended.
import { appendFileSync, chownSync, mkdirSync, realpathSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { findUser, nobody } from './account.ts';
import { findBinaries } from './binaries.ts';
import { ensureCluster, type Paths, pathsBelow, readPassword } from './cluster.ts';
import { type Launched, launchPostgres } from './launch.ts';
import { findPostmaster, isRunning, type Postmaster, stopPostmaster } from './postmaster.ts';

export type EmbeddedOptions = {
  dataDir: string;
  log?: (message: string) => void;
  /** `fsync: false` trades the data's survival of a crash for speed: for tests. */
  tuning?: { fsync?: boolean };
  /** The whole folder goes when the server ends, even when we are killed. */
  disposable?: boolean;
};

export type EmbeddedPostgres = { url: string; stop(): Promise<void> };

/** How long a server that is starting, recovering or going away may hold the folder. */
const holdLimitMs = 60_000;

export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => {});
  const launch = { durable: options.tuning?.fsync !== false, disposable: options.disposable === true };
  const binaries = findBinaries();
  const paths = openDataDir(options.dataDir);
  await ensureCluster(paths, binaries, launch.durable);
  // Before anything is tried: a cluster of another user is a fault that no waiting cures.
  readPassword(paths);
  const end = Date.now() + holdLimitMs;
  while (Date.now() < end) {
    const holder = findPostmaster(paths.cluster);
    const server = holder ? await judgeHolder(holder, paths, log) : await launchOwn();
    if (server) return server;
    await delay(50);
  }
  const pid = findPostmaster(paths.cluster)?.pid;
  throw new Error(`PostgreSQL process ${pid} holds ${paths.cluster} but does not answer; end it and start again.`);

  async function launchOwn(): Promise<EmbeddedPostgres | null> {
    const launched = await launchPostgres(paths, binaries, launch);
    return launched && finishLaunch(launched, paths, log);
  }
}

function openDataDir(dataDir: string): Paths {
  mkdirSync(dataDir, { recursive: true });
  const paths = pathsBelow(realpathSync(dataDir));
  // Started by root in a user's folder: that user can work with the folder afterwards.
  const user = findUser(paths.dataDir, paths.cluster);
  if (user && user.uid !== nobody.uid) {
    appendFileSync(paths.logFile, '');
    for (const path of [paths.dataDir, paths.logFile]) chownSync(path, user.uid, user.gid);
  }
  return paths;
}

async function finishLaunch(launched: Launched, paths: Paths, log: (message: string) => void) {
  try {
    const owner = await askOwner(paths, launched.port);
    if (owner?.watchdogPid !== launched.watchdogPid) throw new Error(`Another PostgreSQL took port ${launched.port}.`);
    await createDatabase(paths, launched.port);
  } catch (error) {
    await launched.stop();
    throw error;
  }
  launched.onEnd(() => log(`PostgreSQL ended unexpectedly, see ${paths.logFile}`));
  return { url: urlOf(paths, launched.port, 'masthead'), stop: launched.stop };
}

/** A server holds the folder: share it, end it, or (null) look again once it has come up or gone. */
async function judgeHolder(holder: Postmaster, paths: Paths, log: (message: string) => void) {
  const owner = await askOwner(paths, holder.port);
  if (owner === null) return null;
  if (!isRunning(owner.watchdogPid)) {
    log(`ending PostgreSQL process ${holder.pid}, whose owner was killed`);
    await stopPostmaster(holder.pid, paths.cluster);
    return null;
  }
  if (!isRunning(owner.serverPid)) return null;
  await createDatabase(paths, holder.port);
  log(`sharing PostgreSQL process ${holder.pid} with process ${owner.serverPid}`);
  return { url: urlOf(paths, holder.port, 'masthead'), stop: async () => {} };
}

type Owner = { watchdogPid: number; serverPid: number };

/** Whose server answers on the port; null while it does not. One started by hand names nobody and counts as in use. */
async function askOwner(paths: Paths, port: number): Promise<Owner | null> {
  const text = `SELECT coalesce(current_setting('masthead.watchdog_pid', true), '0')::int AS "watchdogPid",
                       coalesce(current_setting('masthead.server_pid', true), '0')::int AS "serverPid"`;
  try {
    return await onMaintenance(paths, port, async (client) => (await client.query<Owner>(text)).rows[0] ?? null);
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code?.startsWith('28')) throw error;
    return null;
  }
}

async function createDatabase(paths: Paths, port: number): Promise<void> {
  await onMaintenance(paths, port, async (client) => {
    const found = await client.query(`SELECT FROM pg_database WHERE datname = 'masthead'`);
    if (found.rowCount) return;
    await client.query('CREATE DATABASE masthead').catch((error: unknown) => {
      // Two starts at once: the other made it.
      const code = error instanceof pg.DatabaseError ? error.code : undefined;
      if (code !== '42P04' && code !== '23505') throw error;
    });
  });
}

async function onMaintenance<T>(paths: Paths, port: number, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: urlOf(paths, port, 'postgres'), connectionTimeoutMillis: 5000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const urlOf = (paths: Paths, port: number, database: string) =>
  `postgresql://postgres:${readPassword(paths)}@127.0.0.1:${port}/${database}`;
