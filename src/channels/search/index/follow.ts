// Follows the event log behind everybody who writes: what a process of the release before has changed, which knew of no
// index, is made right soon after. Where the writer has done it, as this release does, nothing is left to do.
import type { Deps } from '../../../platform/deps.ts';
import type { EventType } from '../../../platform/events/catalogue.ts';
import { type ConsumedEvent, consumeEvents } from '../../../platform/events/consume.ts';
import { lockArticles, projectArticles } from './articles.ts';
import { subjectsOf } from './effects.ts';
import { projectNames } from './names.ts';

const consumer = 'search';

type Following = Pick<Deps, 'db' | 'clock' | 'segmenter' | 'log'>;

/** Whether there may be more. */
export async function followLog(deps: Following): Promise<boolean> {
  const { db, clock } = deps;
  const count = await consumeEvents(db.sql, consumer, clock.now(), (events) => catchUp(deps, events));
  return count > 0;
}

async function catchUp(deps: Following, events: readonly ConsumedEvent[]): Promise<void> {
  const { db, clock, segmenter } = deps;
  const changes = events.map(({ type, subjectId }) => ({ type: type as EventType, subjectId }));
  // One by one, so that nobody waits for more than one.
  for (const id of subjectsOf(changes, 'article')) {
    await bringUpToDate(deps, id);
  }
  const names = subjectsOf(changes, 'name');
  if (names.length > 0) await db.transaction((tx) => projectNames(tx, segmenter, names, clock.now()));
}

/** An article that cannot be indexed must not hold up the others. */
export async function bringUpToDate(deps: Following, id: string, isAnew = false): Promise<void> {
  const { db, clock, segmenter, log } = deps;
  try {
    await db.transaction(async (tx) => {
      await lockArticles(tx, [id]);
      await projectArticles(tx, segmenter, [id], clock.now(), isAnew);
    });
  } catch (error) {
    log.error({ err: error, articleId: id }, 'an article could not be indexed');
  }
}
