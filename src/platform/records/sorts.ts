// The orders in which records can be listed. Each ends with the id, so that no two rows tie.
import type { RecordSort } from './record.ts';

export const commonSorts = {
  name: { field: 'name', column: 'name', direction: 'asc', kind: 'text' },
  '-name': { field: 'name', column: 'name', direction: 'desc', kind: 'text' },
  createdAt: { field: 'createdAt', column: 'created_at', direction: 'asc', kind: 'instant' },
  '-createdAt': { field: 'createdAt', column: 'created_at', direction: 'desc', kind: 'instant' },
  updatedAt: { field: 'updatedAt', column: 'updated_at', direction: 'asc', kind: 'instant' },
  '-updatedAt': { field: 'updatedAt', column: 'updated_at', direction: 'desc', kind: 'instant' },
} as const satisfies Record<string, RecordSort>;
