// The part of a view that every record noun shares.
import { formatInstant } from '../../core/time.ts';
import type { Perspective, RecordRow, RecordView } from './record.ts';

/** `keys`: further entities that shaped the view. */
export function makeRecordView(
  noun: string,
  row: RecordRow,
  perspective: Perspective,
  own: Readonly<Record<string, unknown>>,
  shapedBy: readonly { id: string; updatedAt: Date }[] = [],
): RecordView {
  const json = { id: row.id, slug: row.slug, name: row.name, ...own };
  const draft = {
    externalId: row.externalId,
    revision: row.revision,
    createdAt: formatInstant(row.createdAt),
    updatedAt: formatInstant(row.updatedAt),
    trashedAt: row.trashedAt === null ? null : formatInstant(row.trashedAt),
  };
  const changes = [row, ...shapedBy].map((entity) => entity.updatedAt.getTime());
  return {
    json: perspective === 'draft' ? { ...json, ...draft } : json,
    keys: [...new Set([row.id, ...shapedBy.map((entity) => entity.id)])].map((id) => `${noun}:${id}`),
    changedAt: new Date(Math.max(...changes)),
  };
}
