// Counts what reading a body removed or could not keep, so that the answer can tell. Bounded: hostile input
// with a million different names must not make a report larger than the story.

import type { Removed } from './schema.ts';

const NAMES_MAX = 100;
const NAME_LENGTH_MAX = 64;

export type Report = {
  add(kind: Removed['kind'], name: string): void;
  list(): Removed[];
  /** Forgets everything, before the same text is read in another way. */
  clear(): void;
};

export function createReport(): Report {
  const entries = new Map<string, Removed>();
  const count = (kind: Removed['kind'], name: string): void => {
    const id = `${kind} ${name}`;
    const entry = entries.get(id);
    if (entry) entry.count += 1;
    else if (entries.size < NAMES_MAX || kind === 'other') entries.set(id, { kind, name, count: 1 });
    else count('other', 'more names than can be listed');
  };
  return {
    add: (kind, name) =>
      count(
        kind,
        Array.from(name.slice(0, NAME_LENGTH_MAX * 2))
          .slice(0, NAME_LENGTH_MAX)
          .join(''),
      ),
    list: () => [...entries.values()],
    clear: () => entries.clear(),
  };
}

/** For limits: how often a sign occurs. */
export function countChar(text: string, char: string): number {
  let count = 0;
  for (let at = text.indexOf(char); at >= 0; at = text.indexOf(char, at + 1)) count += 1;
  return count;
}
