// Advisory locks that a transaction holds until it ends. A lock has a space, which is ours, and a name, which may come
// from a client: the two hashes keep a crafted name from reaching a lock of another space.
import type { Tx } from './db.ts';

export type LockSpace = 'slug' | 'external_id' | 'import' | 'turn' | 'idempotency';

/** In SQL: waits for the lock of a name, which an expression gives, and holds it. */
export const lockCall = (space: LockSpace, name: string) =>
  `pg_advisory_xact_lock(hashtext('${space}'), hashtext(${name}))`;

// A subquery with `offset 0`, because a function that returns nothing is no column that Prisma can read.
const take = 'select 1 as held from (select pg_advisory_xact_lock(hashtext($1), hashtext($2)) offset 0) as lock';
const attempt = 'select pg_try_advisory_xact_lock(hashtext($1), hashtext($2)) as held';

/** Waits. The next statement sees what the holder before committed. */
export async function takeLock(tx: Tx, space: LockSpace, name: string): Promise<void> {
  await tx.rows(take, [space, name], 'lock_take');
}

/** Whether the lock was free. */
export async function tryLock(tx: Tx, space: LockSpace, name: string): Promise<boolean> {
  const [row] = await tx.rows<{ held: boolean }>(attempt, [space, name], 'lock_try');
  return row?.held === true;
}
