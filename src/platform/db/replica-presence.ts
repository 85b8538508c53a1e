// Whether a replica is there, and how much of the event log it is known to have. One that fails is left out for a while,
// and then looked at in the background, so that no reader waits for it.
import { performance } from 'node:perf_hooks';
import type { Logger } from 'pino';

export type Presence = {
  /** Whether it may be used; where not, and it is time, it is asked in the background. */
  isHere(): boolean;
  isKnownToHave(position: number): boolean;
  /** The highest position that it ever had; -1: none is known. */
  known(): number;
  /** Asks for its position, together with whoever else wants to know. */
  ask(): Promise<void>;
  /** How often it answered. */
  answers(): number;
  answer(): void;
  /** It failed; `answersBefore`: where others got answers since, it is there, and only full. */
  leave(error: unknown, answersBefore?: number): void;
  end(): void;
};

const leftOutMs = 2000;
/** One that lags is not asked again for every reader. */
const askEveryMs = 10;

export function watchPresence(replica: string, log: Logger, findPosition: () => Promise<number>): Presence {
  let state: 'unknown' | 'here' | 'gone' | 'ended' = 'unknown';
  let known = -1;
  let askAgainAt = 0;
  let answers = 0;
  let question: Promise<void> | undefined;
  let lookAgain: NodeJS.Timeout | undefined;

  function arrive(position: number): void {
    known = Math.max(known, position);
    askAgainAt = performance.now() + askEveryMs;
    if (state === 'gone') log.info({ replica }, 'the replica is back');
    if (state !== 'ended') state = 'here';
  }

  function leave(error: unknown, answersBefore = answers): void {
    if (answers !== answersBefore) return;
    askAgainAt = performance.now() + leftOutMs;
    clearTimeout(lookAgain);
    // Also without readers: the log says when it is back.
    if (state !== 'ended') lookAgain = setTimeout(askNow, leftOutMs).unref();
    if (state === 'gone' || state === 'ended') return;
    log.warn({ replica, err: error }, 'a replica is left out; the primary answers');
    state = 'gone';
  }

  function ask(): Promise<void> {
    if (question === undefined && performance.now() < askAgainAt) return Promise.resolve();
    return askNow();
  }

  function askNow(): Promise<void> {
    const answersBefore = answers;
    question ??= findPosition()
      .then(arrive, (error: unknown) => leave(error, answersBefore))
      .finally(() => {
        question = undefined;
      });
    return question;
  }

  return {
    isHere() {
      if (state !== 'here') void ask();
      return state === 'here';
    },
    isKnownToHave: (position) => known >= position,
    known: () => known,
    ask,
    answers: () => answers,
    answer() {
      answers += 1;
    },
    leave,
    end() {
      state = 'ended';
      clearTimeout(lookAgain);
    },
  };
}
