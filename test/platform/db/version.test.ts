// Which PostgreSQL is taken: one that is too old is refused at the start, before anything is written to it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { nobody } from '../../../src/platform/db/embedded/account.ts';
import { requireVersion } from '../../../src/platform/db/version.ts';
import { findFreePort } from '../../server/edge.ts';
import { onDatabase } from '../../support/database-address.ts';
import { runMasthead } from '../../support/masthead.ts';

it('a server of the needed version is taken, one below it refused with both versions and what to do', async () => {
  const url = inject('databaseAdminUrl');
  await expect(requireVersion(url)).resolves.toBeUndefined();
  await expect(requireVersion(url, 999)).rejects.toThrow(
    /^The database is PostgreSQL \d+[.\d]*\D*.*, and Masthead needs 999 or newer\. Upgrade it, or name another one in DATABASE_URL/,
  );
});

const binaries = '/usr/lib/postgresql/15/bin';

describe.runIf(existsSync(binaries))('on PostgreSQL 15', () => {
  let old: { url: string; stop(): Promise<void> };
  beforeAll(async () => {
    old = await startOld();
  }, 60_000);
  afterAll(() => old?.stop());

  it.each(['serve', 'serve --workers 2', 'worker', 'migrate', 'migrate --check', 'keys list'])(
    'masthead %s says so, exits with 1 and writes nothing',
    { timeout: 60_000 },
    async (command) => {
      const run = await runMasthead(command.split(' '), { env: { DATABASE_URL: old.url, PORT: '0' } });
      expect(run).toMatchObject({ code: 1, signal: null });
      expect(run.stderr).toMatch(/^The database is PostgreSQL 15\.\d+.*, and Masthead needs 17 or newer\. .*\n$/);
      const tables = await onDatabase(old.url, (client) =>
        client.query(`select from pg_tables where schemaname = 'public'`),
      );
      expect(tables.rowCount).toBe(0);
    },
  );
});

async function startOld() {
  const folder = mkdtempSync(join(tmpdir(), 'masthead-old-'));
  // PostgreSQL does not run as root.
  const account = process.getuid?.() === 0 ? nobody : null;
  if (account) chownSync(folder, account.uid, account.gid);
  const where = { ...account, cwd: folder };
  execFileSync(`${binaries}/initdb`, ['-D', folder, '-U', 'postgres', '-A', 'trust', '--no-sync'], where);
  const port = await findFreePort();
  const settings = ['-p', `${port}`, '-h', '127.0.0.1', '-k', '', '-F'];
  const server = spawn(`${binaries}/postgres`, ['-D', folder, ...settings], { ...where, stdio: 'ignore' });
  const stop = async () => {
    await end(server);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  try {
    const answer = () => onDatabase(url, (client) => client.query('select 1'));
    await vi.waitFor(answer, { timeout: 30_000, interval: 50 });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGQUIT');
  await ended;
}
