// A version as it was written: its content in the form in which it is changed and hashed.
import type { Sql } from '../../platform/db/db.ts';
import { type ArticleContent, plainColumns } from './content.ts';

const plainPairs = Object.entries(plainColumns)
  .map(([field, column]) => `'${field}', v.${column}`)
  .join(', ');

/** The content of the version `v`; each of its lists by a primary key. */
export const contentJson = `
    json_build_object(${plainPairs},
      'body', v.body, 'section', v.section_id, 'source', v.source_id,
      'credits', array_to_json(array(
        select json_build_object('role', c.role, 'editorId', c.editor_id, 'name', c.name)
        from article_version_credit c where c.article_id = v.article_id and c.version = v.number order by c.position)),
      'tags', array(select t.tag_id
        from article_version_tag t where t.article_id = v.article_id and t.version = v.number order by t.position),
      'cover', v.cover,
      'related', array(select r.related_id
        from article_version_related r where r.article_id = v.article_id and r.version = v.number order by r.position),
      'seo', v.seo, 'metadata', v.metadata)`;

export type StoredVersion = {
  readonly content: ArticleContent;
  /** From the root to the section it was filed under; empty: none. */
  readonly sectionPath: readonly string[];
};

type VersionRow = { content: ArticleContent; section_path: string[] };

// By article_version_pkey.
const selectVersion = `
  select ${contentJson} as content, coalesce(s.path, '{}')::text[] as section_path
  from article_version v left join section s on s.id = v.section_id
  where v.article_id = $1::uuid and v.number = $2::int`;

export async function findVersion(sql: Sql, articleId: string, number: number): Promise<StoredVersion | null> {
  const [row] = await sql.rows<VersionRow>(selectVersion, [articleId, number], 'version_content');
  return row === undefined ? null : { content: row.content, sectionPath: row.section_path };
}
