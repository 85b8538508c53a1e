// What a search asks the index for.
import type { Config } from '../../../platform/config/config.ts';
import type { AnalysedQuery } from '../query/analyse.ts';
import type { Demand } from './demand.ts';
import type { Facts } from './facts.ts';
import type { Scope } from './scope.ts';
import type { Weights } from './weigh.ts';

export type Asking = {
  readonly query: AnalysedQuery;
  readonly facts: Facts;
  readonly scope: Scope;
  readonly demand: Demand;
  readonly weights: Weights;
  readonly config: Config;
  /** By which freshness is reckoned, on all pages of one search. */
  readonly at: Date;
};
