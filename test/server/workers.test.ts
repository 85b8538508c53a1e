// Several workers behind one port: all of them serve, none of them is needed, and none outlives the server.
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { onDatabase } from '../support/database-address.ts';
import { isAlive, isPortFree, runMasthead, serve } from '../support/masthead.ts';
import { connect, connectToEach, key, untilGone, untilWorkers } from './crew.ts';
import { openRequest } from './half-request.ts';

const patience = { timeout: 120_000 };
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(import.meta.url);
});
afterAll(() => database.drop());

const start = (env: Record<string, string> = {}) =>
  serve({ DATABASE_URL: database.url, MASTHEAD_BOOTSTRAP_KEY: key, ...env }, { args: ['--workers', '2'] });

const countEvents = (type: string, subjectId: string) =>
  onDatabase(database.url, async (client) => {
    const text = 'select count(*)::int as count from event where type = $1 and subject_id = $2';
    return (await client.query<{ count: number }>(text, [type, subjectId])).rows[0]?.count;
  });

describe('masthead serve --workers 2', () => {
  it(
    'answers with both, what is written through one is read through the other, and stops as one',
    patience,
    async () => {
      // A grace beyond the patience of this test: a stop that waits for it fails.
      const server = await start({ SHUTDOWN_GRACE_MS: '300000' });
      const pids = await untilWorkers(server, 2);
      expect(new Set([server.pid, ...pids]).size).toBe(3);
      const connections = await connectToEach(server, pids);
      for (const writer of connections.values()) {
        const created = await writer.send('POST', '/v1/articles', { body: { title: '一处写,处处读' } });
        expect(created.status).toBe(201);
        const { id } = JSON.parse(created.text) as { id: string };
        for (const reader of connections.values()) {
          const read = await reader.send('GET', `/v1/articles/${id}?perspective=draft`);
          expect([read.status, JSON.parse(read.text)]).toEqual([200, expect.objectContaining({ id, revision: 1 })]);
        }
      }
      const request = openRequest(server, key);
      await request.running;
      server.kill('SIGTERM');
      await server.says(/"msg":"stopping"/);
      request.finish();
      expect(await request.answer).toMatch(/HTTP\/1\.1 201 /);
      expect(await server.ended).toEqual({ code: 0, signal: null });
      expect(pids.filter(isAlive)).toEqual([]);
      expect(await isPortFree(server.port)).toBe(true);
      expect(server.stderr()).toBe('');
    },
  );

  it(
    'replaces a worker that was killed, while the other answers and what comes due is announced once',
    patience,
    async () => {
      const server = await start();
      const [victim = 0, other = 0] = await untilWorkers(server, 2);
      const connections = await connectToEach(server, [victim, other]);
      const survivor = connections.get(other)!;
      const created = await survivor.send('POST', '/v1/articles', { body: { title: '定时发布' } });
      const { id } = JSON.parse(created.text) as { id: string };
      const at = new Date(Date.now() + 3000).toISOString();
      const scheduled = await survivor.send('POST', `/v1/articles/${id}/publish`, { body: { at }, ifMatch: '"r1"' });
      expect(scheduled.status).toBe(200);

      process.kill(victim, 'SIGKILL');
      expect((await survivor.send('GET', '/v1/articles')).status).toBe(200);
      const [, , successor = 0] = await untilWorkers(server, 3);
      expect(isAlive(victim)).toBe(false);
      const again = await connectToEach(server, [other, successor]);
      for (const connection of again.values())
        expect((await connection.send('GET', `/v1/articles/${id}?perspective=draft`)).status).toBe(200);
      await expect.poll(() => countEvents('article.published', id), { timeout: 30_000 }).toBe(1);
      server.kill('SIGTERM');
      expect(await server.ended).toEqual({ code: 0, signal: null });
      expect(await countEvents('article.published', id)).toBe(1);
    },
  );

  it('stops at once on a second signal, and takes its workers along', patience, async () => {
    const server = await start({ SHUTDOWN_GRACE_MS: '300000' });
    const pids = await untilWorkers(server, 2);
    const request = openRequest(server, key);
    await request.running;
    server.kill('SIGINT');
    await server.says(/"msg":"stopping"/);
    // One that comes at once counts as the same; somebody who means it presses again.
    const again = setInterval(() => server.kill('SIGINT'), 200);
    expect(await server.ended.finally(() => clearInterval(again))).toEqual({ code: 1, signal: null });
    expect(await request.answer).not.toMatch(/HTTP\/1\.1 201 /);
    await untilGone(pids);
    expect(await isPortFree(server.port)).toBe(true);
  });

  it('ends its workers, too, when it is killed', patience, async () => {
    const server = await start();
    const pids = await untilWorkers(server, 2);
    const connection = connect(server, { keepAlive: true });
    expect((await connection.send('GET', '/v1/articles')).status).toBe(200);
    server.kill('SIGKILL');
    await untilGone([server.pid, ...pids]);
    expect(await isPortFree(server.port)).toBe(true);
  });
});

describe('a start with workers that cannot go well', () => {
  it(
    'gives up with a clear message and exit code 1 when they end before they serve, again and again',
    patience,
    async () => {
      const dies = `import{isWorker}from%22node:cluster%22;isWorker&&process.exit(3)`;
      const env = { DATABASE_URL: database.url, PORT: '0', NODE_OPTIONS: `--import=data:text/javascript,${dies}` };
      const run = await runMasthead(['serve', '--workers', '2'], { env });
      expect(run).toMatchObject({ code: 1, signal: null });
      expect(run.stderr).toBe(
        'Workers ended 5 times in a row before they were ready, for the reasons above; giving up.\n',
      );
      expect(run.stdout).not.toMatch(/is ready|mh_/);
    },
  );

  it('on a port that is taken says so as one process does', patience, async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await expect.poll(() => taken.listening).toBe(true);
    const { port } = taken.address() as AddressInfo;
    const env = { DATABASE_URL: database.url, PORT: String(port), MASTHEAD_WORKERS: '2' };
    const run = await runMasthead(['serve'], { env });
    expect(run).toMatchObject({ code: 1, signal: null });
    expect(run.stderr).toContain(`Port ${port} on 127.0.0.1 is taken.`);
  });

  it.each(['0', 'abc'])('--workers %s is refused with a clear message', patience, async (count) => {
    const run = await runMasthead(['serve', '--workers', count]);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain(`argument '${count}' is invalid. It must be a whole number from 1 to 99, or auto.`);
  });
});
