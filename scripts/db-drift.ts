// Prints the SQL that the schema asks for and the migrations do not make; with --check, fails when there is any.
import { parseArgs } from 'node:util';
import { findDrift, prismaDir } from './support/drift.ts';

try {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const sql = await findDrift(prismaDir);
  if (sql !== '') console.log(`${sql}\n-- The schema and the migrations differ: npm run db:diff -- <name>`);
  if (sql !== '' && values.check) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
