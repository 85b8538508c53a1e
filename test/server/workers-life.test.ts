// Several workers on the embedded database: it is the server's, not theirs, and goes last, however the server goes.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { isAlive, isPortFree, serve } from '../support/masthead.ts';
import { connect, connectToEach, key, untilGone, untilWorkers } from './crew.ts';

it('seeds once, shows one key, and leaves no process and no port behind on kill -9 and on SIGTERM', {
  timeout: 120_000,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'masthead-workers-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 10 }));
  // PostgreSQL runs as another user when root starts it, and has to pass through.
  chmodSync(dataDir, 0o711);
  const readPostmaster = () =>
    Number(readFileSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
  const env = { MASTHEAD_DATA_DIR: dataDir, MASTHEAD_WORKERS: '2' };

  const first = await serve(env);
  const keys = first.stdout().match(/mh_\w+/g) ?? [];
  expect(keys).toHaveLength(1);
  const pids = await untilWorkers(first, 2);
  for (const connection of (await connectToEach(first, pids, keys[0])).values()) {
    const list = JSON.parse((await connection.send('GET', '/v1/articles')).text) as { data: unknown[] };
    expect(list.data).toHaveLength(1);
  }
  const killed = [first.pid, ...pids, readPostmaster()];
  expect(killed.every(isAlive)).toBe(true);
  first.kill('SIGKILL');
  await untilGone(killed);

  const second = await serve({ ...env, MASTHEAD_BOOTSTRAP_KEY: key, PORT: String(first.port) });
  const stopped = [second.pid, ...(await untilWorkers(second, 2)), readPostmaster()];
  expect(second.stdout()).not.toMatch(/Key {5}/);
  expect((await connect(second, { keepAlive: true }).send('GET', '/v1/articles')).status).toBe(200);
  second.kill('SIGTERM');
  expect(await second.ended).toEqual({ code: 0, signal: null });
  expect(stopped.filter(isAlive)).toEqual([]);
  expect(await isPortFree(second.port)).toBe(true);
});
