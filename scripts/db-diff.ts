// npm run db:diff -- <name>: writes the next migration from prisma/schema.prisma. Read it before you commit it.
import { prismaDir } from './support/drift.ts';
import { writeMigration } from './support/migration-file.ts';

const [name, ...rest] = process.argv.slice(2);

try {
  if (name === undefined || rest.length > 0) throw new Error('usage: npm run db:diff -- <name>');
  console.log(await writeMigration(prismaDir, name, new Date()));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
