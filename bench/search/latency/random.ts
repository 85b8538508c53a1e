// Numbers by chance that are the same in every run (mulberry32).
export type Random = {
  /** From 0 up to, but not, 1. */
  next(): number;
  below(limit: number): number;
  of<T>(values: readonly T[]): T;
};

export function createRandom(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { next, below, of: (values) => values[below(values.length)]! };
}
