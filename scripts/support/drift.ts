// The difference between what the migrations make and what the schema says, found on a throw-away PostgreSQL.
// Looks at no other database: a deployed one may be behind, which is the runner's business.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startTemporaryPostgres } from '../../src/platform/db/embedded/temporary.ts';
import { migrate } from '../../src/platform/db/migrate.ts';
import { diffDatabase } from './schema-engine.ts';
import { readUnmanaged, removeUnmanaged } from './unmanaged.ts';

/** The folder `prisma` of this project. */
export const prismaDir = join(import.meta.dirname, '..', '..', 'prisma');

/** The SQL that is missing from the migrations of a `prisma` folder; empty when there is none. */
export async function findDrift(dir: string): Promise<string> {
  const schema = await readFile(join(dir, 'schema.prisma'), 'utf8');
  const list = join(dir, 'unmanaged.json');
  const unmanaged = readUnmanaged(existsSync(list) ? await readFile(list, 'utf8') : '{}');
  const server = await startTemporaryPostgres();
  try {
    await migrate(server.url, { dir: join(dir, 'migrations') });
    return removeUnmanaged(await diffDatabase(server.url, schema), unmanaged);
  } finally {
    await server.stop();
  }
}
