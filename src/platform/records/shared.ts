// What records that all sections share have in common: editors, sources and tags.
import { type Principal, requireUnlimited } from '../auth/principal.ts';
import { commonSorts } from './sorts.ts';

export const sharedRecord = {
  sorts: commonSorts,
  defaultSort: 'name',
  toDraftCondition: () => ({}),
  toCondition: async () => ({}),
  requireReach: (principal: Principal) => requireUnlimited(principal),
} as const;
