// A primary and servers made from a copy of its stopped data folder, and a line to a server that can be led elsewhere or
// go dead, as an address does whose machine is replaced or loses its network.
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrationsDir } from '../../../src/compose.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/db/embedded/start.ts';
import { migrate } from '../../../src/platform/db/migrate.ts';
import { readPostmaster } from './embedded-folder.ts';

export type Folder = {
  readonly path: string;
  start(): Promise<EmbeddedPostgres>;
  postmaster(): number;
  remove(): void;
};

export function makeDataFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'masthead-replica-'));
  // PostgreSQL runs as another user when root starts it, and has to pass through.
  chmodSync(path, 0o711);
  return {
    path,
    start: () => startEmbeddedPostgres({ dataDir: path, tuning: { fsync: false } }),
    postmaster: () => readPostmaster(path),
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 10 }),
  };
}

/** A migrated database whose server is stopped: what standbys are copied from. */
export async function fillFolder(folder: Folder): Promise<void> {
  const server = await folder.start();
  try {
    await migrate(server.url, { dir: migrationsDir });
  } finally {
    await server.stop();
  }
}

/** A standby at the state of the copied folder. Its replay never waits for those who read. */
export function copyAsStandby(from: Folder): Folder {
  const folder = makeDataFolder();
  execFileSync('cp', ['-a', join(from.path, 'postgres'), folder.path]);
  writeFileSync(join(folder.path, 'postgres', 'cluster', 'standby.signal'), '');
  configure(folder, `max_standby_streaming_delay = 0`);
  return folder;
}

export function followPrimary(standby: Folder, primaryUrl: string): void {
  const { port, password } = new URL(primaryUrl);
  configure(standby, `primary_conninfo = 'host=127.0.0.1 port=${port} user=postgres password=${password}'`);
}

/** The last value of a setting counts. */
function configure(folder: Folder, line: string): void {
  appendFileSync(join(folder.path, 'postgres', 'cluster', 'postgresql.auto.conf'), `${line}\n`);
}

export type Line = {
  readonly url: string;
  /** New connections lead there; those that are open stay where they are. */
  leadTo(url: string): void;
  /** What the server says is kept back, and then said all at once. */
  setHeld(isHeld: boolean): void;
  /** What is said is lost, in both directions, and nobody is told. */
  setDead(isDead: boolean): void;
  close(): Promise<void>;
};

export async function openLine(url: string): Promise<Line> {
  let target = Number(new URL(url).port);
  let isDead = false;
  let isHeld = false;
  const held = new Map<Socket, Buffer[]>();
  const sockets = new Set<Socket>();
  const join = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.on('data', (chunk: Buffer) => {
      if (isHeld && from.remotePort === target) held.set(to, [...(held.get(to) ?? []), chunk]);
      else if (!isDead) to.write(chunk);
    });
    from.on('error', () => {});
    from.on('close', () => {
      sockets.delete(from);
      if (!held.has(to)) to.destroy();
    });
  };
  const server = createServer((caller) => {
    const called = connect(target, '127.0.0.1');
    join(caller, called);
    join(called, caller);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = new URL(url);
  address.port = String((server.address() as { port: number }).port);
  return {
    url: address.href,
    leadTo: (to) => {
      target = Number(new URL(to).port);
    },
    setHeld: (hold) => {
      isHeld = hold;
      if (!hold) for (const [to, chunks] of held) to.end(Buffer.concat(chunks));
      held.clear();
    },
    setDead: (dead) => {
      isDead = dead;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
