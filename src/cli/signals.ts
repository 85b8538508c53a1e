// What a signal asks for. SIGTERM and SIGINT stop in order; SIGHUP does, too, unless there are workers and no terminal:
// then it restarts them, as SIGUSR2 always does.
import type { Logger } from 'pino';
import { closeLostTerminal, hasTerminal } from './terminal.ts';

export type Obeying = { readonly log: Logger; stop(): Promise<void>; restart?(): Promise<void> };

export function obeySignals({ log, stop, restart }: Obeying): void {
  // On a terminal SIGHUP says that it was closed.
  const isReload = restart !== undefined && !hasTerminal;
  stopOnSignal(log, stop, isReload ? [] : ['SIGHUP']);
  if (restart !== undefined) restartOnSignal(restart, isReload ? ['SIGHUP', 'SIGUSR2'] : ['SIGUSR2']);
}

/** For a worker: whoever signals the whole group means the primary. */
export function leaveRestartsToPrimary(): void {
  for (const signal of ['SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => undefined);
}

// Within that time two signals are one that came twice: npm passes on the Ctrl-C that we have got from the terminal.
const sameSignalMs = 500;

/** A second SIGTERM or SIGINT stops at once. `more`: further signals that stop, of which a second one says nothing new. */
export function stopOnSignal(log: Logger, stop: () => Promise<void>, more: readonly NodeJS.Signals[] = []): void {
  closeLostTerminal();
  let stoppingAt: number | undefined;
  const begin = async (signal: NodeJS.Signals) => {
    if (stoppingAt !== undefined) return;
    stoppingAt = performance.now();
    log.info({ signal }, 'stopping');
    await endProcess(log, stop);
  };
  for (const signal of more) process.on(signal, begin);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stoppingAt !== undefined && performance.now() - stoppingAt > sameSignalMs) process.exit(1);
      void begin(signal);
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

/** One restart at a time; however many signals come during one, one more follows it. */
function restartOnSignal(restart: () => Promise<void>, signals: readonly NodeJS.Signals[]): void {
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
  for (const signal of signals) process.on(signal, run);
}
