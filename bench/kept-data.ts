// Databases full of articles, kept from run to run: made when one is wanted that is not there, and made anew where it was
// made from other migrations or by another recipe.
import { createHash } from 'node:crypto';
import { readdir, readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { pino } from 'pino';
import { loadSeed, seedFile } from '../src/channels/imports/seed.ts';
import { compose, migrationsDir } from '../src/compose.ts';
import { parseConfig } from '../src/platform/config/config.ts';
import { onDatabase, withDatabase } from '../test/support/database-address.ts';
import { fillArticles, fillSections, raiseBranches, sectionCount } from './data.ts';
import { fillPast } from './past.ts';

/** Articles of the seed's size in a tree of sections; or small ones that were published again and again. */
export type DataKind = 'articles' | 'past';
export type KeptData = { readonly name: string; readonly url: string; readonly isNew: boolean };

type Wanted = { readonly serverUrl: string; readonly kind: DataKind; readonly count: number };

const fills: Record<DataKind, (client: pg.Client, count: number) => Promise<void>> = {
  async articles(client, count) {
    await fillArticles(client, count);
    await raiseBranches(client);
  },
  past: (client, count) => fillPast(client, count, sectionCount),
};

/** Nobody else may be connected to the database, whose name is `name`. */
export async function provideData(wanted: Wanted, name = `${wanted.kind}_${wanted.count}`): Promise<KeptData> {
  const { serverUrl, kind, count } = wanted;
  const url = withDatabase(serverUrl, name);
  const recipe = await readRecipe(kind, count);
  if ((await findRecipe(serverUrl, name)) === recipe) return { name, url, isNew: false };
  await requireRoom(wanted);
  await onDatabase(serverUrl, async (client) => {
    await client.query(`drop database if exists ${name} with (force)`);
    await client.query(`create database ${name} template template0`);
  });
  await fill(url, kind, count);
  // Last of all: what was begun and not finished does not fit.
  await onDatabase(serverUrl, (client) => client.query(`comment on database ${name} is '${recipe}'`));
  return { name, url, isNew: true };
}

async function findRecipe(serverUrl: string, name: string): Promise<string | null> {
  const { rows } = await onDatabase(serverUrl, (client) =>
    client.query<{ recipe: string | null }>(
      `select shobj_description(oid, 'pg_database') as recipe from pg_database where datname = $1`,
      [name],
    ),
  );
  return rows[0]?.recipe ?? null;
}

/** Names everything that the data depends on. */
async function readRecipe(kind: DataKind, count: number): Promise<string> {
  const migrations = (await readdir(migrationsDir, { recursive: true })).filter((path) => path.endsWith('.sql'));
  const here = ['data.ts', 'past.ts', 'bulk.ts'].map((file) => fileURLToPath(new URL(file, import.meta.url)));
  const hash = createHash('sha256').update(`${kind} ${count}`);
  for (const file of [...migrations.sort().map((path) => join(migrationsDir, path)), ...here, seedFile]) {
    hash.update(await readFile(file));
  }
  return hash.digest('hex');
}

// Rows and indexes, and the log of writing them.
const bytesEach: Record<DataKind, number> = { articles: 20_000, past: 10_000 };

async function requireRoom({ serverUrl, kind, count }: Wanted): Promise<void> {
  const { rows } = await onDatabase(serverUrl, (client) =>
    client.query<{ folder: string }>(`select current_setting('data_directory') as folder`),
  );
  const { bavail, bsize } = await statfs(rows[0]!.folder);
  const [needed, free] = [count * bytesEach[kind], bavail * bsize];
  const inGb = (bytes: number) => `${Math.ceil(bytes / 1e9)} GB`;
  if (needed > free) throw new Error(`${count} articles need ${inGb(needed)} of disk, and ${inGb(free)} are free.`);
}

async function fill(url: string, kind: DataKind, count: number): Promise<void> {
  const config = parseConfig({ DATABASE_URL: url, PUBLIC_URL: 'http://127.0.0.1' });
  const { deps, close } = await compose(config, pino({ level: 'silent' }), { migrate: true });
  await loadSeed(deps).finally(close);
  await onDatabase(url, async (client) => {
    await fillSections(client);
    await fills[kind](client, count);
  });
}
