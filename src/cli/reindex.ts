// The command `masthead reindex`.
import type { Command } from 'commander';
import { reindexAll } from '../channels/search/index/upkeep.ts';
import { print, withComposition } from './context.ts';

export function addReindex(program: Command): void {
  program
    .command('reindex')
    .description('Make the search index anew, while everything goes on; progress goes to stderr.')
    .action(() =>
      withComposition(async ({ deps }) => {
        const documents = await reindexAll(deps, ({ done, total }) => process.stderr.write(`${done} of ${total}\n`));
        print(`Indexed articles: ${documents}.`);
      }),
    );
}
