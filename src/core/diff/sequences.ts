// Two sequences as stretches that are the same and stretches that differ, by the algorithm of Myers (package `diff`).
import { diffArrays } from 'diff';
import { type Effort, spend } from './effort.ts';

/** From the first index to before the last. */
export type Range = { readonly from: number; readonly to: number };
export type Stretch = { readonly isSame: boolean; readonly before: Range; readonly after: Range };

// The cost grows with the square of the differences; one hopeless pair must not use up what the others need.
const editsMax = 600;

/** Items are the same where they are identical. */
export function compareSequences<T>(before: readonly T[], after: readonly T[], effort: Effort): Stretch[] {
  return compare(before, after, effort, (left, right) => left === right, dropStrangers);
}

/** Items are the same where a test says so. */
export function alignSequences<T>(
  before: readonly T[],
  after: readonly T[],
  effort: Effort,
  isSame: (left: T, right: T) => boolean,
): Stretch[] {
  return compare(before, after, effort, isSame, (indexes) => indexes);
}

type Indexes = { readonly before: number[]; readonly after: number[] };
type Pair = readonly [before: number, after: number];

/** `reduce`: leaves out what cannot be the same as anything on the other side. */
function compare<T>(
  before: readonly T[],
  after: readonly T[],
  effort: Effort,
  isSame: (left: T, right: T) => boolean,
  reduce: (indexes: Indexes, before: readonly T[], after: readonly T[]) => Indexes,
): Stretch[] {
  const head = countCommon(before, after, isSame);
  const tail = countCommon(before.slice(head).reverse(), after.slice(head).reverse(), isSame);
  const inner = {
    before: listIndexes({ from: head, to: before.length - tail }),
    after: listIndexes({ from: head, to: after.length - tail }),
  };
  const found = pairUp(reduce(inner, before, after), effort, (left, right) => isSame(before[left]!, after[right]!));
  const start = listIndexes({ from: 0, to: head }).map((index): Pair => [index, index]);
  const end = listIndexes({ from: 0, to: tail }).map(
    (index): Pair => [before.length - tail + index, after.length - tail + index],
  );
  return toStretches([...start, ...found, ...end], before.length, after.length);
}

function dropStrangers<T>(indexes: Indexes, before: readonly T[], after: readonly T[]): Indexes {
  const [old, fresh] = [new Set(indexes.before.map((i) => before[i]!)), new Set(indexes.after.map((i) => after[i]!))];
  return {
    before: indexes.before.filter((i) => fresh.has(before[i]!)),
    after: indexes.after.filter((i) => old.has(after[i]!)),
  };
}

/** The longest series of pairs that are the same; none where they are too different for the effort that is left. */
function pairUp({ before, after }: Indexes, effort: Effort, isSame: (left: number, right: number) => boolean): Pair[] {
  if (before.length === 0 || after.length === 0) return [];
  const maxEditLength = Math.min(editsMax, Math.floor(Math.sqrt(effort.left)));
  const changes = diffArrays(before, after, { maxEditLength, comparator: isSame });
  const edits = changes?.reduce((sum, each) => sum + (each.added || each.removed ? each.count : 0), 0) ?? maxEditLength;
  spend(effort, Math.min(effort.left, edits ** 2));
  if (changes === undefined) effort.isShort = true;
  const pairs: Pair[] = [];
  let [left, right] = [0, 0];
  for (const { added, removed, count } of changes ?? []) {
    if (!added && !removed) for (let i = 0; i < count; i += 1) pairs.push([before[left + i]!, after[right + i]!]);
    if (!added) left += count;
    if (!removed) right += count;
  }
  return pairs;
}

/** What lies between two pairs is one stretch that differs. */
function toStretches(pairs: readonly Pair[], beforeLength: number, afterLength: number): Stretch[] {
  const stretches: Stretch[] = [];
  let [left, right, start] = [0, 0, 0];
  for (let i = 0; i <= pairs.length; i += 1) {
    const [before, after] = pairs[i] ?? [beforeLength, afterLength];
    const goesOn = before === left + (i - start) && after === right + (i - start);
    if (goesOn && i < pairs.length) continue;
    const [sameTo, alsoTo] = [left + (i - start), right + (i - start)];
    if (i > start) stretches.push(makeStretch(true, [left, sameTo], [right, alsoTo]));
    if (before > sameTo || after > alsoTo) stretches.push(makeStretch(false, [sameTo, before], [alsoTo, after]));
    [left, right, start] = [before, after, i];
  }
  return stretches;
}

function makeStretch(isSame: boolean, before: Pair, after: Pair): Stretch {
  return { isSame, before: { from: before[0], to: before[1] }, after: { from: after[0], to: after[1] } };
}

function countCommon<T>(before: readonly T[], after: readonly T[], isSame: (left: T, right: T) => boolean): number {
  const most = Math.min(before.length, after.length);
  let count = 0;
  while (count < most && isSame(before[count]!, after[count]!)) count += 1;
  return count;
}

export const listIndexes = ({ from, to }: Range): number[] => Array.from({ length: to - from }, (_, i) => from + i);

export const pick = <T>(items: readonly T[], { from, to }: Range): T[] => items.slice(from, to);
