// SIGTERM and SIGINT stop in order; a second signal stops at once.
import type { Logger } from 'pino';

export function stopOnSignal(log: Logger, stop: () => Promise<void>): void {
  let isStopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, async () => {
      if (isStopping) process.exit(1);
      isStopping = true;
      log.info({ signal }, 'stopping');
      try {
        await stop();
        log.info('stopped');
        process.exitCode = 0;
      } catch (error) {
        log.error({ err: error }, 'stopping failed');
        process.exitCode = 1;
      }
      // Whatever still holds the event loop must not keep a stopped process alive.
      setTimeout(() => process.exit(), 500).unref();
    });
  }
}
