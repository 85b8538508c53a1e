// The embedded PostgreSQL when processes die without a word: no orphan stays, and no data is lost.
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startEmbeddedPostgres } from '../../../src/platform/db/embedded/start.ts';
import {
  isAlive,
  isPortOpen,
  killAll,
  makeClusterFolder,
  makeFolder,
  query,
  readLine,
  readPostmaster,
  spawnProcess,
  spawnServer,
  waitForEnd,
} from './embedded-folder.ts';

async function start(dataDir: string) {
  const server = await startEmbeddedPostgres({ dataDir });
  onTestFinished(() => server.stop());
  return server;
}

const writeStory = (url: string) => query(url, 'CREATE TABLE story AS SELECT 7 AS number');
const readStory = (url: string) => query(url, 'SELECT number FROM story');

test('the watchdog stops PostgreSQL when its server is killed', async () => {
  const server = await spawnServer(await makeClusterFolder());
  expect([server.pid, server.watchdog, server.postmaster].map(isAlive)).toEqual([true, true, true]);
  killAll(server.pid);
  await waitForEnd(server.pid, server.watchdog, server.postmaster);
  expect(await isPortOpen(server.url)).toBe(false);
});

test('a start right after the server was killed waits for the old PostgreSQL to go', async () => {
  const dataDir = await makeClusterFolder();
  const server = await spawnServer(dataDir);
  await writeStory(server.url);
  killAll(server.pid);
  const next = await start(dataDir);
  expect(readPostmaster(dataDir)).not.toBe(server.postmaster);
  expect(await readStory(next.url)).toEqual([{ number: 7 }]);
  await waitForEnd(server.watchdog, server.postmaster);
});

test('a start after everything was killed, PostgreSQL included, finds what was committed', async () => {
  const dataDir = await makeClusterFolder();
  const server = await spawnServer(dataDir);
  await writeStory(server.url);
  killAll(server.pid, server.watchdog, server.postmaster);
  const next = await start(dataDir);
  expect(await readStory(next.url)).toEqual([{ number: 7 }]);
});

test('a PostgreSQL that lost server and watchdog is ended by the next start', async () => {
  const dataDir = await makeClusterFolder();
  const server = await spawnServer(dataDir);
  await writeStory(server.url);
  killAll(server.watchdog, server.pid);
  expect(isAlive(server.postmaster)).toBe(true);
  const next = await start(dataDir);
  expect(isAlive(server.postmaster)).toBe(false);
  expect(await readStory(next.url)).toEqual([{ number: 7 }]);
});

test('a server whose watchdog was killed still stops its PostgreSQL', async () => {
  const server = await spawnServer(await makeClusterFolder());
  killAll(server.watchdog);
  process.kill(server.pid, 'SIGINT');
  await waitForEnd(server.pid, server.postmaster);
});

test('Ctrl-C reaches the server and not its database, which answers until it is stopped', async () => {
  const server = await spawnServer(await makeClusterFolder());
  // What a terminal does: the signal goes to the whole group.
  process.kill(-server.pid, 'SIGINT');
  expect(await readLine(server.process)).toBe('drained 1');
  const [code] = server.process.exitCode === null ? await once(server.process, 'exit') : [server.process.exitCode];
  expect(code).toBe(0);
  expect([server.watchdog, server.postmaster].map(isAlive)).toEqual([false, false]);
});

test('a process killed while it makes the cluster leaves a folder that the next start can use', async () => {
  const dataDir = makeFolder();
  const child = spawnProcess(dataDir);
  const drafts = () => readdirSync(dataDir).filter((name) => name.startsWith('postgres.draft'));
  await expect
    .poll(() => drafts().some((name) => existsSync(join(dataDir, name, 'cluster', 'PG_VERSION'))), {
      interval: 5,
      timeout: 15_000,
    })
    .toBe(true);
  killAll(child.pid ?? 0);
  await waitForEnd(child.pid ?? 0);
  expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
  const { url } = await start(dataDir);
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(drafts()).toEqual([]);
});

test('a disposable folder goes even when its server is killed', async () => {
  const dataDir = await makeClusterFolder();
  const server = await spawnServer(dataDir, '--disposable');
  killAll(server.pid);
  await waitForEnd(server.watchdog, server.postmaster);
  expect(existsSync(dataDir)).toBe(false);
});
