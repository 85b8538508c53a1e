// The process above all of PostgreSQL's, whose processor time is the database's.
import type pg from 'pg';
import { parentOf } from '../../cpu.ts';

export async function findPostmaster(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return parentOf(rows[0]!.pid);
}
