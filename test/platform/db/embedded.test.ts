// The embedded PostgreSQL as its caller sees it: it comes up, keeps its data, shares its folder and leaves nothing.
import { execFileSync } from 'node:child_process';
import { appendFileSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { chooseAccount } from '../../../src/platform/db/embedded/account.ts';
import { findBinaries } from '../../../src/platform/db/embedded/binaries.ts';
import { ensureCluster, pathsBelow, readPassword } from '../../../src/platform/db/embedded/cluster.ts';
import { launchPostgres } from '../../../src/platform/db/embedded/launch.ts';
import { startEmbeddedPostgres } from '../../../src/platform/db/embedded/start.ts';
import {
  isAlive,
  isPortOpen,
  makeClusterFolder,
  makeFolder,
  query,
  readPostmaster,
  showSetting,
  waitForEnd,
} from './embedded-folder.ts';

const isRoot = process.getuid?.() === 0;

async function start(dataDir: string) {
  const server = await startEmbeddedPostgres({ dataDir, tuning: { fsync: false } });
  onTestFinished(() => server.stop());
  return server;
}

test('a stopped server leaves no process and no open port, and the next start finds its data', async () => {
  const dataDir = join(makeFolder(), 'data');
  const first = await start(dataDir);
  const pids = [readPostmaster(dataDir), Number(await showSetting(first.url, 'masthead.watchdog_pid'))];
  await query(first.url, 'CREATE TABLE story AS SELECT 7 AS number');
  await first.stop();
  await first.stop();
  expect(pids.map(isAlive)).toEqual([false, false]);
  expect(await isPortOpen(first.url)).toBe(false);
  const second = await start(dataDir);
  expect(await query(second.url, 'SELECT number FROM story')).toEqual([{ number: 7 }]);
});

test('the cluster speaks UTF-8 and UTC, sorts by code point, splits Chinese words, and listens only here', async () => {
  const { url } = await start(await makeClusterFolder());
  const [row] = await query(
    url,
    `SELECT current_setting('server_encoding') AS encoding, current_setting('timezone') AS zone, current_database() AS name,
            current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
            (SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = current_database()) AS locale,
            to_tsvector('simple', '上海。北京')::text AS words`,
  );
  expect(row).toEqual({
    encoding: 'UTF8',
    zone: 'UTC',
    name: 'masthead',
    addresses: '127.0.0.1',
    sockets: '',
    locale: 'bC.UTF-8',
    words: "'上海':1 '北京':2",
  });
});

test('the password is random, needed, and readable by its owner only', async () => {
  const dataDir = await makeClusterFolder();
  const { url } = await start(dataDir);
  expect(statSync(join(dataDir, 'postgres', 'password')).mode & 0o777).toBe(0o600);
  const address = new URL(url);
  expect(address.password.length).toBeGreaterThanOrEqual(32);
  address.password = 'guess';
  await expect(query(address.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
});

test('two starts at once on the same empty folder both come up, on one database', async () => {
  const dataDir = makeFolder();
  const [one, two] = await Promise.all([start(dataDir), start(dataDir)]);
  await query(one.url, 'CREATE TABLE story AS SELECT 7 AS number');
  expect(await query(two.url, 'SELECT number FROM story')).toEqual([{ number: 7 }]);
  expect(readdirSync(dataDir).filter((name) => name.includes('draft'))).toEqual([]);
});

test('a start on a folder in use shares the server and does not stop it', async () => {
  const dataDir = await makeClusterFolder();
  const first = await start(dataDir);
  const second = await start(dataDir);
  expect(second.url).toBe(first.url);
  await second.stop();
  expect(await isPortOpen(first.url)).toBe(true);
});

test.runIf(isRoot)('started by root below a folder that only root may enter, it comes up as another user', async () => {
  const dataDir = join(makeFolder(0o700), 'clone', '.masthead');
  const { url } = await start(dataDir);
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(statSync(`/proc/${readPostmaster(dataDir)}`).uid).not.toBe(0);
});

test.runIf(isRoot)('the programs too may lie below a folder that only root may enter', async () => {
  const folder = makeFolder(0o700);
  const paths = pathsBelow(join(folder, 'data'));
  mkdirSync(paths.dataDir);
  execFileSync('cp', ['-a', join(dirname(findBinaries().initdb), '..'), join(folder, 'native')]);
  const programs = join(folder, 'native', 'bin');
  const binaries = { initdb: join(programs, 'initdb'), postgres: join(programs, 'postgres') };
  await ensureCluster(paths, binaries, false);
  const launched = await launchPostgres(paths, binaries, { durable: false, disposable: false });
  onTestFinished(async () => launched?.stop());
  const url = `postgresql://postgres:${readPassword(paths)}@127.0.0.1:${launched?.port}/postgres`;
  // It also finds and loads the library of an extension there.
  await query(url, 'CREATE EXTENSION btree_gist');
  expect(await query(url, `SELECT FROM pg_extension WHERE extname = 'btree_gist'`)).toHaveLength(1);
});

test.runIf(isRoot)(
  'started by root in the folder of a user, it runs as that user, or as nobody if it has no name',
  async () => {
    for (const [uid, expected] of [
      [1, 1],
      [4321, 65_534],
    ] as const) {
      const folder = makeFolder();
      chownSync(folder, uid, uid);
      await start(join(folder, 'data'));
      expect(statSync(join(folder, 'data', 'postgres', 'cluster')).uid).toBe(expected);
    }
  },
);

test.runIf(isRoot)('a folder that cannot be entered is named where the system offers no way in', () => {
  const folder = makeFolder(0o700);
  vi.stubEnv('PATH', '/nowhere');
  onTestFinished(() => void vi.unstubAllEnvs());
  const user = { uid: 65_534, gid: 65_534 };
  expect(() => chooseAccount(user, [join(folder, 'cluster')])).toThrow(`it cannot enter ${folder}`);
  expect(chooseAccount(user, ['/tmp'])).toEqual({ prefix: [], ...user });
});

test('a cluster that was left half-made is made again', async () => {
  const dataDir = makeFolder();
  // No process has this number: it is above what Linux gives out.
  const draft = join(dataDir, 'postgres.draft-99999999-aaaa');
  mkdirSync(join(draft, 'cluster'), { recursive: true });
  writeFileSync(join(draft, 'cluster', 'PG_VERSION'), '18\n');
  await start(dataDir);
  expect(existsSync(draft)).toBe(false);
});

test('a lock file whose process number now belongs to another program does not hinder', async () => {
  const dataDir = await makeClusterFolder();
  await (await start(dataDir)).stop();
  const lock = [process.pid, join(dataDir, 'postgres', 'cluster'), 0, 1, '', '127.0.0.1', '', 'ready', ''];
  writeFileSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), lock.join('\n'));
  const { url } = await start(dataDir);
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a start that fails says what PostgreSQL said and leaves no process', async () => {
  const dataDir = await makeClusterFolder();
  const server = await start(dataDir);
  const postmaster = readPostmaster(dataDir);
  await server.stop();
  appendFileSync(join(dataDir, 'postgres', 'cluster', 'postgresql.conf'), '\nnonsense_setting = 1\n');
  await expect(start(dataDir)).rejects.toThrow(/did not start.*nonsense_setting/s);
  await waitForEnd(postmaster);
  expect(existsSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'))).toBe(false);
});

test('a platform without binaries gets an error that says what to do', () => {
  expect(() => findBinaries('linux', 's390x')).toThrow(/linux-s390x.*Set DATABASE_URL.*--omit=optional/);
});
