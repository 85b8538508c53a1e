// SIGTERM and SIGINT stop in order; a second signal stops at once. SIGHUP and SIGUSR2 restart what can be restarted.
import type { Logger } from 'pino';

export function stopOnSignal(log: Logger, stop: () => Promise<void>): void {
  let isStopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, async () => {
      if (isStopping) process.exit(1);
      isStopping = true;
      log.info({ signal }, 'stopping');
      await endProcess(log, stop);
    });
  }
}

/** Stops in order and ends; `code` where all goes well. */
export async function endProcess(log: Logger, stop: () => Promise<void>, code = 0): Promise<void> {
  try {
    await stop();
    log.info('stopped');
    process.exitCode = code;
  } catch (error) {
    log.error({ err: error }, 'stopping failed');
    process.exitCode = 1;
  }
  // Whatever still holds the event loop must not keep a stopped process alive.
  setTimeout(() => process.exit(), 500).unref();
}

// On a terminal, SIGHUP says that it was closed: then the process ends, as ever.
const restartSignals = process.stdout.isTTY ? (['SIGUSR2'] as const) : (['SIGHUP', 'SIGUSR2'] as const);

/** One restart at a time; however many signals come during one, one more follows it. */
export function restartOnSignal(restart: () => Promise<void>): void {
  let isRunning = false;
  let isAsked = false;
  const run = async () => {
    isAsked = true;
    if (isRunning) return;
    isRunning = true;
    while (isAsked) {
      isAsked = false;
      await restart();
    }
    isRunning = false;
  };
  for (const signal of restartSignals) process.on(signal, run);
}

/** For a worker: whoever signals the whole group means the primary. */
export function leaveRestartsToPrimary(): void {
  for (const signal of ['SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => undefined);
}
