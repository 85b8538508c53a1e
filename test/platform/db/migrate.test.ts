// The runner against real databases: what it applies, what it refuses, and what a failure leaves (nothing).
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { migrate, pendingMigrations } from '../../../src/platform/db/migrate.ts';
import { createEmptyDatabase, createTestDatabase } from '../../support/database.ts';
import { onDatabase } from '../../support/database-address.ts';

const migrations = new URL('../../../prisma/migrations', import.meta.url).pathname;
const tableFile = 'CREATE TABLE story (id int PRIMARY KEY);';
// A function body with semicolons: a runner that splits files at them cannot apply it.
const triggerFile = `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'no; never'; END $$;
CREATE TRIGGER story_fixed BEFORE UPDATE ON story FOR EACH ROW EXECUTE FUNCTION refuse();`;

type Files = Record<string, string>;

async function makeFolder(files: Files): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'masthead-migrations-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await writeFiles(dir, files);
  return dir;
}

async function writeFiles(dir: string, files: Files): Promise<void> {
  for (const [name, sql] of Object.entries(files)) {
    await mkdir(join(dir, name), { recursive: true });
    await writeFile(join(dir, name, 'migration.sql'), sql);
  }
}

async function openEmptyDatabase(): Promise<string> {
  const database = await createEmptyDatabase(import.meta.url);
  onTestFinished(() => database.drop());
  return database.url;
}

async function query(url: string, text: string): Promise<unknown[]> {
  return onDatabase(url, async (client) => (await client.query(text)).rows);
}

test('migrations are applied in order, once, and recorded as Prisma records them', async () => {
  const url = await openEmptyDatabase();
  const dir = await makeFolder({ '20260102000000_trigger': triggerFile, '20260101000000_table': tableFile });
  const names = ['20260101000000_table', '20260102000000_trigger'];
  expect(await pendingMigrations(url, { dir })).toEqual(names);
  expect(await migrate(url, { dir })).toEqual(names);
  expect(await pendingMigrations(url, { dir })).toEqual([]);
  expect(await migrate(url, { dir })).toEqual([]);
  const ledger = await query(
    url,
    `SELECT length(id) AS id, checksum, migration_name, logs, rolled_back_at, applied_steps_count,
            finished_at >= started_at AS finished FROM _prisma_migrations ORDER BY migration_name LIMIT 1`,
  );
  expect(ledger).toEqual([
    {
      id: 36,
      checksum: createHash('sha256').update(tableFile).digest('hex'),
      migration_name: '20260101000000_table',
      logs: null,
      rolled_back_at: null,
      applied_steps_count: 1,
      finished: true,
    },
  ]);
});

test('the limits that a role has for everyday statements end no migration, nor the wait for another one', async () => {
  const url = await openEmptyDatabase();
  for (const name of ['statement_timeout', 'lock_timeout'])
    await query(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET ${name} = '20ms'`);
  const dir = await makeFolder({ '20260101000000_slow': 'SELECT pg_sleep(0.1);' });
  const results = await Promise.all([1, 2].map(() => migrate(url, { dir })));
  expect(results.flat()).toEqual(['20260101000000_slow']);
});

test('two processes that migrate an empty database at once both come up', async () => {
  const url = await openEmptyDatabase();
  const results = await Promise.all([1, 2, 3].map(() => migrate(url, { dir: migrations })));
  const names = (await readdir(migrations, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  expect(results.flat().sort()).toEqual(names.map((entry) => entry.name).sort());
  expect(results.filter((applied) => applied.length > 0)).toHaveLength(1);
});

test('a migration that was edited after it had been applied is refused', async () => {
  const url = await openEmptyDatabase();
  const dir = await makeFolder({ '20260101000000_table': tableFile });
  await migrate(url, { dir });
  await writeFiles(dir, { '20260101000000_table': `${tableFile}\n`, '20260102000000_trigger': triggerFile });
  await expect(migrate(url, { dir })).rejects.toThrow('20260101000000_table was edited');
  expect(await query(url, 'SELECT FROM _prisma_migrations')).toHaveLength(1);
});

test('an applied migration that is missing from the folder is refused, and readiness does not mind', async () => {
  const url = await openEmptyDatabase();
  const dir = await makeFolder({ '20260101000000_table': tableFile, '20260102000000_trigger': triggerFile });
  await migrate(url, { dir });
  await rm(join(dir, '20260102000000_trigger'), { recursive: true });
  await expect(migrate(url, { dir })).rejects.toThrow('20260102000000_trigger is applied, but its folder is missing');
  expect(await pendingMigrations(url, { dir })).toEqual([]);
});

test('a failing migration leaves nothing and is told with its line; the ones before it stay', async () => {
  const url = await openEmptyDatabase();
  const broken = 'CREATE TABLE half (id int);\nSELECT 1;\nCREATE TABLE story (id int);';
  const dir = await makeFolder({ '20260101000000_table': tableFile, '20260102000000_broken': broken });
  await expect(migrate(url, { dir })).rejects.toThrow(/20260102000000_broken failed.*"story" already exists/s);
  expect(await query(url, `SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);
  expect(await pendingMigrations(url, { dir })).toEqual(['20260102000000_broken']);
  await writeFiles(dir, { '20260102000000_broken': 'SELECT 1;\nSELECT nonsense;' });
  await expect(migrate(url, { dir })).rejects.toThrow(/nonsense.*\(line 2\)/);
});

test('a failed row that Prisma left in the ledger is refused until it is resolved', async () => {
  const url = await openEmptyDatabase();
  const dir = await makeFolder({ '20260101000000_table': tableFile });
  await migrate(url, { dir });
  await writeFiles(dir, { '20260102000000_more': 'CREATE TABLE more (id int);' });
  await query(
    url,
    `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'y', '20260102000000_more')`,
  );
  await expect(migrate(url, { dir })).rejects.toThrow('20260102000000_more failed earlier');
  await query(url, `UPDATE _prisma_migrations SET rolled_back_at = now() WHERE id = 'x'`);
  expect(await migrate(url, { dir })).toEqual(['20260102000000_more']);
});

test('dates in a migration mean UTC whatever the zone of the database', async () => {
  const url = await openEmptyDatabase();
  await query(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET timezone = 'Asia/Shanghai'`);
  const dir = await makeFolder({
    '20260101000000_zone': `CREATE TABLE zone AS SELECT '2026-01-01'::timestamptz AS at`,
  });
  await migrate(url, { dir });
  expect(await query(url, 'SELECT at FROM zone')).toEqual([{ at: new Date('2026-01-01T00:00:00Z') }]);
});

test('a clone of the template is migrated like the files say', async () => {
  const database = await createTestDatabase(import.meta.url);
  onTestFinished(() => database.drop());
  expect(new URL(database.url).pathname).toContain('_migrate_');
  expect(await pendingMigrations(database.url, { dir: migrations })).toEqual([]);
  expect(await readFile(join(migrations, 'migration_lock.toml'), 'utf8')).toContain('postgresql');
});
