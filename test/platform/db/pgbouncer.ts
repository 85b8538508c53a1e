// A real PgBouncer in transaction mode, in front of one database, on a port of its own. It trusts everyone who reaches it
// over loopback and keeps few sessions, so that one client's statements land on several.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished } from 'vitest';
import { nobody } from '../../../src/platform/db/embedded/account.ts';

/** Debian puts it where only root looks. */
const program = ['pgbouncer', '/usr/sbin/pgbouncer'].find((name) => spawnSync(name, ['--version']).status === 0);

export const whyNoPgBouncer = program === undefined ? 'PgBouncer is not installed (apt-get install pgbouncer)' : null;

export type PgBouncer = {
  /** The database through it. */
  readonly url: string;
  /** Sessions that it holds open with the server now. */
  countSessions(): Promise<number>;
  /** New sessions from now on, as after a change of their settings. */
  reconnect(): Promise<void>;
};

export async function startPgBouncer(databaseUrl: string, settings: readonly string[] = []): Promise<PgBouncer> {
  const port = await findFreePort();
  const folder = mkdtempSync(join(tmpdir(), 'masthead-pgbouncer-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(file, printConfiguration(new URL(databaseUrl), port, settings));
  // It refuses to be root, and the password is for it alone.
  const user = process.getuid?.() === 0 ? nobody : null;
  if (user !== null) for (const path of [folder, file]) chownSync(path, user.uid, user.gid);
  const child = spawn(program!, [file], { ...user, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const url = `postgresql://masthead@127.0.0.1:${port}/masthead`;
  const command = (text: string) => onConsole(port, text);
  const answers = () =>
    command('SHOW VERSION').then(
      () => true,
      () => false,
    );
  await expect.poll(answers, { timeout: 10_000, interval: 20 }).toBe(true);
  return {
    url,
    countSessions: async () => (await command('SHOW SERVERS')).filter((row) => row.database === 'masthead').length,
    reconnect: async () => void (await command('RECONNECT masthead')),
  };
}

function printConfiguration(database: URL, port: number, settings: readonly string[]): string {
  const { hostname, port: serverPort, pathname, username, password } = database;
  const server = `host=${hostname} port=${serverPort} dbname=${pathname.slice(1)}`;
  return `[databases]
masthead = ${server} user=${username} password=${decodeURIComponent(password)}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
admin_users = masthead
${settings.join('\n')}
`;
}

async function onConsole(port: number, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'masthead', database: 'pgbouncer' });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
