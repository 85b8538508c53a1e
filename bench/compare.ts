// Runs works and what they are held against in turns, so that what else the machine does meets all alike, and judges.
import { type Answer, fetchBytes, pathsOf } from './answers.ts';
import { medianOf, type Round, runLoad, type Target } from './load.ts';
import type { Options } from './options.ts';
import { cpuOf, type Row } from './table.ts';

export type Comparison = {
  readonly work: string;
  readonly beside: string;
  /**
   * `atLeast`: the CPU of the other by that of ours, as much as this. `atMost`: the CPU and the median time of ours by
   * that of the other, no more than this. Null: it is only stated.
   */
  readonly aim: { readonly atLeast: number } | { readonly atMost: number } | null;
  /** Microseconds of CPU that a request of ours may take. */
  readonly cpuUsMax?: number;
  readonly ours: Target;
  readonly other: Target;
};

export async function compare(given: readonly Comparison[], options: Options): Promise<Row[]> {
  const comparisons = given.filter(({ work }) => work.includes(options.only));
  for (const comparison of comparisons) await requireAlike(comparison);
  const targets = [...new Set(comparisons.flatMap(({ ours, other }) => [ours, other]))];
  const taken = new Map<Target, Round[]>(targets.map((target) => [target, []]));
  for (const target of targets) await runLoad(target, 1);
  for (let round = 1; round <= options.rounds; round += 1) {
    console.log(`  round ${round} of ${options.rounds} …`);
    for (const target of targets) taken.get(target)!.push(await runLoad(target, options.seconds));
  }
  return comparisons.map((one) => judge(one, medianOf(taken.get(one.ours)!), medianOf(taken.get(one.other)!)));
}

export function judge({ work, beside, aim, cpuUsMax }: Judged, oursTook: Round, otherTook: Round): Row {
  const figures = { work, beside, ours: oursTook, other: otherTook };
  const isCheap = cpuUsMax === undefined || cpuOf(oursTook) <= cpuUsMax;
  const most = cpuUsMax === undefined ? '' : `≤ ${cpuUsMax} µs`;
  if (aim !== null && 'atMost' in aim) {
    const cpu = cpuOf(oursTook) / cpuOf(otherTook);
    const time = oursTook.p50Ms / otherTook.p50Ms;
    const isMet = cpu <= aim.atMost && time <= aim.atMost && isCheap;
    const result = `${cpu.toFixed(2)} × CPU, ${time.toFixed(2)} × time`;
    return { ...figures, result, aim: listAims(`≤ ${aim.atMost}`, most), isMet };
  }
  const ratio = cpuOf(otherTook) / cpuOf(oursTook);
  const least = aim === null ? '' : `≥ ${aim.atLeast.toFixed(2)}`;
  const isMet = aim === null ? null : ratio >= aim.atLeast && isCheap;
  return { ...figures, result: ratio.toFixed(2), aim: listAims(least, most), isMet };
}

type Judged = Omit<Comparison, 'ours' | 'other'>;

const listAims = (...aims: string[]) => aims.filter((aim) => aim !== '').join(', ');

/** A floor that answers something else would be none. */
async function requireAlike({ work, aim, ours, other }: Comparison): Promise<void> {
  if (ours.write || other.write) return;
  const [mine, its] = await Promise.all([ours, other].map(askFirst));
  const isSame = mine!.status === its!.status && mine!.bytes.equals(its!.bytes);
  if (aim !== null && 'atLeast' in aim && !isSame) throw new Error(`${work}: the floor answers something else`);
}

async function askFirst({ origin, paths, headers }: Target): Promise<Answer> {
  const [path = ''] = await pathsOf(paths);
  const answer = await fetchBytes(origin + path, headers);
  if (answer.status >= 400) throw new Error(`${path}: ${answer.status} ${answer.bytes.toString().slice(0, 1000)}`);
  return answer;
}
