// Running work in a transaction: again where two writers waited for each other, or as a rehearsal that leaves nothing.
import { describeOverrun, isDeadlock } from './conflicts.ts';
import type { Db, MixedTx, Tx } from './db.ts';
import { takeLock } from './locks.ts';

/** `sql`: the transaction takes SQL only, which is faster. `mixed`: Prisma works on it too. */
export type Handles = { readonly sql: Tx; readonly mixed: MixedTx };

// Of two that waited for each other one is undone as a whole. Those that try again do so one after the other, so that
// many at once do not meet again and again.
const triesMax = 5;

export async function runTransaction<H extends keyof Handles, T>(
  db: Db,
  handle: H,
  work: (tx: Handles[H]) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const inTurn = async (tx: Handles[H]) => {
      if (tries > 1) await takeLock(tx, 'turn', 'after_deadlock');
      return work(tx);
    };
    try {
      return await (handle === 'sql'
        ? db.transaction((tx) => inTurn(tx as Handles[H]))
        : db.prismaTransaction((tx) => inTurn(tx)));
    } catch (error) {
      if (!isDeadlock(error) || tries === triesMax) throw describeOverrun(error) ?? error;
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
