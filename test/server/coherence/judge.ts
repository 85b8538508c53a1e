// Holds every answer against the event log. An answer is right where there is a state of the log, neither older than its
// floor nor with anything that was begun after it came, and an instant while it was asked, at which the model says the same.
import type { Target } from './answers.ts';
import type { Chapter, Chronicle } from './chronicle.ts';
import type { Content } from './model.ts';

export type Read = {
  readonly server: string;
  readonly target: Target;
  readonly found: string;
  /** Instants of `Date.now`. */
  readonly from: number;
  readonly to: number;
  /** Instants of `performance.now`. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** The position that the answer must know of; null: what had been answered a second before. */
  readonly floor: number | null;
};

/** Beyond this silence a process believes nothing that it keeps. */
const silenceMaxMs = 1000;
const rememberedMs = 10 * silenceMaxMs;

/** By `id:version` of articles. */
export type Contents = Map<string, Content>;

export type Judge = ReturnType<typeof createJudge>;

export function createJudge(chronicle: Chronicle, contents: Contents) {
  let waiting: Read[] = [];
  const lags: number[] = [];
  let checked = 0;

  return {
    note: (read: Read) => void waiting.push(read),
    /** Judges what is certain by now: reads that ended before every write began that is still under way. */
    async catchUp(): Promise<void> {
      const certainUntil = chronicle.certainUntil();
      await chronicle.readOn();
      const certain = waiting.filter(({ endedAt }) => endedAt < certainUntil);
      waiting = waiting.filter(({ endedAt }) => endedAt >= certainUntil);
      for (const read of certain) {
        const lag = judge(chronicle, contents, read);
        if (lag !== null) lags.push(lag);
        checked += 1;
      }
      chronicle.forget(Math.min(certainUntil, ...waiting.map(({ startedAt }) => startedAt)) - rememberedMs);
    },
    summary: () => ({ checked, lags, ...chronicle.count() }),
  };
}

/** By how many milliseconds the answer was behind the last write that was answered; null: it was not. */
function judge(chronicle: Chronicle, contents: Contents, read: Read): number | null {
  const { chapters, indexOf, answeredBefore } = chronicle;
  const oldest = indexOf(read.floor ?? answeredBefore(read.startedAt - silenceMaxMs));
  const tooLate = chapters.findIndex(({ written }) => written !== undefined && written.startedAt > read.endedAt);
  const newest = (tooLate === -1 ? chapters.length : tooLate) - 1;
  let index = newest;
  while (index >= oldest && !fits(chapters[index]!, contents, read)) index -= 1;
  if (index < oldest) throw new Error(explain(chronicle, contents, read, { oldest, newest }));
  const next = chapters[index + 1]?.written;
  const isBehind = index < indexOf(answeredBefore(read.startedAt)) && next !== undefined;
  return isBehind ? Math.max(0, read.startedAt - next.answeredAt) : null;
}

function fits(chapter: Chapter, contents: Contents, read: Read): boolean {
  const { asOf } = read.target;
  const turns = asOf === undefined ? chapter.turns.filter((turn) => read.from < turn && turn <= read.to) : [];
  return [asOf ?? read.from, ...turns].some((at) => expectAt(chapter, contents, read.target, at) === read.found);
}

function expectAt({ state, known, turns }: Chapter, contents: Contents, target: Target, at: number): string {
  // Between two turns of the clock a state is answered in one way.
  const key = `${target.path} ${target.asOf ?? turns.findLast((turn) => turn <= at)}`;
  const kept = known.get(key);
  if (kept !== undefined) return kept;
  const expected = target.expect({ state, contents, instant: { at, isPast: target.asOf !== undefined } });
  known.set(key, expected);
  return expected;
}

type Bounds = { readonly oldest: number; readonly newest: number };

function explain({ chapters }: Chronicle, contents: Contents, read: Read, { oldest, newest }: Bounds): string {
  const last = chapters.findLastIndex((chapter, index) => index < oldest && fits(chapter, contents, read));
  const since = last === -1 ? undefined : chapters[last + 1];
  const age = Math.round(read.startedAt - (since?.written?.answeredAt ?? Number.NaN));
  const what =
    since === undefined
      ? 'what was never true'
      : `what was out of date for ${age} ms, since position ${since.state.position} (${since.type})`;
  const expected = [oldest, newest].map((index) =>
    expectAt(chapters[index]!, contents, read.target, read.target.asOf ?? read.from),
  );
  return `${read.server} answered ${what}, to ${read.target.path}\n  ${read.found}\ninstead of\n  ${expected.join('\n  or ')}`;
}
