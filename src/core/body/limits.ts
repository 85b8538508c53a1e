// How deep and how large a body may be, judged before anything recursive sees it.

import { bodyProblem } from './faults.ts';
import type { BodyFormat } from './schema.ts';

// Real pages stay below 40; the walk over the tree recurses, and 100 frames are safe on any stack.
export const DEPTH_MAX = 100;
// A table of 1000 by 50 fits; what is larger is an attack or no story.
const ELEMENTS_MAX = 60_000;

export type Gauge = ReturnType<typeof createGauge>;

/** To be told of every element that opens and closes. */
export function createGauge(format: BodyFormat) {
  let depth = 0;
  let elements = 0;
  return {
    open(): void {
      depth += 1;
      elements += 1;
      if (depth > DEPTH_MAX) throw bodyProblem(format, 'too_deep', `Elements are nested more than ${DEPTH_MAX} deep`);
      if (elements > ELEMENTS_MAX) throw bodyProblem(format, 'too_large', `More than ${ELEMENTS_MAX} elements`);
    },
    close(): void {
      depth -= 1;
    },
  };
}
