#!/usr/bin/env node
// `masthead`: one command per file. Results go to stdout, everything else to stderr; a failure exits with 1.
import { Command } from 'commander';
import { documentInfo } from '../document.ts';
import { addConfig } from './config.ts';
import { explainFailure } from './failure.ts';
import { addImport } from './import.ts';
import { addKeys } from './keys.ts';
import { addMigrate } from './migrate.ts';
import { addOpenapi } from './openapi.ts';
import { addPurge } from './purge.ts';
import { addReindex } from './reindex.ts';
import { addSeed } from './seed.ts';
import { addServe } from './serve.ts';
import { addVerify } from './verify.ts';
import { addWorker } from './worker.ts';

// A reader that has gone (`| head`, `| tee`) ends no command: what it does matters more than who reads of it.
for (const out of [process.stdout, process.stderr]) out.on('error', () => undefined);

const program = new Command('masthead')
  .description('A headless CMS backend for newsrooms. Configuration comes from the environment; see `masthead config`.')
  .version(documentInfo.version)
  .showHelpAfterError();

for (const add of [
  addServe,
  addWorker,
  addMigrate,
  addSeed,
  addImport,
  addKeys,
  addPurge,
  addVerify,
  addReindex,
  addOpenapi,
  addConfig,
])
  add(program);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${explainFailure(error)}\n`);
  process.exitCode = 1;
}
