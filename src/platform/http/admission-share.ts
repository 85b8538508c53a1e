// A share of what the server can do at once: so many run, so many wait for their turn for so long, and all others are
// told at once to come back.
import { type Problem, problem } from '../../core/problems.ts';

export type ShareOptions = {
  readonly slots: number;
  readonly waitingMax: number;
  readonly waitMs: number;
};

export type Share = {
  /** Does the work in its turn; throws where none comes. A slot is held until the work has ended, whoever still listens. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Whether a newcomer would have to wait; or, as `full`, would be sent away. */
  state(): 'free' | 'busy' | 'full';
};

export function createShare({ slots, waitingMax, waitMs }: ShareOptions): Share {
  let running = 0;
  // In the order in which they came.
  const waiting = new Set<() => void>();

  function waitForTurn(): Promise<void> {
    if (waiting.size >= waitingMax) throw overloaded();
    return new Promise((resolve, reject) => {
      const start = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.delete(start);
        reject(overloaded());
      }, waitMs);
      waiting.add(start);
    });
  }

  /** Hands the slot on; so `running` never exceeds `slots`, and nobody overtakes. */
  function leave(): void {
    const [next] = waiting;
    if (next === undefined) {
      running -= 1;
      return;
    }
    waiting.delete(next);
    next();
  }

  return {
    async run(work) {
      if (running < slots) running += 1;
      else await waitForTurn();
      try {
        return await work();
      } finally {
        leave();
      }
    },
    state: () => (running < slots ? 'free' : waiting.size < waitingMax ? 'busy' : 'full'),
  };
}

export function overloaded(): Problem {
  return problem('server.overloaded', {
    detail: 'There is more to do than can be done right now. Nothing was carried out.',
    headers: { 'Retry-After': '1' },
  });
}
