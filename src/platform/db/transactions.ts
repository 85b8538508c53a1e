// Running work in a transaction: again where two writers waited for each other, or as a rehearsal that leaves nothing.
import { isDeadlock } from './conflicts.ts';
import type { Db, MixedTx, Tx } from './db.ts';

/** `sql`: the transaction takes SQL only, which is faster. `mixed`: Prisma works on it too. */
export type Handles = { readonly sql: Tx; readonly mixed: MixedTx };

// Of two that waited for each other one is undone as a whole; on its next try the other one is gone.
const triesMax = 3;

export async function runTransaction<H extends keyof Handles, T>(
  db: Db,
  handle: H,
  work: (tx: Handles[H]) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await (handle === 'sql'
        ? db.transaction((tx) => work(tx as Handles[H]))
        : db.prismaTransaction((tx) => work(tx)));
    } catch (error) {
      if (!isDeadlock(error) || tries === triesMax) throw error;
    }
  }
}

/** Takes the result out of the transaction that it undoes. */
class Rehearsed<T> extends Error {
  readonly result: T;
  constructor(result: T) {
    super('rehearsed');
    this.result = result;
  }
}

/** Does everything, keeps nothing, and answers what would have come of it. */
export async function rehearse<H extends keyof Handles, T>(
  db: Db,
  handle: H,
  work: (tx: Handles[H]) => Promise<T>,
): Promise<T> {
  try {
    return await runTransaction<H, T>(db, handle, async (tx) => {
      throw new Rehearsed(await work(tx));
    });
  } catch (error) {
    if (error instanceof Rehearsed) return error.result as T;
    throw error;
  }
}
