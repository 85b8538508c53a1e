// Removes articles from the trash for good. What stays is a tombstone in the event log, and the slugs that the public has
// seen, which no other article ever gets.
import { formatInstant } from '../../../core/time.ts';
import { isWithin } from '../../../platform/auth/reader.ts';
import type { Sql, Tx } from '../../../platform/db/db.ts';
import { type Act, type EventDraft, recordEvents } from '../../../platform/events/record.ts';

export type PurgeOrder = {
  /** Only what was trashed then or earlier. */
  readonly trashedBefore: Date;
  readonly limit: number;
};

export type Trashed = {
  readonly id: string;
  readonly trashedAt: Date;
  readonly versions: number;
};

type TrashedRow = { id: string; trashed_at: Date; versions: number; hash: string };

// By article_trashed_at_idx, oldest first, within the key's sections ($2).
const selectTrashed = `
  select a.id::text, a.trashed_at, a.version as versions, encode(v.hash, 'hex') as hash
  from article a join article_version v on v.article_id = a.id and v.number = a.version
  where a.trashed_at <= $1::timestamptz and ${isWithin('a', '$2')}
  order by a.trashed_at, a.id limit $3::int`;

// What somebody is just taking out of the trash is left to them; what comes free only then is judged again.
const takeTrashed = `${selectTrashed} for update of a skip locked`;

/** What a purge would remove. */
export async function listPurgeable(sql: Sql, { principal }: Act, order: PurgeOrder): Promise<Trashed[]> {
  return (await sql.rows<TrashedRow>(selectTrashed, valuesOf(principal.sectionIds, order))).map(toTrashed);
}

/** Inside the caller's transaction: all of it or nothing. Fewer than the limit: nothing is left to purge. */
export async function purgeTrash(tx: Tx, act: Act, order: PurgeOrder): Promise<Trashed[]> {
  const rows = await tx.rows<TrashedRow>(takeTrashed, valuesOf(act.principal.sectionIds, order), 'purge_take');
  for (const { id } of rows) await removeArticle(tx, id);
  if (rows.length > 0) await tx.rows(forgetAnswers, [rows.map(({ id }) => id)], 'purge_answers');
  await recordEvents(tx, act, rows.map(describe));
  return rows.map(toTrashed);
}

const valuesOf = (sectionIds: readonly string[] | null, { trashedBefore, limit }: PurgeOrder) => [
  trashedBefore.toISOString(),
  sectionIds,
  limit,
];

const toTrashed = ({ id, trashed_at: trashedAt, versions }: TrashedRow): Trashed => ({ id, trashedAt, versions });

function describe({ id, trashed_at: trashedAt, versions, hash }: TrashedRow): EventDraft {
  return {
    type: 'article.purged',
    subjectId: id,
    payload: { versions, hash, trashedAt: formatInstant(trashedAt) },
  };
}

// What stands on versions and publications, by the indexes that begin with the article. A publication takes its tags and
// editors with it.
const deletePublications = `
  with c as (delete from correction where article_id = $1::uuid),
  r as (delete from retraction where article_id = $1::uuid),
  m as (delete from article_comment where article_id = $1::uuid),
  l as (delete from preview_link where article_id = $1::uuid)
  delete from publication where article_id = $1::uuid`;

// By article_slug_article_id_idx. After the publications: while there is one, its slug cannot be taken from its article.
const releaseSlugs = `
  with d as (delete from article_slug where article_id = $1::uuid and published_from is null)
  update article_slug set article_id = null where article_id = $1::uuid and published_from is not null`;

// Opens the versions of this one article to deletion, until the transaction ends or names another.
const openVersions = `select set_config('masthead.purged_article', $1::uuid::text, true)`;

// By primary keys.
const deleteArticle = `
  with c as (delete from article_version_credit where article_id = $1::uuid),
  t as (delete from article_version_tag where article_id = $1::uuid),
  r as (delete from article_version_related where article_id = $1::uuid),
  v as (delete from article_version where article_id = $1::uuid)
  delete from article where id = $1::uuid`;

// Answers that are kept for retries may show what is purged. No index: there is a day's worth, and a purge is rare.
const forgetAnswers = `
  delete from idempotent_answer k using unnest($1::text[]) as purged(id) where position(purged.id in k.body) > 0`;

async function removeArticle(tx: Tx, id: string): Promise<void> {
  await tx.rows(deletePublications, [id], 'purge_publications');
  await tx.rows(releaseSlugs, [id], 'purge_slugs');
  await tx.rows(openVersions, [id], 'purge_open');
  await tx.rows(deleteArticle, [id], 'purge_article');
}
