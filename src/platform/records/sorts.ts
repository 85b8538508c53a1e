// The orders in which records can be listed. Each ends with the id, so that no two rows tie.
import type { RecordSort } from './record.ts';

export const commonSorts = {
  name: { column: 'name', direction: 'asc', kind: 'text' },
  '-name': { column: 'name', direction: 'desc', kind: 'text' },
  createdAt: { column: 'createdAt', direction: 'asc', kind: 'instant' },
  '-createdAt': { column: 'createdAt', direction: 'desc', kind: 'instant' },
  updatedAt: { column: 'updatedAt', direction: 'asc', kind: 'instant' },
  '-updatedAt': { column: 'updatedAt', direction: 'desc', kind: 'instant' },
} as const satisfies Record<string, RecordSort>;
