// Loading an article for a change, and writing its next version. All inside the caller's transaction.
import { isUuid } from '../../core/ids.ts';
import { creatorColumns, type Principal } from '../../platform/auth/principal.ts';
import type { Tx } from '../../platform/db/db.ts';
import { type Act, renewAct } from '../../platform/events/record.ts';
import { type ArticleContent, plainColumns, plainFields } from './content.ts';

/** The head of an article: everything about it that is not content. */
export type ArticleHead = {
  readonly id: string;
  readonly externalId: string | null;
  readonly slug: string;
  readonly revision: number;
  readonly version: number;
  readonly publishedAt: Date | null;
  readonly createdByEditor: string | null;
  readonly createdByService: string | null;
  readonly sectionPath: readonly string[];
  /** Paths of the sections in which the public sees it, or is going to. A draft may have been moved since. */
  readonly publicPaths: readonly (readonly string[])[];
  readonly isPublic: boolean;
  /** Whether the public finds it under the name it was called by: a slug that only drafts have used is not known. */
  readonly isKnown: boolean;
  readonly isScheduled: boolean;
  readonly hash: Uint8Array;
};

export type LockedArticle = {
  readonly head: ArticleHead;
  readonly content: ArticleContent;
  /** The act from when the lock was held. An earlier instant would judge, and change, what is past by now. */
  readonly act: Act;
};

type LockedRow = {
  head: Omit<ArticleHead, 'publishedAt' | 'hash'> & { publishedAt: string | null };
  content: ArticleContent;
  hash: Uint8Array;
};

// No key update: whoever names the article as related asks for a share of its key, and two articles that name each other
// must not wait for each other.
const lockById = `select id::text from article where id = $1::uuid and trashed_at is null for no key update`;
const lockBySlug = `
  select a.id::text from article_slug s join article a on a.id = s.article_id
  where s.slug = $1 and a.trashed_at is null for no key update of a`;
const lockByExternalId = `
  select id::text from article where external_id = $1 and trashed_at is null for no key update`;

const plainPairs = Object.entries(plainColumns)
  .map(([field, column]) => `'${field}', v.${column}`)
  .join(', ');

// By primary keys. Read after the lock is held, so that it sees what the holder before us committed.
const selectLocked = `
  select jsonb_build_object(
      'id', a.id, 'externalId', a.external_id, 'slug', a.slug, 'revision', a.revision, 'version', a.version,
      'publishedAt', a.published_at, 'createdByEditor', a.created_by_editor, 'createdByService', a.created_by_service,
      'sectionPath', coalesce(to_jsonb(s.path), '[]'),
      'publicPaths', coalesce((
        select jsonb_agg(coalesce(to_jsonb(ps.path), '[]')) from publication p left join section ps on ps.id = p.section_id
        where p.article_id = a.id and (p.visible_until is null or p.visible_until > $2::timestamptz)), '[]'),
      'isPublic', exists (select from publication p where p.article_id = a.id and p.visible_from <= $2::timestamptz
                          and (p.visible_until is null or p.visible_until > $2::timestamptz)),
      'isKnown', exists (select from publication p where p.article_id = a.id and p.visible_from <= $2::timestamptz
                         and (p.visible_until is null or p.visible_until > $2::timestamptz))
        and ($3::text is null or exists (select from article_slug n where n.slug = $3 and n.published_from <= $2::timestamptz)),
      'isScheduled', exists (select from publication p where p.article_id = a.id and p.visible_from > $2::timestamptz)) as head,
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
      'seo', v.seo, 'metadata', v.metadata) as content,
    v.hash
  from article a
  join article_version v on v.article_id = a.id and v.number = a.version
  left join section s on s.id = a.section_id
  where a.id = $1::uuid`;

export async function lockArticle(tx: Tx, idOrSlug: string, act: Act): Promise<LockedArticle | null> {
  const byId = isUuid(idOrSlug);
  return lockWith(tx, byId ? lockById : lockBySlug, idOrSlug, act, byId ? null : idOrSlug);
}

export async function lockArticleByExternalId(tx: Tx, externalId: string, act: Act): Promise<LockedArticle | null> {
  return lockWith(tx, lockByExternalId, externalId, act, null);
}

async function lockWith(
  tx: Tx,
  statement: string,
  key: string,
  waiting: Act,
  slug: string | null,
): Promise<LockedArticle | null> {
  const [lock] = await tx.rows<{ id: string }>(statement, [key]);
  if (lock === undefined) return null;
  const act = renewAct(waiting);
  const [row] = await tx.rows<LockedRow>(selectLocked, [lock.id, act.now.toISOString(), slug], 'article_locked');
  if (row === undefined) return null;
  const { publishedAt } = row.head;
  const head = { ...row.head, publishedAt: publishedAt === null ? null : new Date(publishedAt), hash: row.hash };
  return { head, content: row.content, act };
}

export type NewVersion = {
  readonly articleId: string;
  readonly number: number;
  readonly content: ArticleContent;
  readonly wordCount: number;
  readonly note: string | null;
  readonly hash: Uint8Array;
  readonly previousHash: Uint8Array | null;
};

// One statement for the version and its parts; foreign keys are checked when all of it is in. The version comes as one
// JSON object by column names, so that a new column needs nothing here.
const versionParts = `
  v as (select * from json_populate_record(null::article_version, $1::json)),
  new_version as (insert into article_version select * from v),
  new_credits as (
    insert into article_version_credit (article_id, version, position, role, editor_id, name)
    select v.article_id, v.number, c.n, (c.item ->> 'role')::credit_role, (c.item ->> 'editorId')::uuid, c.item ->> 'name'
    from v cross join json_array_elements($2::json) with ordinality as c(item, n)),
  new_tags as (
    insert into article_version_tag (article_id, version, position, tag_id)
    select v.article_id, v.number, t.n, t.id from v cross join unnest($3::uuid[]) with ordinality as t(id, n)),
  new_related as (
    insert into article_version_related (article_id, version, position, related_id)
    select v.article_id, v.number, r.n, r.id from v cross join unnest($4::uuid[]) with ordinality as r(id, n))`;

const insertArticle = `
  with ${versionParts},
  new_slug as (
    insert into article_slug (slug, article_id, created_at) select v.slug, v.article_id, v.created_at from v)
  insert into article (id, external_id, slug, title, section_id, source_id, published_at, created_at, created_by_editor,
    created_by_service, updated_at)
  select v.article_id, $5, v.slug, v.title, v.section_id, v.source_id, $6::timestamptz, v.created_at,
    v.created_by_editor, v.created_by_service, v.created_at
  from v`;

const updateArticle = `
  with ${versionParts}
  update article a set external_id = $5, slug = v.slug, title = v.title, section_id = v.section_id,
    source_id = v.source_id, version = v.number, revision = a.revision + 1, updated_at = v.created_at
  from v where a.id = v.article_id`;

export type NewArticle = { readonly externalId: string | null; readonly publishedAt: Date | null };

export async function storeArticle(tx: Tx, act: Act, version: NewVersion, article: NewArticle): Promise<void> {
  const values = [...versionValues(act, version), article.externalId, article.publishedAt?.toISOString() ?? null];
  await tx.rows(insertArticle, values, 'article_insert');
}

export async function storeVersion(tx: Tx, act: Act, version: NewVersion, externalId: string | null): Promise<void> {
  await tx.rows(updateArticle, [...versionValues(act, version), externalId], 'article_revise');
}

function versionValues(act: Act, version: NewVersion): unknown[] {
  const { content } = version;
  return [JSON.stringify(toRow(act, version)), JSON.stringify(content.credits), content.tags, content.related];
}

/** The version as the columns of its table. */
function toRow({ principal, now }: Act, version: NewVersion): Record<string, unknown> {
  const { content } = version;
  const { editorId, service } = creatorColumns(principal.actor);
  return {
    article_id: version.articleId,
    number: version.number,
    ...Object.fromEntries(plainFields.map((field) => [plainColumns[field], content[field]])),
    body: content.body,
    word_count: version.wordCount,
    section_id: content.section,
    source_id: content.source,
    cover: content.cover,
    seo: content.seo,
    metadata: content.metadata,
    note: version.note,
    created_at: now.toISOString(),
    created_by_editor: editorId,
    created_by_service: service,
    hash: toHex(version.hash),
    previous_hash: version.previousHash === null ? null : toHex(version.previousHash),
  };
}

/** The hex form of bytea. */
const toHex = (bytes: Uint8Array) => `\\x${Buffer.from(bytes).toString('hex')}`;

export function isOwn(principal: Principal, head: Pick<ArticleHead, 'createdByEditor' | 'createdByService'>): boolean {
  const { actor } = principal;
  return actor.type === 'editor' ? head.createdByEditor === actor.id : head.createdByService === actor.id;
}
