// The command `masthead migrate`.
import type { Command } from 'commander';
import { compose, migrationsDir, nameDirectUrl } from '../compose.ts';
import { connectingBy } from '../platform/db/connecting.ts';
import { pendingMigrations } from '../platform/db/migrate.ts';
import { createLog } from '../platform/log.ts';
import { loadQuietConfig, print } from './context.ts';

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('Apply the migrations that the database does not have.')
    .option('--check', 'only list them; exits with 1 if there are any')
    .action(async (options: { check?: boolean }) => {
      const config = loadQuietConfig();
      const composition = await compose(config, createLog(config, process.stderr), { migrate: options.check !== true });
      try {
        if (options.check === true)
          await connectingBy(nameDirectUrl(config), () => listPending(composition.databaseUrl));
        else print('The database has every migration.');
      } finally {
        await composition.close();
      }
    });
}

async function listPending(url: string): Promise<void> {
  const pending = await pendingMigrations(url, { dir: migrationsDir });
  print(pending.length === 0 ? 'The database has every migration.' : pending.join('\n'));
  if (pending.length > 0) process.exitCode = 1;
}
