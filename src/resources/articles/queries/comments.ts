// Reads of an article's comments. Whether the reader may read the article is asked before (readable.ts).
import { formatInstant } from '../../../core/time.ts';
import { isWithin, type Reader } from '../../../platform/auth/reader.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { type Creator, findBeside, listBeside, type PageOrder, type Rows } from './beside.ts';
import { createdBy } from './json.ts';

export type CommentRow = {
  readonly id: string;
  readonly text: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly createdBy: Creator;
};

// By article_comment_article_id_idx and article_comment_pkey, the rest by primary keys. What was said of a version that
// was filed where the reader may not read is not there.
const select = `
  select x.id::text, x.text, x.version, x.created_at as "createdAt", ${createdBy('x')} as "createdBy"
  from article_comment x
  join article_version v on v.article_id = x.article_id and v.number = x.version
  where x.article_id = $1::uuid and ${isWithin('v', '$2')}`;

const commentsOf = (articleId: string, { sectionIds }: Reader): Rows => ({
  text: select,
  values: [articleId, sectionIds],
});

export function listComments(sql: Sql, articleId: string, reader: Reader, order: PageOrder): Promise<CommentRow[]> {
  return listBeside<CommentRow>(sql, commentsOf(articleId, reader), order);
}

export function findComment(sql: Sql, articleId: string, reader: Reader, id: string): Promise<CommentRow | null> {
  return findBeside<CommentRow>(sql, commentsOf(articleId, reader), id);
}

export function toCommentView({ createdAt, ...comment }: CommentRow): object {
  return { ...comment, createdAt: formatInstant(createdAt) };
}
