// Loading an article for a change, and writing its next version. All inside the caller's transaction.
import { isUuid } from '../../core/ids.ts';
import { creatorColumns, type Principal } from '../../platform/auth/principal.ts';
import type { Tx } from '../../platform/db/db.ts';
import type { Act } from '../../platform/events/record.ts';
import type { ArticleContent } from './content.ts';

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
  readonly isPublic: boolean;
  readonly isScheduled: boolean;
  readonly hash: Uint8Array;
};

export type LockedArticle = { readonly head: ArticleHead; readonly content: ArticleContent };

type LockedRow = {
  head: Omit<ArticleHead, 'publishedAt' | 'hash'> & { publishedAt: string | null };
  content: ArticleContent;
  hash: Uint8Array;
};

const lockById = `select id::text from article where id = $1::uuid and trashed_at is null for update`;
const lockBySlug = `
  select a.id::text from article_slug s join article a on a.id = s.article_id
  where s.slug = $1 and a.trashed_at is null for update of a`;
const lockByExternalId = `select id::text from article where external_id = $1 and trashed_at is null for update`;

// By primary keys. Read after the lock is held, so that it sees what the holder before us committed.
const selectLocked = `
  select jsonb_build_object(
      'id', a.id, 'externalId', a.external_id, 'slug', a.slug, 'revision', a.revision, 'version', a.version,
      'publishedAt', a.published_at, 'createdByEditor', a.created_by_editor, 'createdByService', a.created_by_service,
      'sectionPath', coalesce(to_jsonb(s.path), '[]'),
      'isPublic', exists (select from publication p where p.article_id = a.id and p.visible_from <= $2::timestamptz
                          and (p.visible_until is null or p.visible_until > $2::timestamptz)),
      'isScheduled', exists (select from publication p where p.article_id = a.id and p.visible_from > $2::timestamptz)) as head,
    jsonb_build_object(
      'slug', v.slug, 'locale', v.locale, 'title', v.title, 'kicker', v.kicker, 'subtitle', v.subtitle,
      'summary', v.summary, 'body', v.body, 'section', v.section_id, 'source', v.source_id, 'sourceUrl', v.source_url,
      'credits', coalesce((select jsonb_agg(jsonb_build_object('role', c.role, 'editorId', c.editor_id, 'name', c.name) order by c.position)
        from article_version_credit c where c.article_id = v.article_id and c.version = v.number), '[]'),
      'tags', coalesce((select jsonb_agg(t.tag_id order by t.position)
        from article_version_tag t where t.article_id = v.article_id and t.version = v.number), '[]'),
      'cover', v.cover,
      'related', coalesce((select jsonb_agg(r.related_id order by r.position)
        from article_version_related r where r.article_id = v.article_id and r.version = v.number), '[]'),
      'seo', v.seo, 'genre', v.genre, 'urgency', v.urgency, 'metadata', v.metadata) as content,
    v.hash
  from article a
  join article_version v on v.article_id = a.id and v.number = a.version
  left join section s on s.id = a.section_id
  where a.id = $1::uuid`;

export async function lockArticle(tx: Tx, idOrSlug: string, now: Date): Promise<LockedArticle | null> {
  return lockWith(tx, isUuid(idOrSlug) ? lockById : lockBySlug, idOrSlug, now);
}

export async function lockArticleByExternalId(tx: Tx, externalId: string, now: Date): Promise<LockedArticle | null> {
  return lockWith(tx, lockByExternalId, externalId, now);
}

async function lockWith(tx: Tx, statement: string, key: string, now: Date): Promise<LockedArticle | null> {
  const [lock] = await tx.rows<{ id: string }>(statement, [key]);
  if (lock === undefined) return null;
  const [row] = await tx.rows<LockedRow>(selectLocked, [lock.id, now.toISOString()], 'article_locked');
  if (row === undefined) return null;
  const { publishedAt } = row.head;
  const head = { ...row.head, publishedAt: publishedAt === null ? null : new Date(publishedAt), hash: row.hash };
  return { head, content: row.content };
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

// One statement for the version and its parts; foreign keys are checked when all of it is in.
const versionParts = `
  new_version as (
    insert into article_version (article_id, number, slug, locale, title, kicker, subtitle, summary, body, word_count,
      section_id, source_id, source_url, cover, seo, genre, urgency, metadata, note, created_at, created_by_editor,
      created_by_service, hash, previous_hash)
    values ($1::uuid, $2::int, $3, $4, $5, $6, $7, $8, $9::jsonb, $10::int, $11::uuid, $12::uuid, $13, $14::jsonb,
      $15::jsonb, $16, $17::int, $18::jsonb, $19, $20::timestamptz, $21::uuid, $22, $23::bytea, $24::bytea)),
  new_credits as (
    insert into article_version_credit (article_id, version, position, role, editor_id, name)
    select $1::uuid, $2::int, (c.n)::int, (c.item ->> 'role')::credit_role, (c.item ->> 'editorId')::uuid, c.item ->> 'name'
    from jsonb_array_elements($25::jsonb) with ordinality as c(item, n)),
  new_tags as (
    insert into article_version_tag (article_id, version, position, tag_id)
    select $1::uuid, $2::int, t.n::int, t.id from unnest($26::uuid[]) with ordinality as t(id, n)),
  new_related as (
    insert into article_version_related (article_id, version, position, related_id)
    select $1::uuid, $2::int, r.n::int, r.id from unnest($27::uuid[]) with ordinality as r(id, n))`;

const insertArticle = `
  with ${versionParts},
  new_slug as (
    insert into article_slug (slug, article_id, created_at) values ($3, $1::uuid, $20::timestamptz))
  insert into article (id, external_id, slug, title, section_id, source_id, published_at, created_at, created_by_editor,
    created_by_service, updated_at)
  values ($1::uuid, $28, $3, $5, $11::uuid, $12::uuid, $29::timestamptz, $20::timestamptz, $21::uuid, $22, $20::timestamptz)`;

const updateArticle = `
  with ${versionParts}
  update article set external_id = $28, slug = $3, title = $5, section_id = $11::uuid, source_id = $12::uuid,
    version = $2::int, revision = revision + 1, updated_at = $20::timestamptz
  where id = $1::uuid`;

export type NewArticle = { readonly externalId: string | null; readonly publishedAt: Date | null };

export async function storeArticle(tx: Tx, act: Act, version: NewVersion, article: NewArticle): Promise<void> {
  const values = [...versionValues(act, version), article.externalId, article.publishedAt?.toISOString() ?? null];
  await tx.rows(insertArticle, values, 'article_insert');
}

export async function storeVersion(tx: Tx, act: Act, version: NewVersion, externalId: string | null): Promise<void> {
  await tx.rows(updateArticle, [...versionValues(act, version), externalId], 'article_revise');
}

const json = (value: unknown) => (value === null ? null : JSON.stringify(value));

function versionValues({ principal, now }: Act, version: NewVersion): unknown[] {
  const { content } = version;
  const { editorId, service } = creatorColumns(principal.actor);
  return [
    version.articleId,
    version.number,
    content.slug,
    content.locale,
    content.title,
    content.kicker,
    content.subtitle,
    content.summary,
    JSON.stringify(content.body),
    version.wordCount,
    content.section,
    content.source,
    content.sourceUrl,
    json(content.cover),
    json(content.seo),
    content.genre,
    content.urgency,
    JSON.stringify(content.metadata),
    version.note,
    now.toISOString(),
    editorId,
    service,
    version.hash,
    version.previousHash,
    JSON.stringify(content.credits),
    content.tags,
    content.related,
  ];
}

export function isOwn(principal: Principal, head: Pick<ArticleHead, 'createdByEditor' | 'createdByService'>): boolean {
  const { actor } = principal;
  return actor.type === 'editor' ? head.createdByEditor === actor.id : head.createdByService === actor.id;
}
