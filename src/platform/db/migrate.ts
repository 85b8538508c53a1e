// Applies Prisma's migration folders with bare `pg` and keeps Prisma's own ledger, so that its CLI agrees. Each file runs
// in one transaction with its ledger row. Refuses a history that does not match the files; never runs one backwards.
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';

export type MigrateOptions = { dir: string; log?: (message: string) => void };

type Migration = { name: string; sql: string; checksum: string };
type LedgerRow = { name: string; checksum: string; finished: boolean };

// The number of Prisma's own migration lock: its CLI and this runner wait for each other.
const lockNumber = 72_707_369;

/** Brings the database up to date and answers with the names of what it applied. */
export async function migrate(connectionString: string, options: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(options.dir);
  return onConnection(connectionString, async (client) => {
    // Held by the session: a process that starts at the same time waits here and then finds nothing to do.
    await client.query('SELECT pg_advisory_lock($1)', [lockNumber]);
    await client.query(ledgerTable);
    const pending = findPending(migrations, await readLedger(client));
    for (const migration of pending) {
      await applyMigration(client, migration);
      options.log?.(`applied migration ${migration.name}`);
    }
    return pending.map((migration) => migration.name);
  });
}

/** What `migrate` would apply. Later migrations than ours in the ledger are no fault here: an old release runs on. */
export async function pendingMigrations(connectionString: string, options: { dir: string }): Promise<string[]> {
  const migrations = await readMigrations(options.dir);
  return onConnection(connectionString, async (client) => {
    const found = await client.query(`SELECT WHERE to_regclass('_prisma_migrations') IS NOT NULL`);
    const applied = new Set(found.rowCount ? (await readLedger(client)).map((row) => row.finished && row.name) : []);
    return migrations.map((migration) => migration.name).filter((name) => !applied.has(name));
  });
}

/** The names of the migrations on disk, oldest first. */
export async function listMigrations(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory());
  return folders.map((entry) => entry.name).sort();
}

async function readMigrations(dir: string): Promise<Migration[]> {
  const names = await listMigrations(dir);
  return Promise.all(names.map((name) => readMigration(dir, name)));
}

async function readMigration(dir: string, name: string): Promise<Migration> {
  const content = await readFile(join(dir, name, 'migration.sql'));
  return { name, sql: content.toString(), checksum: createHash('sha256').update(content).digest('hex') };
}

function findPending(migrations: Migration[], ledger: LedgerRow[]): Migration[] {
  const files = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of ledger) {
    const file = files.get(row.name);
    if (!row.finished) throw new Error(`Migration ${row.name} failed earlier; resolve it (prisma migrate resolve).`);
    if (!file)
      throw new Error(`Migration ${row.name} is applied, but its folder is missing: is this an older release?`);
    if (file.checksum !== row.checksum) throw new Error(`Migration ${row.name} was edited after it had been applied.`);
  }
  const applied = new Set(ledger.map((row) => row.name));
  return migrations.filter((migration) => !applied.has(migration.name));
}

async function applyMigration(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    // Without parameters the whole file is one simple query, so functions and triggers keep their semicolons.
    await client.query(migration.sql);
    await client.query(ledgerEntry, [randomUUID(), migration.checksum, migration.name]);
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => {});
    throw new Error(`Migration ${migration.name} failed, nothing of it was kept: ${explain(cause, migration)}`, {
      cause,
    });
  }
}

function explain(cause: unknown, migration: Migration): string {
  if (!(cause instanceof pg.DatabaseError) || cause.position === undefined) return String(cause);
  const line = migration.sql.slice(0, Number(cause.position) - 1).split('\n').length;
  return `${cause.message} (line ${line})`;
}

// Rolled back means resolved by hand: Prisma then takes the migration as never run.
async function readLedger(client: pg.Client): Promise<LedgerRow[]> {
  const result = await client.query<LedgerRow>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at, migration_name`,
  );
  return result.rows;
}

const ledgerTable = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`;

// clock_timestamp: a file that takes long finishes later than its transaction began.
const ledgerEntry = `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
  VALUES ($1, $2, $3, clock_timestamp(), 1)`;

async function onConnection<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  // A migration may take and wait as long as it needs, whatever limits the role has; dates in it mean UTC.
  const options = '-c TimeZone=UTC -c statement_timeout=0 -c lock_timeout=0';
  const client = new pg.Client({ connectionString, options });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
