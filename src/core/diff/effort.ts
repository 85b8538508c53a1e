// How much work one comparison may take. Counted and not timed, so that the same two texts always compare alike.

/** `isShort`: something was not looked at as closely as it could have been. */
export type Effort = { left: number; isShort: boolean };

// Measured: a million units are about 100 ms; a story of 60,000 characters with a change in every paragraph takes half.
const unitsMax = 1_000_000;

export function createEffort(units: number = unitsMax): Effort {
  return { left: units, isShort: false };
}

/** Takes what a step costs, or tells that there is too little left for it. */
export function spend(effort: Effort, units: number): boolean {
  if (units <= effort.left) {
    effort.left -= units;
    return true;
  }
  effort.isShort = true;
  return false;
}
