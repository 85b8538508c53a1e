// The command `masthead seed`.
import type { Command } from 'commander';
import { loadSeed } from '../channels/imports/seed.ts';
import { print, withComposition } from './context.ts';

export function addSeed(program: Command): void {
  program
    .command('seed')
    .description('Load the seed article, once for each database.')
    .action(() =>
      withComposition(async ({ deps }) => {
        const id = await loadSeed(deps);
        print(id === null ? 'This database has had the seed article before.' : `Seeded article ${id}.`);
      }),
    );
}
