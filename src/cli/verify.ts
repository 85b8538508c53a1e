// The command `masthead verify`.
import type { Command } from 'commander';
import { isUuid } from '../core/ids.ts';
import type { Deps } from '../platform/deps.ts';
import { type Flaw, findArticleId, verifyVersions } from '../resources/articles/verify.ts';
import { print, withComposition } from './context.ts';

export function addVerify(program: Command): void {
  program
    .command('verify')
    .description('Prove that no stored version of an article was altered; names the first that was, and exits with 1.')
    .option('--article <idOrSlug>', 'only this one')
    .action((options: { article?: string }) =>
      withComposition(async ({ deps }) => {
        const only = options.article === undefined ? null : await findArticle(deps, options.article);
        const { articles, versions, flaw } = await verifyVersions(deps.db, only);
        print(`Checked articles: ${articles}, versions: ${versions}.`);
        print(flaw === null ? 'Every hash holds.' : describeFlaw(flaw));
        if (flaw !== null) process.exitCode = 1;
      }),
    );
}

async function findArticle({ db }: Deps, name: string): Promise<string> {
  const id = await findArticleId(db.sql, name, isUuid(name) ? name : null);
  if (id === null) throw new Error(`There is no article "${name}".`);
  return id;
}

function describeFlaw({ articleId, version, what }: Flaw): string {
  return `Altered: article ${articleId}${version === null ? '' : `, version ${version}`}: ${what}.`;
}
