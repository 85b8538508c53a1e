// What a part of the run is: it measures a few works on data that is kept, and returns their rows of the table.
import type { DataKind, KeptData } from '../kept-data.ts';
import type { Options } from '../options.ts';
import type { Stage } from '../stage.ts';
import type { Row } from '../table.ts';

export type Bench = {
  readonly options: Options;
  /** Data that is kept; made first, where it is not there. */
  provideData(kind: DataKind, count: number): Promise<KeptData>;
  /** A copy of the kept data, and what runs on it, for as long as the work takes. */
  onStage<T>(name: string, data: KeptData, work: (stage: Stage) => Promise<T>): Promise<T>;
  /** The kept data itself, for work that only reads. */
  onData<T>(name: string, data: KeptData, work: (stage: Stage) => Promise<T>): Promise<T>;
};

export type Part = (bench: Bench) => Promise<Row[]>;

/** How many articles there are where their number does not matter. */
export const usualCount = 10_000;

export const slugsOf = (count: number, prefix = 'bench') =>
  Array.from({ length: count }, (_, n) => `${prefix}-${n + 1}`);
