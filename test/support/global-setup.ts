// One PostgreSQL per test run, with one migrated template database that every test file clones.
// Uses TEST_DATABASE_URL (the address of an administrator) instead of starting one; leaves nothing behind either way.
import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { startTemporaryPostgres } from '../../src/platform/db/embedded/temporary.ts';
import { migrate } from '../../src/platform/db/migrate.ts';
import { onDatabase, withDatabase } from './database-address.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseAdminUrl: string;
    databaseTemplate: string;
  }
}

const migrations = new URL('../../prisma/migrations', import.meta.url).pathname;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await openServer();
  // Several runs may share one server; this run's databases all begin with its template's name.
  const template = `masthead_test_${randomBytes(4).toString('hex')}`;
  const teardown = async () => {
    if (server.shared) await dropDatabases(server.url, template);
    await server.stop();
  };
  try {
    await makeTemplate(server.url, template);
  } catch (error) {
    await teardown();
    throw error;
  }
  project.provide('databaseAdminUrl', server.url);
  project.provide('databaseTemplate', template);
  return teardown;
}

async function openServer() {
  const url = process.env.TEST_DATABASE_URL;
  if (url) return { url, shared: true, stop: async () => {} };
  // Its watchdog removes server and files when the run is interrupted or killed.
  const server = await startTemporaryPostgres();
  return { ...server, shared: false };
}

async function makeTemplate(adminUrl: string, template: string): Promise<void> {
  await onDatabase(adminUrl, (client) =>
    client.query(`CREATE DATABASE ${template} TEMPLATE template0 ENCODING 'UTF8'
                  LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'`),
  );
  await migrate(withDatabase(adminUrl, template), { dir: migrations });
  // Nobody connects to it any more, so that cloning never finds it in use.
  await onDatabase(adminUrl, (client) =>
    client.query(`ALTER DATABASE ${template} IS_TEMPLATE true ALLOW_CONNECTIONS false`),
  );
}

async function dropDatabases(adminUrl: string, template: string): Promise<void> {
  await onDatabase(adminUrl, async (client) => {
    await client.query(`ALTER DATABASE ${template} IS_TEMPLATE false`).catch(() => {});
    const found = await client.query<{ name: string }>(
      'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
      [template],
    );
    for (const { name } of found.rows) await client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  });
}
