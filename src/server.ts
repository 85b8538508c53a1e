// The HTTP process: opens everything, listens, says where; on SIGTERM or SIGINT it drains and stops in reverse order.
import { createServer } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { buildApp } from './app.ts';
import { loadSeed } from './channels/imports/seed.ts';
import { type Composition, compose } from './compose.ts';
import { systemPrincipal } from './platform/auth/principal.ts';
import type { Config } from './platform/config/config.ts';
import { ensureFirstKey } from './resources/api-keys/commands.ts';
import { startWorker, type Worker } from './worker.ts';

export type Server = { readonly url: string; readonly firstKey: string | null; stop(): Promise<void> };

export async function startServer(given: Config, log: Logger): Promise<Server> {
  const config = given.port === 0 ? { ...given, port: await findFreePort(given.host) } : given;
  const composition = await compose(config, log, { migrate: true });
  let app: FastifyInstance | undefined;
  try {
    const firstKey = await prepare(composition, config);
    app = await buildApp(composition.deps);
    await app.listen({ host: config.host, port: config.port });
    const worker = startWorker(composition.deps);
    return { url: composition.deps.publicUrl, firstKey, stop: createStop(app, worker, composition, config) };
  } catch (error) {
    await app?.close();
    await composition.close();
    throw error;
  }
}

/** What must be there before the first request: the seed, if this database gets one, and a key. */
async function prepare({ deps, isEmbedded }: Composition, config: Config): Promise<string | null> {
  if (config.seed ?? isEmbedded) await loadSeed(deps);
  const act = { principal: systemPrincipal('bootstrap'), now: deps.clock.now(), newId: deps.newId, requestId: null };
  return ensureFirstKey(deps.db, act, config.bootstrapKey);
}

function createStop(
  app: FastifyInstance,
  worker: Worker,
  composition: Composition,
  config: Config,
): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    // No new connections; running requests end, and those that do not are cut off.
    const cutOff = setTimeout(() => app.server.closeAllConnections(), config.shutdownGraceMs);
    await app.close();
    clearTimeout(cutOff);
    await worker.stop();
    await composition.close();
  };
  return () => {
    stopped ??= stop();
    return stopped;
  };
}

function findFreePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, host, () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
