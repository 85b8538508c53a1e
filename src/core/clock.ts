// Time comes in from outside, so that tests move it and several hosts can follow one clock.

export type Clock = {
  /** The current instant, in whole milliseconds. */
  now(): Date;
};

export const systemClock: Clock = { now: () => new Date() };
