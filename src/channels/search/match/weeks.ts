// In which weeks to look for the newest documents first. The index knows in which week each document is dated, so that of
// a common word only those of some weeks need to be looked at. It is no more than a guess how many weeks are enough;
// recent.ts looks at all where they were not.

/** How documents are spread over time. */
export type Weeks = {
  /** In which weeks the newest 1000, 2000, 4000 … documents begin, as far as they were counted. */
  readonly starts: readonly number[];
  /** The last week that a document is dated, of those that may be found. */
  readonly last: number;
};

/** The first of the numbers of documents that are kept; each is twice the one before. */
export const countedFrom = 1000;

// As search_weeks in the migrations has it.
const weekMs = 7 * 24 * 60 * 60_000;
const [lastWeek, neverPublished] = [10_000, 10_001];
export const weekOf = (date: Date) => Math.max(0, Math.min(lastWeek, Math.floor(date.getTime() / weekMs)));
const units = [1, 8, 64, 512];
const unitOffset = 20_000;

// The index is asked for a few values at a time rather than for hundreds; of 512 weeks each there are no more.
const valuesMax = 20;

/**
 * Values of search_weeks that hold these weeks, and perhaps some beside them; `to` null: up to the last one, and what was
 * never published.
 */
export function listValues(from: number, to: number | null, { last }: Weeks): number[] {
  const end = Math.max(from, to ?? last);
  const level = Math.max(
    0,
    units.findIndex((unit) => (end - from) / unit < valuesMax),
  );
  const printed = (week: number) => level * unitOffset + Math.floor(week / units[level]!);
  const [first, count] = [printed(from), printed(end) - printed(from) + 1];
  return [...Array.from({ length: count }, (_, n) => first + n), ...(to === null ? [printed(neverPublished)] : [])];
}

// Words come and go with what happens, so more is looked through than would be enough on average.
const margin = 2;

/**
 * How many weeks hold so many documents of which that share matches; null where that is most of all weeks, so that to
 * look twice would be waste.
 */
export function countWeeks({ starts, last }: Weeks, wanted: number, share: number): number | null {
  const step = Math.max(0, Math.ceil(Math.log2((wanted * margin) / share / countedFrom)));
  // The last one that is kept is half of all, or more.
  return step < starts.length - 1 ? Math.max(0, last - starts[step]!) : null;
}
