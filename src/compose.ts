// The composition root: opens what the program needs (database, clock, log) and hands it out; close() undoes it in
// reverse order. With a DATABASE_URL that server is used, without one an embedded Postgres is started.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { createIdSource } from './core/ids.ts';
import { createRefusalLog } from './platform/auth/refusals.ts';
import type { Config } from './platform/config/config.ts';
import { followDatabaseClock } from './platform/db/clock.ts';
import { openDb } from './platform/db/db.ts';
import { listMigrations, migrate } from './platform/db/migrate.ts';
import type { Deps } from './platform/deps.ts';
import { findStoredKey } from './resources/api-keys/queries.ts';

export const migrationsDir = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

export type Composition = {
  readonly deps: Deps;
  readonly isEmbedded: boolean;
  /** For what needs a session of its own: migrations. */
  readonly databaseUrl: string;
  close(): Promise<void>;
};
export type ComposeOptions = { readonly migrate: boolean };

export async function compose(config: Config, log: Logger, options: ComposeOptions): Promise<Composition> {
  const database = await provideDatabase(config, log);
  try {
    const databaseUrl = config.databaseDirectUrl ?? database.url;
    if (options.migrate) await bringUpToDate(databaseUrl, log);
    const { databasePoolSize: poolSize, statementTimeoutMs, slowQueryMs } = config;
    const db = openDb({ url: database.url, poolSize, statementTimeoutMs, slowQueryMs, log });
    const clock = await followDatabaseClock(db.sql);
    const newId = createIdSource(clock);
    const deps: Deps = {
      config,
      publicUrl: config.publicUrl ?? `http://${hostForUrl(config.host)}:${config.port}`,
      db,
      clock,
      newId,
      log,
      keys: {
        find: (digest) => findStoredKey(db.sql, digest, clock.now()),
        refusals: createRefusalLog({ db, clock, newId, log }),
      },
      migrations: await listMigrations(migrationsDir),
    };
    const close = async () => {
      clock.stop();
      await db.close();
      await database.stop();
    };
    return { deps, isEmbedded: config.databaseUrl === undefined, databaseUrl, close };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function bringUpToDate(url: string, log: Logger): Promise<void> {
  const applied = await migrate(url, { dir: migrationsDir });
  if (applied.length > 0) log.info({ applied }, 'database migrated');
}

type Database = { url: string; stop(): Promise<void> };

async function provideDatabase(config: Config, log: Logger): Promise<Database> {
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl, stop: async () => undefined };
  // Loaded only when needed: it is an optional dependency.
  const { startEmbeddedPostgres } = await import('./platform/db/embedded/start.ts');
  return startEmbeddedPostgres({ dataDir: resolve(config.dataDir), log: (message) => log.debug(message) });
}

/** An address that a client can open; a wildcard is none. */
function hostForUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
