// Loading an article for a change, and writing its next version. All inside the caller's transaction.
import { isUuid } from '../../core/ids.ts';
import { creatorColumns, type Principal } from '../../platform/auth/principal.ts';
import type { Tx } from '../../platform/db/db.ts';
import { type Act, renewAct } from '../../platform/events/record.ts';
import { type ArticleContent, plainColumns, plainFields } from './content.ts';
import { contentJson } from './versions.ts';
import type { State } from './workflow.ts';

/** The head of an article: everything about it that is not content. */
export type ArticleHead = {
  readonly id: string;
  readonly externalId: string | null;
  readonly slug: string;
  readonly state: State;
  readonly revision: number;
  readonly version: number;
  readonly publishedAt: Date | null;
  readonly assigneeId: string | null;
  readonly trashedAt: Date | null;
  readonly createdByEditor: string | null;
  readonly createdByService: string | null;
  readonly sectionPath: readonly string[];
  /** Paths of the sections in which the public sees it, or is going to. A draft may have been moved since. */
  readonly publicPaths: readonly (readonly string[])[];
  readonly isPublic: boolean;
  /** Whether the public finds it under the name it was called by: a slug that only drafts have used is not known. */
  readonly isKnown: boolean;
  readonly isScheduled: boolean;
  /** Whether the public has ever seen it. */
  readonly wasPublic: boolean;
  readonly isRetracted: boolean;
  readonly isTrashed: boolean;
  readonly embargoUntil: Date | null;
  /** Whether its embargo holds at the act's instant. */
  readonly isEmbargoed: boolean;
  readonly hash: Uint8Array;
};

export type LockedArticle = {
  readonly head: ArticleHead;
  readonly content: ArticleContent;
  /** The act from when the lock was held. An earlier instant would judge, and change, what is past by now. */
  readonly act: Act;
};

type HeadInstant = 'publishedAt' | 'embargoUntil' | 'trashedAt';

type LockedRow = {
  head: Omit<ArticleHead, HeadInstant | 'isTrashed' | 'hash'> & Record<HeadInstant, string | null>;
  content: ArticleContent;
  hash: Uint8Array;
};

// No key update: whoever names the article as related asks for a share of its key, and two articles that name each other
// must not wait for each other.
const lockById = `
  select id::text from article where id = $1::uuid and (trashed_at is not null) = $2::boolean for no key update`;
const lockBySlug = `
  select a.id::text from article_slug s join article a on a.id = s.article_id
  where s.slug = $1 and (a.trashed_at is not null) = $2::boolean for no key update of a`;
const lockByExternalId = `
  select id::text from article where external_id = $1 and (trashed_at is not null) = $2::boolean for no key update`;

// By primary keys. Read after the lock is held, so that it sees what the holder before us committed.
const selectLocked = `
  select jsonb_build_object(
      'id', a.id, 'externalId', a.external_id, 'slug', a.slug, 'state', a.state, 'revision', a.revision,
      'version', a.version, 'publishedAt', a.published_at, 'assigneeId', a.assignee_id, 'trashedAt', a.trashed_at, 'createdByEditor', a.created_by_editor, 'createdByService', a.created_by_service,
      'sectionPath', coalesce(to_jsonb(s.path), '[]'),
      'publicPaths', coalesce((
        select jsonb_agg(coalesce(to_jsonb(ps.path), '[]')) from publication p left join section ps on ps.id = p.section_id
        where p.article_id = a.id and (p.visible_until is null or p.visible_until > $2::timestamptz)), '[]'),
      'isPublic', exists (select from publication p where p.article_id = a.id and p.visible_from <= $2::timestamptz
                          and (p.visible_until is null or p.visible_until > $2::timestamptz)),
      'isKnown', exists (select from publication p where p.article_id = a.id and p.visible_from <= $2::timestamptz
                         and (p.visible_until is null or p.visible_until > $2::timestamptz))
        and ($3::text is null or exists (select from article_slug n where n.slug = $3 and n.published_from <= $2::timestamptz)),
      'isScheduled', exists (select from publication p where p.article_id = a.id and p.visible_from > $2::timestamptz),
      'wasPublic', exists (select from publication p where p.article_id = a.id and p.visible_from <= $2::timestamptz),
      'isRetracted', exists (select from retraction r where r.article_id = a.id and r.reinstated_at is null),
      'embargoUntil', a.embargo_until, 'isEmbargoed', coalesce(a.embargo_until > $2::timestamptz, false)) as head,
    ${contentJson} as content,
    v.hash
  from article a
  join article_version v on v.article_id = a.id and v.number = a.version
  left join section s on s.id = a.section_id
  where a.id = $1::uuid`;

/** `where`: an article is either in the trash or not; whoever asks for one does not find the other. */
export async function lockArticle(
  tx: Tx,
  idOrSlug: string,
  act: Act,
  where: 'present' | 'trashed' = 'present',
): Promise<LockedArticle | null> {
  const byId = isUuid(idOrSlug);
  return lockWith(tx, byId ? lockById : lockBySlug, idOrSlug, act, { slug: byId ? null : idOrSlug, where });
}

export async function lockArticleByExternalId(tx: Tx, externalId: string, act: Act): Promise<LockedArticle | null> {
  return lockWith(tx, lockByExternalId, externalId, act, { slug: null, where: 'present' });
}

async function lockWith(
  tx: Tx,
  statement: string,
  key: string,
  waiting: Act,
  { slug, where }: { slug: string | null; where: 'present' | 'trashed' },
): Promise<LockedArticle | null> {
  const [lock] = await tx.rows<{ id: string }>(statement, [key, where === 'trashed']);
  if (lock === undefined) return null;
  const act = renewAct(waiting);
  const [row] = await tx.rows<LockedRow>(selectLocked, [lock.id, act.now.toISOString(), slug], 'article_locked');
  if (row === undefined) return null;
  const date = (text: string | null) => (text === null ? null : new Date(text));
  const { publishedAt, embargoUntil, trashedAt } = row.head;
  const head: ArticleHead = {
    ...row.head,
    publishedAt: date(publishedAt),
    embargoUntil: date(embargoUntil),
    trashedAt: date(trashedAt),
    isTrashed: trashedAt !== null,
    hash: row.hash,
  };
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
  insert into article (id, external_id, assignee_id, embargo_until, slug, title, section_id, source_id, published_at,
    created_at, created_by_editor, created_by_service, updated_at)
  select v.article_id, $5, $6::uuid, $7::timestamptz, v.slug, v.title, v.section_id, v.source_id, $8::timestamptz,
    v.created_at, v.created_by_editor, v.created_by_service, v.created_at
  from v`;

const updateArticle = `
  with ${versionParts}
  update article a set external_id = $5, assignee_id = $6::uuid, embargo_until = $7::timestamptz, state = $8::article_state, slug = v.slug, title = v.title, section_id = v.section_id,
    source_id = v.source_id, version = v.number, revision = a.revision + 1, updated_at = v.created_at
  from v where a.id = v.article_id`;

/** What an article has beside its content; changing it makes no version. */
export type Desk = {
  readonly externalId: string | null;
  readonly assigneeId: string | null;
  readonly embargoUntil: Date | null;
};
export type NewArticle = Desk & { readonly publishedAt: Date | null };

const deskValues = ({ externalId, assigneeId, embargoUntil }: Desk) => [
  externalId,
  assigneeId,
  embargoUntil?.toISOString() ?? null,
];

export async function storeArticle(tx: Tx, act: Act, version: NewVersion, article: NewArticle): Promise<void> {
  const values = [...versionValues(act, version), ...deskValues(article), article.publishedAt?.toISOString() ?? null];
  await tx.rows(insertArticle, values, 'article_insert');
}

/** The article's newest version, and what else changes with it. */
export async function storeVersion(tx: Tx, act: Act, version: NewVersion, desk: Desk, state: State): Promise<void> {
  await tx.rows(updateArticle, [...versionValues(act, version), ...deskValues(desk), state], 'article_revise');
}

export type HeadChange = Partial<
  Pick<ArticleHead, 'state' | 'assigneeId' | 'embargoUntil' | 'trashedAt' | 'publishedAt' | 'externalId'>
>;

// The editorial date is fixed once it is set.
const updateHead = `
  update article set revision = revision + 1, updated_at = $2::timestamptz, external_id = $3, assignee_id = $4::uuid,
    embargo_until = $5::timestamptz, state = $6::article_state, trashed_at = $7::timestamptz,
    published_at = coalesce(published_at, $8::timestamptz)
  where id = $1::uuid`;

/** A change beside the content: the revision grows, no version is added. Answers with the new revision. */
export async function storeHead(tx: Tx, { now }: Act, head: ArticleHead, change: HeadChange): Promise<number> {
  const next = { ...head, ...change };
  const { state, trashedAt, publishedAt } = next;
  const instants = [trashedAt?.toISOString() ?? null, publishedAt?.toISOString() ?? null];
  await tx.rows(updateHead, [head.id, now.toISOString(), ...deskValues(next), state, ...instants], 'article_head');
  return head.revision + 1;
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
