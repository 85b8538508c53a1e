// The server: opens what there is once (database, seed, first key), then serves HTTP, in this process or by workers of
// which each opens what it needs, and stops in reverse order.
import { createServer } from 'node:net';
import type { Logger } from 'pino';
import { buildApp } from './app.ts';
import { loadSeed } from './channels/imports/seed.ts';
import { type Composition, compose } from './compose.ts';
import { systemPrincipal } from './platform/auth/principal.ts';
import { type Restarted, startWorkers } from './platform/cluster/primary.ts';
import { askPrimary } from './platform/cluster/worker.ts';
import type { Config } from './platform/config/config.ts';
import type { Deps } from './platform/deps.ts';
import { createDrain, type Drain } from './platform/http/drain.ts';
import { requireReady } from './platform/http/health.ts';
import { collectWorkers } from './platform/telemetry/cluster-metrics.ts';
import { ensureFirstKey } from './resources/api-keys/commands.ts';
import { startWorker } from './worker.ts';

export type Server = {
  readonly url: string;
  readonly firstKey: string | null;
  stop(): Promise<void>;
  /** Only with workers. */
  readonly cluster?: Cluster;
};
export type Cluster = {
  /** Replaces the workers one after the other, with this configuration; those that it could not replace go on. */
  restart(next: Config): Promise<Restarted>;
  /** Settles when the workers cannot be kept up. */
  readonly failed: Promise<Error>;
};
/** What stays as it was when the program started, whatever a restart's configuration says. */
export const fixedAtStart = ['host', 'port', 'workers', 'shutdownGraceMs', 'databaseUrl', 'dataDir'] as const;
type Serving = { stop(): Promise<void>; cluster?: Cluster };

export async function startServer(given: Config, log: Logger): Promise<Server> {
  const config = await choosePort(given);
  const composition = await compose(config, log, { migrate: true });
  let serving: Serving | undefined;
  try {
    const { deps, isEmbedded } = composition;
    if (config.seed ?? isEmbedded) await loadSeed(deps);
    // A chosen key is there before the first request. A random one is made when nothing can fail any more: it is shown
    // once, and must not be lost to a port that is taken.
    if (config.bootstrapKey !== undefined) await provideFirstKey(deps);
    serving = config.workers === 1 ? await serveHttp(deps) : await serveByWorkers(composition);
    const firstKey = await provideFirstKey(deps);
    composition.noteServing();
    // Once, where it outlives any worker.
    const background = startWorker(deps);
    const stop = once(async () => {
      await serving?.stop();
      await background.stop();
      await composition.close();
    });
    return { url: deps.publicUrl, firstKey, stop, cluster: serving.cluster };
  } catch (error) {
    await serving?.stop();
    await composition.close();
    throw error;
  }
}

/** What a worker of the cluster is: it finds the database prepared, and serves. */
export async function startServerWorker(createLog: (config: Config) => Logger): Promise<Drain & { log: Logger }> {
  const config = await askPrimary<Config>('config');
  const log = createLog(config);
  const composition = await compose(config, log, { migrate: false });
  try {
    // Prisma's first query takes a fifth of a second, which no request shall wait for.
    await Promise.all([requireReady(composition.deps), composition.deps.db.prisma.$queryRaw`select 1`]);
    composition.noteServing();
    const drain = await serveHttp(composition.deps);
    const close = once(composition.close);
    return {
      log,
      stop: () => drain.stop().then(close),
      retire: () => drain.retire().then(close),
    };
  } catch (error) {
    await composition.close();
    throw error;
  }
}

async function serveHttp(deps: Deps): Promise<Drain> {
  const { host, port, shutdownGraceMs } = deps.config;
  deps.delivery.feed.start();
  deps.db.reads.start();
  const app = await buildApp(deps);
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw error;
  }
  return createDrain(app, shutdownGraceMs);
}

async function serveByWorkers({ deps, databaseUrl }: Composition): Promise<Serving> {
  const { log, config } = deps;
  const { host, port, shutdownGraceMs, workers: count } = config;
  // What the primary holds itself, a new worker shares.
  const shared = { host, port, shutdownGraceMs, databaseUrl: config.databaseUrl ?? databaseUrl };
  let current = { ...config, ...shared };
  const answers = { config: () => current, metrics: collectWorkers(deps.metrics.collectBackground) };
  const workers = await startWorkers({ count, log, answers, graceMs: shutdownGraceMs });
  return {
    stop: workers.stop,
    cluster: {
      failed: workers.failed,
      async restart(next) {
        const before = current;
        current = { ...next, ...shared };
        const restarted = await workers.restart();
        if (!restarted.isDone) current = before;
        return restarted;
      },
    },
  };
}

function provideFirstKey({ config, db, clock, newId, project }: Deps): Promise<string | null> {
  const act = { principal: systemPrincipal('bootstrap'), now: clock.now(), newId, requestId: null, project };
  return ensureFirstKey(db, act, config.bootstrapKey);
}

/** A port that workers share is known before they start, and they must not be the ones who find it taken. */
async function choosePort(config: Config): Promise<Config> {
  if (config.port !== 0 && config.workers === 1) return config;
  return { ...config, port: await probePort(config) };
}

function probePort({ host, port }: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(port, host, () => {
      const address = probe.address();
      const free = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(free));
    });
  });
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
