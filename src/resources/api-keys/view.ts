// An API key as admins read it: everything but its secret, which is kept nowhere.
import { formatInstant } from '../../core/time.ts';
import type { ApiKeyRow } from './queries.ts';

const reference = ({ id, slug, name }: { id: string; slug: string; name: string }) => ({ id, slug, name });
const instant = (date: Date | null) => (date === null ? null : formatInstant(date));

export function toApiKeyView(row: ApiKeyRow): Record<string, unknown> {
  return {
    id: row.id,
    prefix: row.prefix,
    name: row.name,
    role: row.role,
    editor: row.editor === null ? null : reference(row.editor),
    service: row.service,
    sections: row.sections.length === 0 ? null : row.sections.map(({ section }) => reference(section)),
    createdAt: formatInstant(row.createdAt),
    expiresAt: instant(row.expiresAt),
    lastUsedAt: instant(row.lastUsedAt),
    revokedAt: instant(row.revokedAt),
  };
}
