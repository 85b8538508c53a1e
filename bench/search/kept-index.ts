// Databases of stories with the index that the program makes of them, kept from run to run: the rows as long as the
// migrations and the stories are the same, the index as long as the code that makes it is.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { pino } from 'pino';
import { reindexAll } from '../../src/channels/search/index/upkeep.ts';
import { compose, migrationsDir } from '../../src/compose.ts';
import { parseConfig } from '../../src/platform/config/config.ts';
import { migrate } from '../../src/platform/db/migrate.ts';
import { onDatabase, withDatabase } from '../../test/support/database-address.ts';
import { type Names, publishStories, type Story } from './publish.ts';

export type Wanted = {
  readonly serverUrl: string;
  readonly name: string;
  /** Files and words on which the stories depend. */
  readonly dependsOn: readonly string[];
  /** Also where there is one. */
  readonly isFresh: boolean;
  stories(): Promise<Iterable<Story>>;
  readonly names?: Names;
  /** What else the database shall have, once the stories are there. */
  complete?(client: pg.Client): Promise<void>;
};

export type KeptIndex = { readonly name: string; readonly url: string; readonly build: Build };
/** How long it took to make the index. */
export type Build = { readonly seconds: number; readonly documents: number };

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const searchFolder = fromHere('../../src/channels/search');
const loaders = ['publish.ts', '../data.ts', '../bulk.ts'].map(fromHere);

export async function provideIndex(wanted: Wanted): Promise<KeptIndex> {
  const { serverUrl, name, isFresh } = wanted;
  const url = withDatabase(serverUrl, name);
  const recipe = { rows: await hashRows(wanted), index: await hashIndex() };
  const kept = isFresh ? null : await findKept(serverUrl, name);
  if (kept?.rows !== recipe.rows) await makeRows(wanted, url);
  else if (kept.index === recipe.index && kept.build !== undefined) return { name, url, build: kept.build };
  const build = await makeIndex(url, name);
  // Last of all: what was begun and not finished does not fit.
  await onDatabase(serverUrl, (client) =>
    client.query(`comment on database ${name} is ${client.escapeLiteral(JSON.stringify({ ...recipe, build }))}`),
  );
  return { name, url, build };
}

type Kept = { readonly rows?: string; readonly index?: string; readonly build?: Build };

async function findKept(serverUrl: string, name: string): Promise<Kept | null> {
  const { rows } = await onDatabase(serverUrl, (client) =>
    client.query<{ told: string | null }>(
      `select shobj_description(oid, 'pg_database') as told from pg_database where datname = $1`,
      [name],
    ),
  );
  const told = rows[0]?.told;
  return told?.startsWith('{') ? (JSON.parse(told) as Kept) : null;
}

async function makeRows({ serverUrl, name, stories, names, complete }: Wanted, url: string): Promise<void> {
  console.log(`  ${name}: publishing …`);
  await onDatabase(serverUrl, async (client) => {
    await client.query(`drop database if exists ${name} with (force)`);
    await client.query(`create database ${name} template template0`);
  });
  await migrate(url, { dir: migrationsDir });
  await onDatabase(url, async (client) => {
    await publishStories(client, await stories(), names);
    await complete?.(client);
  });
}

async function makeIndex(url: string, name: string): Promise<Build> {
  // What an older one has left would take its place beside the new one.
  await onDatabase(url, (client) => client.query('truncate search_document, search_word, search_count'));
  // A busy machine is no reason to give up.
  const config = parseConfig({ DATABASE_URL: url, DATABASE_STATEMENT_TIMEOUT_MS: '600000' });
  const { deps, close } = await compose(config, pino({ level: 'silent' }), { migrate: false });
  try {
    const begin = performance.now();
    console.log(`  ${name}: indexing …`);
    const documents = await reindexAll(deps);
    const seconds = (performance.now() - begin) / 1000;
    await onDatabase(url, (client) => client.query('vacuum (analyze) search_document'));
    return { seconds, documents };
  } finally {
    await close();
  }
}

async function hashRows({ dependsOn }: Wanted): Promise<string> {
  const migrations = (await readdir(migrationsDir, { recursive: true })).filter((path) => path.endsWith('.sql'));
  const files = [...migrations.sort().map((path) => join(migrationsDir, path)), ...loaders];
  return hashAll([...files, ...dependsOn.filter((path) => path.startsWith('/'))], dependsOn.join(' '));
}

async function hashIndex(): Promise<string> {
  const folders = ['analysis', 'index'].map((folder) => join(searchFolder, folder));
  const files = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((file) => join(folder, file))),
  );
  return hashAll(files.flat().sort(), '');
}

async function hashAll(files: readonly string[], text: string): Promise<string> {
  const hash = createHash('sha256').update(text);
  for (const file of files) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 32);
}
