// The command `masthead worker`.
import type { Command } from 'commander';
import { compose } from '../compose.ts';
import { loadConfig } from '../platform/config/config.ts';
import { createLog } from '../platform/log.ts';
import { startWorker } from '../worker.ts';
import { stopOnSignal } from './signals.ts';

export function addWorker(program: Command): void {
  program
    .command('worker')
    .description(
      'Announce scheduled publications and expiries as they come due. `serve` does so too; any number may run.',
    )
    .action(async () => {
      const config = loadConfig();
      const log = createLog(config);
      const composition = await compose(config, log, { migrate: true });
      const worker = startWorker(composition.deps);
      log.info('worker is ready');
      // Keeps the process alive: the worker's own timer does not.
      const alive = setInterval(() => undefined, 60_000);
      stopOnSignal(log, async () => {
        clearInterval(alive);
        await worker.stop();
        await composition.close();
      });
    });
}
