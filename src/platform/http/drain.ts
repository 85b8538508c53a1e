// How a listening server ends: it takes no new connections, requests that run may finish, and what takes longer than the
// grace is cut off.
import { Server as NetServer } from 'node:net';
import type { FastifyInstance } from 'fastify';

export type Drain = {
  /** Nobody will serve here: connections that wait for their next request are closed at once. */
  stop(): Promise<void>;
  /** Another process goes on serving here: whoever has a connection gets one more answer on it. */
  retire(): Promise<void>;
};

export function createDrain(app: FastifyInstance, graceMs: number): Drain {
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= close(app, graceMs);
    return stopped;
  };
  return {
    stop,
    async retire() {
      await giveLastAnswers(app, graceMs);
      await stop();
    },
  };
}

async function close(app: FastifyInstance, graceMs: number): Promise<void> {
  const cutOff = setTimeout(() => app.server.closeAllConnections(), graceMs);
  await app.close();
  clearTimeout(cutOff);
}

/** Closing a connection that waits could meet a request that is on its way; saying so in an answer meets none. */
async function giveLastAnswers({ server }: FastifyInstance, graceMs: number): Promise<void> {
  server.prependListener('request', (_request, response) => void response.setHeader('Connection', 'close'));
  await new Promise<void>((resolve) => {
    const enough = setTimeout(resolve, graceMs);
    server.once('close', () => {
      clearTimeout(enough);
      resolve();
    });
    // That of HTTP would also close the connections that wait.
    NetServer.prototype.close.call(server);
  });
}
