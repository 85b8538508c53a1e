// Which article a reader means by an id or a slug, if it may read the working copy: what everything that shows more of an
// article than the working copy asks first.
import { isUuid } from '../../../core/ids.ts';
import { mayReadDraft, type Reader } from '../../../platform/auth/reader.ts';
import type { Sql } from '../../../platform/db/db.ts';
import type { Maker } from '../access.ts';

export type Readable = Maker & { readonly id: string };

const columns = `a.id::text, a.created_by_editor::text as "createdByEditor", a.created_by_service as "createdByService"`;
const readable = `a.trashed_at is null and ${mayReadDraft('a', { now: '$2', sections: '$3', embargoedOf: '$4' })}`;

// By article_pkey, or article_slug_pkey.
const selectById = `select ${columns} from article a where a.id = $1::uuid and ${readable}`;
const selectBySlug = `
  select ${columns} from article_slug s join article a on a.id = s.article_id where s.slug = $1 and ${readable}`;

/** Null: there is none, or none that the reader may read. */
export async function findReadable(sql: Sql, idOrSlug: string, reader: Reader, now: Date): Promise<Readable | null> {
  const values = [idOrSlug, now.toISOString(), reader.sectionIds, reader.embargoedOf];
  const [row] = isUuid(idOrSlug)
    ? await sql.rows<Readable>(selectById, values, 'article_readable_by_id')
    : await sql.rows<Readable>(selectBySlug, values, 'article_readable_by_slug');
  return row ?? null;
}
