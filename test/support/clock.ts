// A clock that tests move. It starts long after the seed's date and stands still until told otherwise.

export type TestClock = { now(): Date; set(instant: string | Date): void; advance(ms: number): void };

export const testStart = '2026-05-27T06:00:00.000Z';

export function createTestClock(start: string = testStart): TestClock {
  let current = new Date(start);
  return {
    now: () => new Date(current),
    set: (instant) => {
      current = new Date(instant);
    },
    advance: (ms) => {
      current = new Date(current.getTime() + ms);
    },
  };
}
