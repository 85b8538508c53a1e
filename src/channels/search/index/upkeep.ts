// What search needs done in the background: documents made anew, common words counted.
import type { Deps } from '../../../platform/deps.ts';
import { countWords } from './counting.ts';
import { reindexNext } from './reindexing.ts';

type Keeping = Pick<Deps, 'db' | 'clock' | 'log' | 'segmenter'>;

/** One step; whether there may be more to do at once. */
export async function keepUpSearch({ db, clock, segmenter, log }: Keeping): Promise<boolean> {
  try {
    return await reindexNext(db, segmenter, clock.now());
  } catch (error) {
    log.error({ err: error }, 're-indexing failed');
    return false;
  }
}

export async function countSearchWords({ db, clock, log }: Keeping): Promise<void> {
  try {
    await countWords(db, clock.now());
  } catch (error) {
    log.error({ err: error }, 'counting words failed');
  }
}

/** Everything anew, before it comes back; for whoever has just filled a database. */
export async function reindexAll({ db, clock, segmenter }: Pick<Keeping, 'db' | 'clock' | 'segmenter'>): Promise<void> {
  while (await reindexNext(db, segmenter, clock.now())) {
    // One batch after the other.
  }
}
