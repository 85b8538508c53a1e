// The background process: follows the clock and tells the event log what came due, forgets what has expired, and tells the
// shared cache in front what changed. Any number may run.
import { setTimeout as delay } from 'node:timers/promises';
import { keepUpSearch, tidySearch } from './channels/search/index/upkeep.ts';
import { systemPrincipal } from './platform/auth/principal.ts';
import { runPurging } from './platform/delivery/purge/purge.ts';
import type { Deps } from './platform/deps.ts';
import { forgetExpiredAnswers } from './platform/http/idempotency.ts';
import { announceDue } from './resources/articles/announce.ts';

// Announcements may be a second late; what the public sees is not.
const intervalMs = 1000;
// What has expired harms nobody, so it may lie a while.
const cleanEveryMs = 60_000;

export type Worker = { stop(): Promise<void> };

export function startWorker(deps: Deps): Worker {
  const stopping = new AbortController();
  const finished = Promise.all([runUntilStopped(deps, stopping.signal), runPurging(deps, stopping.signal)]);
  return {
    async stop() {
      stopping.abort();
      await finished;
    },
  };
}

async function runUntilStopped(deps: Deps, signal: AbortSignal): Promise<void> {
  let cleanAt = 0;
  while (!signal.aborted) {
    const told = await announceOnce(deps);
    const isBehind = await keepUpSearch(deps);
    const now = deps.clock.now();
    // Also while there is more to do at once, which may be for hours.
    if (now.getTime() >= cleanAt) {
      cleanAt = now.getTime() + cleanEveryMs;
      await cleanOnce(deps, now);
      await tidySearch(deps);
    }
    if (told > 0 || isBehind) continue;
    await delay(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}

async function cleanOnce(deps: Deps, now: Date): Promise<void> {
  try {
    await forgetExpiredAnswers(deps.db.sql, now);
  } catch (error) {
    deps.log.error({ err: error }, 'cleaning failed');
  }
}

async function announceOnce(deps: Deps): Promise<number> {
  try {
    const act = {
      principal: systemPrincipal('worker'),
      now: deps.clock.now(),
      newId: deps.newId,
      requestId: null,
      project: deps.project,
    };
    return await announceDue(deps.db, act);
  } catch (error) {
    // The database may be away; the next round tries again.
    deps.log.error({ err: error }, 'announcing failed');
    return 0;
  }
}
