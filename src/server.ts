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
    const { deps, isEmbedded } = composition;
    if (config.seed ?? isEmbedded) await loadSeed(deps);
    // A chosen key is there before the first request. A random one is made when nothing can fail any more: it is shown
    // once, and must not be lost to a port that is taken.
    if (config.bootstrapKey !== undefined) await provideFirstKey(composition, config);
    app = await buildApp(deps);
    await app.listen({ host: config.host, port: config.port });
    const firstKey = await provideFirstKey(composition, config);
    const worker = startWorker(composition.deps);
    return { url: composition.deps.publicUrl, firstKey, stop: createStop(app, worker, composition, config) };
  } catch (error) {
    await app?.close();
    await composition.close();
    throw error;
  }
}

function provideFirstKey({ deps }: Composition, config: Config): Promise<string | null> {
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
