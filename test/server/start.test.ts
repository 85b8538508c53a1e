// How the server starts on a database that is given, and how it refuses to start: at once, with every reason, in words
// that say what to do, and without a value that might be a secret.
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { isSupported } from '../../src/cli/node-version.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts';
import { onDatabase } from '../support/database-address.ts';
import { isPortFree, runMasthead, serve, spawnMasthead } from '../support/masthead.ts';

const patience = { timeout: 60_000 };

async function useDatabase(create: typeof createTestDatabase): Promise<string> {
  const database = await create(import.meta.url);
  onTestFinished(() => database.drop());
  return database.url;
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'masthead-start-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

type List = { data: { title: string }[] };
const listArticles = async (url: string) => (await (await fetch(`${url}/v1/articles`)).json()) as List;

it('with DATABASE_URL no database is started and no seed is loaded', patience, async () => {
  const folder = makeFolder();
  const url = await useDatabase(createTestDatabase);
  const server = await serve({ DATABASE_URL: url, MASTHEAD_DATA_DIR: join(folder, 'data') });
  expect((await listArticles(server.url)).data).toEqual([]);
  expect(existsSync(join(folder, 'data'))).toBe(false);
  expect(server.stdout()).toMatch(/Key {5}mh_/);
  server.kill('SIGINT');
  expect(await server.ended).toEqual({ code: 0, signal: null });
  expect(await isPortFree(server.port)).toBe(true);
});

it(
  'two processes that start at once on an empty database both come up, with one seed and one key',
  patience,
  async () => {
    const url = await useDatabase(createEmptyDatabase);
    const env = { DATABASE_URL: url, MASTHEAD_SEED: 'true' };
    const servers = await Promise.all([serve(env), serve(env)]);
    for (const server of servers) {
      const { data } = await listArticles(server.url);
      expect(data.map(({ title }) => title)).toEqual([expect.stringContaining('青岛')]);
      expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    }
    expect(servers.filter((server) => server.stdout().includes('mh_'))).toHaveLength(1);
    const counts = await onDatabase(url, (client) =>
      client.query(
        'SELECT (SELECT count(*)::int FROM api_key) AS keys, (SELECT count(*)::int FROM article) AS articles',
      ),
    );
    expect(counts.rows).toEqual([{ keys: 1, articles: 1 }]);
    for (const server of servers) server.kill('SIGTERM');
    for (const server of servers) expect(await server.ended).toEqual({ code: 0, signal: null });
  },
);

it('MASTHEAD_BOOTSTRAP_KEY is an admin key, is printed nowhere, and once revoked stays revoked', patience, async () => {
  const url = await useDatabase(createTestDatabase);
  const secret = 'the-first-key-of-this-newsroom-0123456789';
  const env = { DATABASE_URL: url, MASTHEAD_BOOTSTRAP_KEY: secret, LOG_LEVEL: 'trace' };
  const headers = { Authorization: `Bearer ${secret}` };
  const first = await serve(env);
  const me = (await (await fetch(`${first.url}/v1/me`, { headers })).json()) as { role: string; key: { id: string } };
  expect(me.role).toBe('admin');
  const gone = await fetch(`${first.url}/v1/api-keys/${me.key.id}`, { method: 'DELETE', headers });
  expect(gone.status).toBe(204);
  first.kill('SIGTERM');
  await first.ended;
  expect(first.stdout() + first.stderr()).not.toContain(secret);
  const second = await serve(env);
  expect((await fetch(`${second.url}/v1/me`, { headers })).status).toBe(401);
  second.kill('SIGTERM');
  await second.ended;
});

it.each(['1', '2'])(
  'no statement of the start is a slow query; one of the service is: %s process(es)',
  patience,
  async (workers) => {
    const key = 'the-first-key-of-this-newsroom-0123456789';
    const server = await serve({
      DATABASE_URL: await useDatabase(createEmptyDatabase),
      MASTHEAD_SEED: 'true',
      MASTHEAD_BOOTSTRAP_KEY: key,
      MASTHEAD_WORKERS: workers,
      SLOW_QUERY_MS: '1',
    });
    const slow = () => server.stdout().match(/.*"msg":"slow query".*/g) ?? [];
    const write = async () => {
      const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
      await fetch(`${server.url}/v1/tags`, { method: 'POST', headers, body: JSON.stringify({ name: randomUUID() }) });
      return slow().length;
    };
    await expect.poll(write, { timeout: 30_000, interval: 20 }).toBeGreaterThan(0);
    // What only a start asks for, through either way to the database.
    expect(slow().filter((line) => /installation|clock_timestamp|_prisma_migrations|"select 1"/.test(line))).toEqual(
      [],
    );
  },
);

it(
  'on a Node that is not supported, serve and worker warn once, whatever the number of processes',
  patience,
  async () => {
    const warnings = isSupported(process.versions.node) ? 0 : 1;
    const count = (said: string) => said.match(/"msg":"this version of Node is not supported/g)?.length ?? 0;
    const url = await useDatabase(createTestDatabase);
    const server = await serve({ DATABASE_URL: url, MASTHEAD_WORKERS: '2' });
    server.kill('SIGTERM');
    await server.ended;
    expect(count(server.stdout())).toBe(warnings);
    const worker = spawnMasthead(['worker'], { env: { DATABASE_URL: url, LOG_FORMAT: 'json' } });
    await worker.says(/worker is ready/);
    worker.kill('SIGTERM');
    await worker.ended;
    expect(count(worker.stdout())).toBe(warnings);
  },
);

it('a port that is taken is a clear message and exit code 1', patience, async () => {
  const url = await useDatabase(createTestDatabase);
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await expect.poll(() => other.listening).toBe(true);
  const port = String((other.address() as AddressInfo).port);
  const run = await runMasthead(['serve'], { env: { DATABASE_URL: url, PORT: port } });
  expect(run).toMatchObject({ code: 1, signal: null });
  expect(run.stderr).toBe(`Port ${port} on 127.0.0.1 is taken. Set PORT to another one, or stop what listens there.\n`);
  expect(run.stdout).not.toMatch(/is ready|mh_/);
});

it('a configuration with faults names them all together, without a value, and exit code 1', patience, async () => {
  const env = {
    PORT: 'geheim-port',
    DATABASE_URL: 'mysql://user:geheim@host/db',
    MASTHEAD_BOOTSTRAP_KEY: 'geheim-short',
    MASTHEAD_TIME_ZONE: 'geheim/zone',
    LOG_LEVEL: 'geheim',
  };
  const run = await runMasthead(['serve'], { env });
  expect(run).toMatchObject({ code: 1, stdout: '' });
  for (const name of Object.keys(env)) expect(run.stderr).toContain(`${name}: `);
  expect(run.stderr).not.toContain('geheim');
  expect(run.stderr).not.toMatch(/\n\s+at /);
});

it.each<[string, 'port' | 'password' | 'pathname', string, RegExp]>([
  ['does not answer', 'port', '1', /database does not answer at 127\.0\.0\.1:1\. Check DATABASE_URL/],
  ['refuses the password', 'password', 'geheim', /refused the user or password of DATABASE_URL/],
  ['does not exist', 'pathname', '/nowhere', /"nowhere" does not exist\. Create it/],
])('a database that %s is a clear message and exit code 1', patience, async (_name, part, value, message) => {
  const url = new URL(await useDatabase(createTestDatabase));
  url[part] = value;
  const run = await runMasthead(['serve'], { env: { DATABASE_URL: url.href, PORT: '0' } });
  expect(run).toMatchObject({ code: 1, signal: null });
  expect(run.stderr).toMatch(message);
  expect(run.stderr).not.toMatch(/\n\s+at |geheim/);
});
