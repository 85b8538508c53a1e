// The command `masthead serve`.
import type { Command } from 'commander';
import { loadConfig } from '../platform/config/config.ts';
import { createLog } from '../platform/log.ts';
import { startServer } from '../server.ts';
import { stopOnSignal } from './signals.ts';

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('Serve the API, and announce what comes due. Without DATABASE_URL an embedded PostgreSQL is started.')
    .action(async () => {
      const config = loadConfig();
      const log = createLog(config);
      const server = await startServer(config, log);
      process.stdout.write(greet(server.url, server.firstKey));
      stopOnSignal(log, server.stop);
    });
}

function greet(url: string, firstKey: string | null): string {
  const lines = ['', '  Masthead is ready.', `    API     ${url}/v1/articles`, `    Docs    ${url}/docs`];
  if (firstKey !== null) lines.push(`    Key     ${firstKey}`, '            (admin; shown this once, keep it)');
  return `${lines.join('\n')}\n\n`;
}
