// What the floors find, kept in the database with the documents: neither changes from run to run.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { depth } from '../metrics.ts';
import type { TestSet } from '../sets.ts';
import { createBm25 } from './bigrams.ts';
import { findByTrigrams, findLike } from './database.ts';

export const floorNames = ['BM25', 'pg_trgm', 'LIKE'] as const;
export type FloorName = (typeof floorNames)[number];
/** By floor and query. */
export type Rankings = Readonly<Record<FloorName, ReadonlyMap<string, readonly string[]>>>;

const table = `
  create table if not exists bench_ranking (recipe text, floor text, query text, documents text[], primary key (recipe, floor, query))`;

export async function provideRankings(client: pg.Client, { documents, queries }: TestSet): Promise<Rankings> {
  await client.query(table);
  const recipe = await hashFloors(queries.map(({ id, q }) => `${id}\t${q}`).join('\n'));
  let bm25: ReturnType<typeof createBm25> | undefined;
  const find: Record<FloorName, (q: string) => Promise<readonly string[]>> = {
    BM25: async (q) => {
      bm25 ??= createBm25(documents);
      return bm25(q, depth);
    },
    pg_trgm: (q) => findByTrigrams(client, q, depth),
    LIKE: (q) => findLike(client, q, depth),
  };
  const rankings = {} as Record<FloorName, Map<string, readonly string[]>>;
  for (const floor of floorNames) {
    const kept = await findKept(client, recipe, floor);
    if (kept.size < queries.length) console.log(`  ${floor} …`);
    for (const { id, q } of queries) {
      if (kept.has(id)) continue;
      const found = await find[floor](q);
      kept.set(id, found);
      await client.query('insert into bench_ranking values ($1, $2, $3, $4)', [recipe, floor, id, found]);
    }
    rankings[floor] = kept;
  }
  return rankings;
}

async function findKept(client: pg.Client, recipe: string, floor: FloorName): Promise<Map<string, readonly string[]>> {
  const { rows } = await client.query<{ query: string; documents: string[] }>(
    'select query, documents from bench_ranking where recipe = $1 and floor = $2',
    [recipe, floor],
  );
  return new Map(rows.map(({ query, documents }) => [query, documents]));
}

async function hashFloors(queries: string): Promise<string> {
  const hash = createHash('sha256').update(queries);
  for (const name of ['bigrams.ts', 'database.ts']) {
    hash.update(await readFile(fileURLToPath(new URL(name, import.meta.url))));
  }
  return hash.digest('hex').slice(0, 32);
}
