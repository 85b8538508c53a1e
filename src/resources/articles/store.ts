// Writing an article's head and its next version. All inside the caller's transaction.
import { creatorColumns } from '../../platform/auth/principal.ts';
import type { Tx } from '../../platform/db/db.ts';
import { lockCall } from '../../platform/db/locks.ts';
import type { Act } from '../../platform/events/record.ts';
import { type ArticleContent, plainColumns, plainFields } from './content.ts';
import type { ArticleHead } from './lock.ts';
import type { State } from './workflow.ts';

export type NewVersion = {
  readonly articleId: string;
  readonly number: number;
  readonly content: ArticleContent;
  readonly wordCount: number;
  readonly note: string | null;
  readonly hash: Uint8Array;
  readonly previousHash: Uint8Array | null;
};

type PlainColumn = (typeof plainColumns)[keyof typeof plainColumns];

const versionColumns = [
  'article_id',
  'number',
  ...(Object.values(plainColumns) as PlainColumn[]),
  'word_count',
  'section_id',
  'source_id',
  'cover',
  'seo',
  'metadata',
  'note',
  'created_at',
  'created_by_editor',
  'created_by_service',
  'hash',
  'previous_hash',
] as const;

// The version comes as one JSON object by column names, and its body by itself: text inside of text would be read twice.
const givenVersion = 'select * from json_populate_record(null::article_version, $1::json)';

// The version `v` and its parts, in the statement that writes the head; foreign keys are checked when all of it is in.
const versionParts = `
  new_version as (
    insert into article_version (${versionColumns.join(', ')}, body) select ${versionColumns.join(', ')}, $5::json from v),
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

// Nothing is written where another article has the slug. The lock of its name is taken first (slugs.ts); the unique key
// sees what its holder before committed, though the statement began earlier.
const insertArticle = `
  with given as (${givenVersion}),
  new_slug as (
    insert into article_slug (slug, article_id, created_at)
    select g.slug, g.article_id, g.created_at
    from given g cross join lateral (select ${lockCall('slug', 'g.slug')} offset 0) as lock
    on conflict (slug) do nothing returning slug),
  v as (select g.* from given g join new_slug n on n.slug = g.slug),
  ${versionParts}
  insert into article (id, external_id, assignee_id, embargo_until, slug, title, section_id, source_id, published_at,
    created_at, created_by_editor, created_by_service, updated_at)
  select v.article_id, $6, $7::uuid, $8::timestamptz, v.slug, v.title, v.section_id, v.source_id, $9::timestamptz,
    v.created_at, v.created_by_editor, v.created_by_service, v.created_at
  from v returning id::text`;

const updateArticle = `
  with v as (${givenVersion}),
  ${versionParts}
  update article a set external_id = $6, assignee_id = $7::uuid, embargo_until = $8::timestamptz,
    state = $9::article_state, slug = v.slug, title = v.title, section_id = v.section_id, source_id = v.source_id,
    version = v.number, revision = a.revision + 1, updated_at = v.created_at
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

/** Whether it was stored: another one may have its slug. */
export async function storeArticle(tx: Tx, act: Act, version: NewVersion, article: NewArticle): Promise<boolean> {
  const values = [...versionValues(act, version), ...deskValues(article), article.publishedAt?.toISOString() ?? null];
  return (await tx.rows(insertArticle, values, 'article_insert')).length > 0;
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
  const { credits, tags, related, body } = version.content;
  return [JSON.stringify(toRow(act, version)), JSON.stringify(credits), tags, related, JSON.stringify(body)];
}

/** The version as the columns of its table. */
function toRow({ principal, now }: Act, version: NewVersion): Record<(typeof versionColumns)[number], unknown> {
  const { content } = version;
  const { editorId, service } = creatorColumns(principal.actor);
  const plain = Object.fromEntries(plainFields.map((field) => [plainColumns[field], content[field]]));
  return {
    ...(plain as Record<PlainColumn, unknown>),
    article_id: version.articleId,
    number: version.number,
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
