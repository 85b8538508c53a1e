// A pool of connections, and how a statement in SQL runs on it. Slow ones are logged.
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import type { DbOptions, Sql } from './db.ts';
import { printOptions, randomPageCost } from './session.ts';

/** What all connections have in common. */
export function describeConnection({ pooler, statementTimeoutMs }: DbOptions, url: string): pg.PoolConfig {
  return {
    connectionString: url,
    ...(pooler === 'transaction' ? {} : { options: printOptions(statementTimeoutMs) }),
    // Prepared statements live as long as their connection; an idle one is kept.
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 5000,
  };
}

// Statements are shaped so that one plan serves every value (articles/queries/published-rows.ts); planning costs more than
// running. And they are read along indexes, which costs little more than reading on, from memory and solid disks: at the
// default of 4 a page of a section and one of its editors would be sifted out of all that the editor ever wrote.
export const planOptions = `-c plan_cache_mode=force_generic_plan -c random_page_cost=${randomPageCost}`;

export function openPool(options: DbOptions, url: string, more: pg.PoolConfig = {}): pg.Pool {
  const connection = describeConnection(options, url);
  const planned = connection.options && { options: `${connection.options} ${planOptions}` };
  const pool = new pg.Pool({ ...connection, ...planned, max: Math.ceil(options.poolSize / 2), ...more });
  // While a connection changes hands nobody else listens; unheard, its loss would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Behind a transaction pooler the session that knows a prepared statement is not the one that gets the next. */
export function sqlOn(client: pg.Pool | pg.PoolClient, options: DbOptions): Sql {
  const isNamed = options.pooler !== 'transaction';
  return {
    async rows<Row extends object>(text: string, values: readonly unknown[], name?: string) {
      const startedAt = performance.now();
      const statement = { text, values: [...values], name: isNamed ? name : undefined };
      const result = await client.query<Row & pg.QueryResultRow>(statement);
      warnIfSlow(options, performance.now() - startedAt, text);
      return result.rows;
    },
  };
}

/** The text only: values may be secrets or unpublished. */
export function warnIfSlow(options: DbOptions, durationMs: number, statement: string): void {
  const { slowQueryMs, log, isServing = () => true } = options;
  if (durationMs > slowQueryMs && isServing())
    log.warn({ durationMs: Math.round(durationMs), statement }, 'slow query');
}
