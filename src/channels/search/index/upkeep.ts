// What search needs done in the background: documents made anew, common words counted.
import { setTimeout as delay } from 'node:timers/promises';
import type { Deps } from '../../../platform/deps.ts';
import { countWords } from './counting.ts';
import { followLog } from './follow.ts';
import { findProgress, forgetReindexings, reindexNext } from './reindexing.ts';
import { requestReindexing } from './requests.ts';

type Keeping = Pick<Deps, 'db' | 'clock' | 'log' | 'segmenter' | 'newId' | 'project'>;

/** One step; whether there may be more to do at once. */
export async function keepUpSearch(deps: Keeping): Promise<boolean> {
  const isFollowing = await attempt(deps, 'following the event log for search', () => followLog(deps));
  const isRebuilding = await attempt(deps, 're-indexing', () => reindexNext(deps));
  return isFollowing || isRebuilding;
}

async function attempt({ log }: Keeping, what: string, work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    // The next round tries again.
    log.error({ err: error }, `${what} failed`);
    return false;
  }
}

/** What need not be done at once. */
export async function tidySearch(deps: Keeping): Promise<void> {
  const { db, clock } = deps;
  await attempt(deps, 'counting words', () => countWords(db, clock.now()));
  await attempt(deps, 'forgetting finished re-indexings', () => forgetReindexings(db.sql, clock.now()));
}

export type Progress = { readonly done: number; readonly total: number };

// Told of now and then.
const toldEvery = 1000;

/** Everything anew, before it comes back: how many articles that were. */
export async function reindexAll(deps: Keeping, tell: (progress: Progress) => void = () => undefined): Promise<number> {
  const { db, clock } = deps;
  const id = await db.transaction((tx) => requestReindexing(tx, null, clock.now()));
  let told = 0;
  for (;;) {
    const isWorking = await reindexNext(deps);
    const progress = await findProgress(db.sql, id!);
    if (progress.done >= told + toldEvery) {
      told = progress.done;
      tell(progress);
    }
    if (progress.isFinished) break;
    // Another worker has it.
    if (!isWorking) await delay(waitMs);
  }
  await db.sql.rows('analyze search_document', []);
  await countWords(db, clock.now());
  return (await findProgress(db.sql, id!)).done;
}

const waitMs = 200;
