// The command `masthead config`.
import type { Command } from 'commander';
import { describeConfig, loadConfig } from '../platform/config/config.ts';
import { print } from './context.ts';

export function addConfig(program: Command): void {
  program
    .command('config')
    .description('Print the effective configuration, secrets redacted.')
    .action(() => print(describeConfig(loadConfig())));
}
