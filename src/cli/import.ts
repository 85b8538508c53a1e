// The command `masthead import`.
import { type Command, Option } from 'commander';
import { importPage, readPage } from '../channels/imports/import-page.ts';
import { decodePageText } from '../channels/imports/page-text/decode.ts';
import { parsePageText } from '../channels/imports/page-text/parse.ts';
import { systemPrincipal } from '../platform/auth/principal.ts';
import { rehearse, runTransaction } from '../platform/db/transactions.ts';
import { printArticle } from '../resources/articles/view.ts';
import { print, withComposition } from './context.ts';
import { readPageFile } from './page-file.ts';

type Options = { publish?: boolean; dryRun?: boolean; onMissing: 'create' | 'refuse' };

export function addImport(program: Command): void {
  program
    .command('import')
    .description('Import a news page saved as text (UTF-8, UTF-16 with BOM, or GB18030).')
    .argument('<file>', 'the page')
    .option('--publish', 'publish it at once')
    .option('--dry-run', 'show the article that would come of it, store nothing')
    .addOption(
      new Option('--on-missing <policy>', 'a section, source or person that is not here')
        .choices(['create', 'refuse'])
        .default('create'),
    )
    .action(async (file: string, options: Options) => {
      const bytes = await readPageFile(file);
      await withComposition(async ({ deps }, config) => {
        const page = parsePageText(decodePageText(bytes), { timeZone: config.timeZone });
        const act = {
          principal: systemPrincipal('command line'),
          now: deps.clock.now(),
          newId: deps.newId,
          requestId: null,
          project: deps.project,
        };
        const read = await readPage(page);
        const order = { publish: options.publish === true, onMissing: options.onMissing };
        const run = options.dryRun === true ? rehearse : runTransaction;
        const imported = await run(deps.db, 'mixed', (tx) => importPage(deps, tx, act, read, order));
        print(JSON.parse(printArticle(imported.row, { body: 'text' }, { warnings: imported.warnings })));
      });
    });
}
