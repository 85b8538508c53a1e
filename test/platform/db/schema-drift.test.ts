// The drift check on small projects of its own and on the real one, and the script that writes the next migration.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findDrift, prismaDir } from '../../../scripts/support/drift.ts';
import { writeMigration } from '../../../scripts/support/migration-file.ts';
import { readUnmanaged, removeUnmanaged } from '../../../scripts/support/unmanaged.ts';

const model = (fields: string) => `datasource db {
  provider = "postgresql"
}

model Story {
  id Int @id
  ${fields}

  @@map("story")
}
`;

const first = `CREATE TABLE "story" ("id" INTEGER NOT NULL, "path" TEXT[], CONSTRAINT "story_pkey" PRIMARY KEY ("id"));
CREATE INDEX story_path_idx ON story USING gin (path);`;

async function makeProject(fields: string, unmanaged: Record<string, string>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'masthead-prisma-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await mkdir(join(dir, 'migrations', '20260101000000_init'), { recursive: true });
  await writeFile(join(dir, 'migrations', '20260101000000_init', 'migration.sql'), first);
  await writeFile(join(dir, 'schema.prisma'), model(fields));
  await writeFile(join(dir, 'unmanaged.json'), JSON.stringify(unmanaged));
  return dir;
}

const list = { story_path_idx: 'a GIN index, which this schema does not name' };

test('the migrations of this project make what its schema says', async () => {
  expect(await findDrift(prismaDir)).toBe('');
});

test('a column that only the schema has is drift', async () => {
  const dir = await makeProject('path String[]\n  title String?', list);
  expect(await findDrift(dir)).toBe('-- AlterTable\nALTER TABLE "story" ADD COLUMN     "title" TEXT;\n');
});

test('an object that only the migrations have is drift unless it is listed', async () => {
  expect(await findDrift(await makeProject('path String[]', {}))).toBe('-- DropIndex\nDROP INDEX "story_path_idx";\n');
  expect(await findDrift(await makeProject('path String[]', list))).toBe('');
});

test('db:diff writes the difference as the next migration, after which there is none', async () => {
  const dir = await makeProject('path String[]\n  title String?', list);
  const file = await writeMigration(dir, 'add_title', new Date('2026-02-03T04:05:06.789Z'));
  expect(file).toBe(join(dir, 'migrations', '20260203040506_add_title', 'migration.sql'));
  expect(await readFile(file, 'utf8')).toContain('ADD COLUMN     "title" TEXT');
  expect(await findDrift(dir)).toBe('');
  await expect(writeMigration(dir, 'again', new Date('2026-02-04T00:00:00Z'))).rejects.toThrow('nothing to write');
});

test('db:diff refuses a bad name and a clock that is behind, and writes nothing', async () => {
  const dir = await makeProject('path String[]\n  title String?', list);
  for (const name of ['', 'Add', 'add-title', '../up', '1st']) {
    await expect(writeMigration(dir, name, new Date('2026-02-03T00:00:00Z'))).rejects.toThrow('is no name');
  }
  await expect(writeMigration(dir, 'early', new Date('2025-01-01T00:00:00Z'))).rejects.toThrow('would come before');
  expect(await readdir(join(dir, 'migrations'))).toEqual(['20260101000000_init']);
});

test('only the listed actions leave a statement, and warnings alone are no difference', () => {
  const script = `/*
  Warnings:

  - something is dropped
*/
-- AlterTable
ALTER TABLE "story" DROP CONSTRAINT "story_range_excl",
ALTER COLUMN "name" SET DATA TYPE TEXT,
ADD COLUMN     "title" TEXT;

-- DropIndex
DROP INDEX "story_path_idx";
`;
  const some = new Set(['story_range_excl', 'story.name', 'story_path_idx']);
  expect(removeUnmanaged(script, some)).toMatch(/-- AlterTable\nALTER TABLE "story" ADD COLUMN {5}"title" TEXT;\n$/);
  expect(removeUnmanaged(script, new Set(['story', 'story_path_idx']))).toBe('');
  expect(removeUnmanaged(script, new Set())).toBe(script);
});

test('a list of unmanaged objects without reasons is refused', () => {
  expect(() => readUnmanaged('["story_path_idx"]')).toThrow('the reason');
  expect(() => readUnmanaged('{"story_path_idx": ""}')).toThrow('the reason');
});
