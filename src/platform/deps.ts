// What the composition root hands to every module. Nothing else is global.
import type { Logger } from 'pino';
import type { Clock } from '../core/clock.ts';
import type { NewId } from '../core/ids.ts';
import type { Keys } from './auth/authenticate.ts';
import type { Config } from './config/config.ts';
import type { Db } from './db/db.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { Projection } from './events/record.ts';
import type { Admission } from './http/admission.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { SegmenterSource } from './words/segmenter.ts';

export type Deps = {
  readonly config: Config;
  /** Base of every address in an answer; never taken from a request. */
  readonly publicUrl: string;
  readonly db: Db;
  readonly delivery: Delivery;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Logger;
  readonly keys: Keys;
  readonly metrics: Metrics;
  /** What every write brings up to date in its own transaction. */
  readonly project: Projection;
  /** Cuts text into words, those of the newsroom among them. */
  readonly segmenter: SegmenterSource;
  /** The migrations that this release needs. */
  readonly migrations: readonly string[];
};
