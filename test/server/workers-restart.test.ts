// The rolling restart: new workers take over one by one, and no client notices; what cannot go well changes nothing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { onDatabase } from '../support/database-address.ts';
import { isAlive, type Serving, serve } from '../support/masthead.ts';
import { connect, findWorker, key, untilGone, untilWorkers } from './crew.ts';
import { openRequest } from './half-request.ts';

const patience = { timeout: 120_000 };
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(import.meta.url);
});
afterAll(() => database.drop());

const allows = async (server: Serving, origin: string) => {
  const headers = { Origin: origin, Connection: 'close' };
  const answer = await fetch(`${server.url}/v1/articles`, { headers });
  expect(answer.status).toBe(200);
  return answer.headers.get('access-control-allow-origin') === origin;
};

/** A worker that starts now is never ready. */
async function hideMigrations(): Promise<void> {
  const rename = (from: string, to: string) =>
    onDatabase(database.url, (client) => client.query(`alter table ${from} rename to ${to}`));
  await rename('_prisma_migrations', 'hidden');
  onTestFinished(() => rename('hidden', '_prisma_migrations').then(() => {}));
}

const start = (env: Record<string, string>, cwd?: string) =>
  serve({ DATABASE_URL: database.url, MASTHEAD_BOOTSTRAP_KEY: key, MASTHEAD_WORKERS: '2', ...env }, { cwd });

it(
  'SIGHUP replaces every worker under load, on kept and on new connections, and loses no request',
  patience,
  async () => {
    const server = await start({
      SHUTDOWN_GRACE_MS: '5000',
      REQUEST_TIMEOUT_MS: '300000',
      OVERLOAD_EVENT_LOOP_DELAY_MS: '0',
    });
    const before = await untilWorkers(server, 2);
    let isOver = false;
    const answered: string[] = [];
    const failed: unknown[] = [];
    const keepAsking = async (ask: (path: string) => Promise<{ status: number; requestId: string }>) => {
      while (!isOver) {
        const asked = await ask('/v1/articles').catch((error: unknown) => ({ status: error, requestId: '' }));
        if (asked.status === 200) answered.push(asked.requestId);
        else failed.push(asked.status);
        // A steady pace and no flood: whoever starts needs the processors, too.
        await delay(10);
      }
    };
    const byFetch = async (path: string) => {
      const { status, headers, body } = await fetch(`${server.url}${path}`);
      await body?.cancel();
      return { status, requestId: headers.get('x-request-id') ?? '' };
    };
    const asking = [
      ...[true, true, false].map((keepAlive) => {
        const { send } = connect(server, { keepAlive });
        return keepAsking((path) => send('GET', path));
      }),
      keepAsking(byFetch),
    ];
    const untilAnswered = (more: number) => {
      const goal = answered.length + more;
      return expect.poll(() => answered.length, { timeout: 30_000 }).toBeGreaterThan(goal);
    };
    await untilAnswered(50);
    // One that began on an old worker ends there, though a new one has taken over.
    const request = openRequest(server, key);
    await request.running;
    server.kill('SIGHUP');
    const [, , third = 0] = await untilWorkers(server, 3);
    request.finish();
    expect(await request.answer).toMatch(/HTTP\/1\.1 201 /);
    await server.says(/"msg":"the workers are replaced"/);
    await untilAnswered(50);
    isOver = true;
    await Promise.all(asking);

    expect(failed).toEqual([]);
    const [, , , fourth = 0] = await untilWorkers(server, 4);
    expect(before.filter(isAlive)).toEqual([]);
    expect([third, fourth].every(isAlive)).toBe(true);
    expect(before).toContain(await findWorker(server, answered[0]!));
    expect([third, fourth]).toContain(await findWorker(server, answered.at(-1)!));
    expect(server.stdout()).not.toContain('"signal":"SIGKILL"');
    server.kill('SIGTERM');
    expect(await server.ended).toEqual({ code: 0, signal: null });
  },
);

it('SIGHUP reads .env anew, and one with a fault changes nothing', patience, async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'masthead-workers-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const configure = (text: string) => writeFileSync(join(cwd, '.env'), text);
  configure('CORS_ORIGINS=https://before.test\n');
  const server = await start({ SHUTDOWN_GRACE_MS: '2000' }, cwd);
  const first = await untilWorkers(server, 2);
  expect(await allows(server, 'https://before.test')).toBe(true);

  configure('CORS_ORIGINS=https://after.test\nMASTHEAD_SLUG_POLICY=geheim\n');
  server.kill('SIGHUP');
  await server.says(/MASTHEAD_SLUG_POLICY: .*"msg":"the workers were not replaced"/);
  expect(server.stdout()).not.toContain('geheim');
  expect([await allows(server, 'https://before.test'), first.every(isAlive)]).toEqual([true, true]);

  // Another address is no fault, but the address is what the workers share: it stays.
  configure('CORS_ORIGINS=https://after.test\nHOST=127.0.0.2\n');
  server.kill('SIGUSR2');
  await server.says(/"ignored":\["HOST"\],"msg":"these variables stay as they were until the next start"/);
  await untilWorkers(server, 4);
  await untilGone(first);
  // One to each.
  for (let asked = 0; asked < 2; asked++) expect(await allows(server, 'https://after.test')).toBe(true);
});

it('a restart that only some workers could be replaced in says so, and how many are left', patience, async () => {
  const server = await start({ SHUTDOWN_GRACE_MS: '10000', REQUEST_TIMEOUT_MS: '300000' });
  const before = await untilWorkers(server, 2);
  // One on each: neither old worker ends before the test says so.
  const requests = [openRequest(server, key), openRequest(server, key)];
  await Promise.all(requests.map(({ running }) => running));
  server.kill('SIGHUP');
  await untilWorkers(server, 3);
  await hideMigrations();
  for (const request of requests) request.finish();
  await server.says(/"replaced":1,"left":1,"msg":"a new worker did not come up; the restart is half done/);
  await expect.poll(() => before.filter(isAlive).length).toBe(1);
});

it(
  'a new worker that is not ready takes nobody’s place; with none left and none to follow, the server gives up',
  patience,
  async () => {
    const server = await start({ SHUTDOWN_GRACE_MS: '2000' });
    const pids = await untilWorkers(server, 2);
    await hideMigrations();
    server.kill('SIGHUP');
    await server.says(/"msg":"a new worker did not come up; those that were running go on"/);
    expect(server.stderr()).toContain('The database does not answer, or has not been migrated.');
    expect(server.stdout()).toContain('"msg":"a new worker ended before it could take the place of another"');
    expect(server.stdout()).not.toContain('it is replaced');
    const { send } = connect(server, { keepAlive: false });
    for (let asked = 0; asked < 2; asked++) expect((await send('GET', '/v1/articles')).status).toBe(200);
    expect(pids.every(isAlive)).toBe(true);

    for (const pid of pids) process.kill(pid, 'SIGKILL');
    expect(await server.ended).toEqual({ code: 1, signal: null });
    expect(server.stderr()).toMatch(/Workers ended 5 times in a row before they were ready/);
  },
);
