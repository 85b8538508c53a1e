// No connection, no start: whoever starts the program is told which variable to correct, without what it holds.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { explainConnection } from '../../../src/platform/db/connecting.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { runMasthead } from '../../support/masthead.ts';

const patience = { timeout: 120_000 };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(import.meta.url);
});
afterAll(() => database.drop());

type Part = 'port' | 'password' | 'pathname' | 'hostname';
function wrong(part: Part, value: string): string {
  const url = new URL(database.url);
  url[part] = value;
  return url.href;
}

// On an old Node the log begins with a warning.
const quiet = { PORT: '0', LOG_LEVEL: 'error' };

it.each<[Part, value: string, told: RegExp]>([
  ['port', '1', /^The database does not answer at 127\.0\.0\.1:1\. Check DATABASE_DIRECT_URL\.\n$/],
  ['password', 'geheim', /^The database refused the user or password of DATABASE_DIRECT_URL\.\n$/],
  ['pathname', '/nowhere', /"nowhere" does not exist\. Create it, or name another in DATABASE_DIRECT_URL\.\n$/],
  ['hostname', 'host.invalid', /^The host host\.invalid of the database is not known\. Check DATABASE_DIRECT_URL\.\n$/],
])('a DATABASE_DIRECT_URL with a wrong %s is blamed by its name', patience, async (part, value, told) => {
  const env = { DATABASE_URL: database.url, DATABASE_DIRECT_URL: wrong(part, value) };
  for (const args of [['serve'], ['migrate', '--check']]) {
    const run = await runMasthead(args, { env: { ...env, ...quiet } });
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(told);
    expect(run.stderr).not.toContain('geheim');
  }
});

it('a wrong DATABASE_URL beside a right DATABASE_DIRECT_URL is blamed by its name', patience, async () => {
  const env = { DATABASE_URL: wrong('port', '1'), DATABASE_DIRECT_URL: database.url, ...quiet };
  const run = await runMasthead(['serve'], { env });
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toBe('The database does not answer at 127.0.0.1:1. Check DATABASE_URL.\n');
});

it('a host with several addresses is told by the first that does not answer', () => {
  const refusals = ['::1', '127.0.0.1'].map((address) =>
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', address, port: 5432 }),
  );
  const failure = Object.assign(new AggregateError(refusals), { code: 'ECONNREFUSED' });
  expect(explainConnection(failure, 'DATABASE_URL')).toBe(
    'The database does not answer at ::1:5432. Check DATABASE_URL.',
  );
});

it.each([
  ['192.0.2.1', '192.0.2.1 is no address of this machine. Set HOST to one, or to 0.0.0.0 for all.\n'],
  ['host.invalid', 'The host host.invalid is not known. Check HOST.\n'],
])('a HOST that cannot be listened on is blamed by its name: %s', patience, async (host, told) => {
  const run = await runMasthead(['serve'], { env: { DATABASE_URL: database.url, HOST: host, ...quiet } });
  expect(run).toMatchObject({ code: 1, stdout: '', stderr: told });
});
