// The composition root: opens what the program needs (database, clock, log) and hands it out; close() undoes it in
// reverse order. With a DATABASE_URL that server is used, without one an embedded Postgres is started.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { openDictionary } from './channels/search/index/dictionary.ts';
import { createSearchProjection } from './channels/search/index/projection.ts';
import { createIdSource } from './core/ids.ts';
import { documentInfo } from './document.ts';
import { createRefusalLog } from './platform/auth/refusals.ts';
import { isWorker } from './platform/cluster/worker.ts';
import type { Config } from './platform/config/config.ts';
import { followDatabaseClock } from './platform/db/clock.ts';
import { connectingBy } from './platform/db/connecting.ts';
import { openDb } from './platform/db/db.ts';
import { listMigrations, migrate } from './platform/db/migrate.ts';
import { requireSession } from './platform/db/session.ts';
import { requireVersion } from './platform/db/version.ts';
import { openDelivery } from './platform/delivery/delivery.ts';
import { choosePurgeTarget } from './platform/delivery/purge/targets.ts';
import type { Deps } from './platform/deps.ts';
import { findEpoch } from './platform/events/data-version.ts';
import { createAdmission } from './platform/http/admission.ts';
import { watchPressure } from './platform/http/pressure.ts';
import { collectFromCluster } from './platform/telemetry/cluster-metrics.ts';
import { createMetrics } from './platform/telemetry/metrics.ts';
import type { Tracing } from './platform/telemetry/tracing.ts';
import { findStoredKey } from './resources/api-keys/queries.ts';

export const migrationsDir = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

export type Composition = {
  readonly deps: Deps;
  readonly isEmbedded: boolean;
  /** For what needs a session of its own: migrations. */
  readonly databaseUrl: string;
  /** From now on a statement that is slow is one of the service. */
  noteServing(): void;
  close(): Promise<void>;
};
export type ComposeOptions = { readonly migrate: boolean };

export async function compose(config: Config, log: Logger, options: ComposeOptions): Promise<Composition> {
  const tracing = await provideTracing(config, log);
  const database = await provideDatabase(config, log);
  const release = async () => {
    await database.stop();
    await tracing.stop();
  };
  try {
    const databaseUrl = config.databaseDirectUrl ?? database.url;
    await connectingBy(nameDirectUrl(config), async () => {
      await requireVersion(databaseUrl);
      if (options.migrate) await bringUpToDate(databaseUrl, log);
    });
    const addresses = { url: database.url, directUrl: databaseUrl };
    const { deps, noteServing, close } = await connectingBy('DATABASE_URL', () => openDeps(config, log, addresses));
    return {
      deps,
      isEmbedded: config.databaseUrl === undefined,
      databaseUrl,
      noteServing,
      close: () => close().then(release),
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The variable that `databaseUrl` comes from. */
export const nameDirectUrl = ({ databaseDirectUrl }: Config) =>
  databaseDirectUrl === undefined ? 'DATABASE_URL' : 'DATABASE_DIRECT_URL';

type Addresses = { readonly url: string; readonly directUrl: string };

async function openDeps(config: Config, log: Logger, { url, directUrl }: Addresses) {
  const { databasePoolSize: poolSize, statementTimeoutMs, slowQueryMs, databasePooler: pooler } = config;
  if (pooler === 'transaction') await requireSession(url, statementTimeoutMs);
  const metrics = createMetrics(isWorker ? { collectCluster: collectFromCluster } : {});
  let isServing = false;
  const db = openDb({
    url,
    poolSize,
    statementTimeoutMs,
    slowQueryMs,
    isServing: () => isServing,
    log,
    pooler,
    replicaUrls: config.databaseReplicaUrls,
    watchPool: metrics.watchPool,
  });
  const clock = await followDatabaseClock(db.sql);
  const newId = createIdSource(clock);
  const delivery = openDelivery({
    url: directUrl,
    log,
    cacheBytes: config.cacheSizeBytes,
    epoch: await findEpoch(db.sql),
    purgeTarget: choosePurgeTarget(config),
    clock,
    metrics,
  });
  const admission = createAdmission({ config, clock, metrics, pressure: watchPressure(config) });
  const segmenter = openDictionary(db.sql, clock);
  const deps: Deps = {
    config,
    publicUrl: config.publicUrl ?? `http://${hostForUrl(config.host)}:${config.port}`,
    db,
    delivery,
    admission,
    clock,
    newId,
    log,
    keys: {
      find: (digest) => findStoredKey(db.sql, digest, clock.now()),
      refusals: createRefusalLog({ db, clock, newId, log }),
    },
    metrics,
    project: createSearchProjection(segmenter),
    segmenter,
    migrations: await listMigrations(migrationsDir),
  };
  const noteServing = () => {
    isServing = true;
  };
  const close = async () => {
    clock.stop();
    admission.close();
    await delivery.close();
    await db.close();
  };
  return { deps, noteServing, close };
}

async function bringUpToDate(url: string, log: Logger): Promise<void> {
  const applied = await migrate(url, { dir: migrationsDir });
  if (applied.length > 0) log.info({ applied }, 'database migrated');
}

async function provideTracing({ otlpEndpoint, shutdownGraceMs }: Config, log: Logger): Promise<Tracing> {
  if (otlpEndpoint === undefined) return { stop: async () => undefined };
  const { startTracing } = await import('./platform/telemetry/tracing.ts');
  return startTracing({ endpoint: otlpEndpoint, version: documentInfo.version, log, graceMs: shutdownGraceMs });
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
