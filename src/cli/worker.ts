// The command `masthead worker`.
import type { Command } from 'commander';
import { compose } from '../compose.ts';
import { loadConfig } from '../platform/config/config.ts';
import { createLog } from '../platform/log.ts';
import { startWorker } from '../worker.ts';
import { warnOfOldNode } from './node-version.ts';
import { obeySignals } from './signals.ts';

export function addWorker(program: Command): void {
  program
    .command('worker')
    .description(
      'Announce scheduled publications and expiries as they come due. `serve` does so too; any number may run.',
    )
    .action(async () => {
      const config = loadConfig();
      const log = createLog(config);
      warnOfOldNode(log);
      const composition = await compose(config, log, { migrate: true });
      composition.noteServing();
      const worker = startWorker(composition.deps);
      log.info('worker is ready');
      const stop = async () => {
        await worker.stop();
        await composition.close();
      };
      obeySignals({ log, stop });
    });
}
