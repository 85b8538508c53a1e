// Writes the next migration of a `prisma` folder from the difference between its schema and its migrations.
// Refuses an empty difference, a name that is no word, and a place in the history before the last migration.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findDrift } from './drift.ts';

const wellNamed = /^[a-z][a-z0-9_]{0,59}$/;

/** Answers with the path of the file it wrote. */
export async function writeMigration(dir: string, name: string, now: Date): Promise<string> {
  if (!wellNamed.test(name))
    throw new Error(`"${name}" is no name for a migration: use a-z, 0-9 and _, as add_tag_colour`);
  const folder = `${timestampOf(now)}_${name}`;
  const last = await findLastMigration(join(dir, 'migrations'));
  if (last !== undefined && folder <= last) throw new Error(`${folder} would come before ${last}: is the clock wrong?`);
  const sql = await findDrift(dir);
  if (sql === '') throw new Error('nothing to write: the migrations already make what the schema says');
  const file = join(dir, 'migrations', folder, 'migration.sql');
  await mkdir(join(dir, 'migrations', folder), { recursive: true });
  await writeFile(file, sql);
  return file;
}

const timestampOf = (now: Date) => now.toISOString().slice(0, 19).replace(/\D/g, '');

async function findLastMigration(dir: string): Promise<string | undefined> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return names.sort().at(-1);
}
