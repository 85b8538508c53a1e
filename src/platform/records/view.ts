// The part of what editors read that every record noun shares.
import { formatInstant } from '../../core/time.ts';
import type { RecordDraft, RecordRow } from './record.ts';

/** `own`: the members that only this noun has. */
export function makeDraft(row: RecordRow, own: Readonly<Record<string, unknown>> = {}): RecordDraft {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    ...own,
    externalId: row.externalId,
    revision: row.revision,
    createdAt: formatInstant(row.createdAt),
    updatedAt: formatInstant(row.updatedAt),
    trashedAt: row.trashedAt === null ? null : formatInstant(row.trashedAt),
  };
}
