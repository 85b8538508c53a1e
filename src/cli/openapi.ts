// The command `masthead openapi`.
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { buildDocument } from '../openapi.ts';

export function addOpenapi(program: Command): void {
  program
    .command('openapi')
    .description('Print the OpenAPI document; no database is needed.')
    .option('--out <file>', 'write it there instead')
    .action(async (options: { out?: string }) => {
      const text = `${JSON.stringify(await buildDocument(), null, 2)}\n`;
      if (options.out === undefined) process.stdout.write(text);
      else await writeFile(options.out, text);
    });
}
