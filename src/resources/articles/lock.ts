// Locking an article for a change: whoever holds the lock sees what the holder before committed, and judges the present.
import { isUuid } from '../../core/ids.ts';
import type { Principal } from '../../platform/auth/principal.ts';
import type { Tx } from '../../platform/db/db.ts';
import { type Act, renewAct } from '../../platform/events/record.ts';
import type { ArticleContent } from './content.ts';
import {
  isDueJson,
  type PublicationRow,
  type PublicFacts,
  publicationsJson,
  readPublications,
  type Timeline,
} from './publications.ts';
import { contentJson } from './versions.ts';
import type { State } from './workflow.ts';

/** The head of an article: everything about it that is not content. */
export type ArticleHead = PublicFacts & {
  readonly id: string;
  readonly externalId: string | null;
  readonly slug: string;
  readonly state: State;
  readonly revision: number;
  readonly version: number;
  /** Of the newest version. */
  readonly wordCount: number;
  readonly publishedAt: Date | null;
  readonly assigneeId: string | null;
  readonly trashedAt: Date | null;
  readonly createdByEditor: string | null;
  readonly createdByService: string | null;
  readonly sectionPath: readonly string[];
  /** Whether the public finds it under the name it was called by: a slug that only drafts have used is not known. */
  readonly isKnown: boolean;
  /** Whether the log does not tell yet of a start or an end that has come. */
  readonly isDue: boolean;
  readonly isRetracted: boolean;
  readonly isTrashed: boolean;
  readonly embargoUntil: Date | null;
  /** Whether its embargo holds at the act's instant. */
  readonly isEmbargoed: boolean;
  readonly hash: Uint8Array;
};

export type LockedHead = {
  readonly head: ArticleHead;
  readonly timeline: Timeline;
  /** The act from when the lock was held. An earlier instant would judge, and change, what is past by now. */
  readonly act: Act;
};

export type LockedArticle = LockedHead & { readonly content: ArticleContent };

type HeadInstant = 'publishedAt' | 'embargoUntil' | 'trashedAt';

type LockedRow = {
  head: Omit<ArticleHead, keyof PublicFacts | HeadInstant | 'isTrashed' | 'isKnown' | 'hash'> &
    Record<HeadInstant, string | null> & { isSlugKnown: boolean };
  publications: PublicationRow[];
  content: ArticleContent | null;
  hash: Uint8Array;
};

// No key update: the key never changes, and rows that refer to it need not wait for whoever changes the rest.
const lockById = `
  select id::text from article where id = $1::uuid and (trashed_at is not null) = $2::boolean for no key update`;
const lockBySlug = `
  select a.id::text from article_slug s join article a on a.id = s.article_id
  where s.slug = $1 and (a.trashed_at is not null) = $2::boolean for no key update of a`;
const lockByExternalId = `
  select id::text from article where external_id = $1 and (trashed_at is not null) = $2::boolean for no key update`;

// By primary keys. Read after the lock is held, so that it sees what the holder before us committed.
const selectLocked = (content: string) => `
  select jsonb_build_object(
      'id', a.id, 'externalId', a.external_id, 'slug', a.slug, 'state', a.state, 'revision', a.revision,
      'version', a.version, 'wordCount', v.word_count, 'publishedAt', a.published_at, 'assigneeId', a.assignee_id,
      'trashedAt', a.trashed_at, 'createdByEditor', a.created_by_editor, 'createdByService', a.created_by_service,
      'sectionPath', coalesce(to_jsonb(s.path), '[]'),
      'isSlugKnown', $3::text is null
        or exists (select from article_slug n where n.slug = $3 and n.published_from <= $2::timestamptz),
      'isDue', ${isDueJson('$2')},
      'isRetracted', exists (select from retraction r where r.article_id = a.id and r.reinstated_at is null),
      'embargoUntil', a.embargo_until, 'isEmbargoed', coalesce(a.embargo_until > $2::timestamptz, false)) as head,
    ${publicationsJson('$2')} as publications, ${content} as content, v.hash
  from article a
  join article_version v on v.article_id = a.id and v.number = a.version
  left join section s on s.id = a.section_id
  where a.id = $1::uuid`;

const statements = {
  head: { text: selectLocked('null::json'), name: 'article_locked_head' },
  article: { text: selectLocked(contentJson), name: 'article_locked' },
} as const;

type Lock = {
  readonly statement: string;
  readonly name: string;
  readonly key: string;
  readonly slug: string | null;
  readonly where: 'present' | 'trashed';
};

function lockOf(idOrSlug: string, where: Lock['where']): Lock {
  return isUuid(idOrSlug)
    ? { statement: lockById, name: 'article_lock_id', key: idOrSlug, slug: null, where }
    : { statement: lockBySlug, name: 'article_lock_slug', key: idOrSlug, slug: idOrSlug, where };
}

/** `where`: an article is either in the trash or not; whoever asks for one does not find the other. */
export async function lockArticle(
  tx: Tx,
  idOrSlug: string,
  act: Act,
  where: Lock['where'] = 'present',
): Promise<LockedArticle | null> {
  return withContent(await lockWith(tx, lockOf(idOrSlug, where), act, 'article'));
}

/** For acts that do not look at the content. */
export async function lockHead(
  tx: Tx,
  idOrSlug: string,
  act: Act,
  where: Lock['where'] = 'present',
): Promise<LockedHead | null> {
  return lockWith(tx, lockOf(idOrSlug, where), act, 'head');
}

export async function lockArticleByExternalId(tx: Tx, externalId: string, act: Act): Promise<LockedArticle | null> {
  const name = 'article_lock_external_id';
  const lock: Lock = { statement: lockByExternalId, name, key: externalId, slug: null, where: 'present' };
  return withContent(await lockWith(tx, lock, act, 'article'));
}

type Read = LockedHead & { readonly content: ArticleContent | null };

async function lockWith(
  tx: Tx,
  { statement, name, key, slug, where }: Lock,
  waiting: Act,
  what: keyof typeof statements,
): Promise<Read | null> {
  const [lock] = await tx.rows<{ id: string }>(statement, [key, where === 'trashed'], name);
  if (lock === undefined) return null;
  const act = renewAct(waiting);
  const { text, name: reading } = statements[what];
  const [row] = await tx.rows<LockedRow>(text, [lock.id, act.now.toISOString(), slug], reading);
  return row === undefined ? null : { ...toHead(row, act.now), content: row.content, act };
}

function toHead({ head: found, publications, hash }: LockedRow, now: Date): Pick<LockedHead, 'head' | 'timeline'> {
  const { isSlugKnown, publishedAt, embargoUntil, trashedAt, ...rest } = found;
  const { timeline, facts } = readPublications(publications, now);
  const date = (text: string | null) => (text === null ? null : new Date(text));
  const head: ArticleHead = {
    ...rest,
    ...facts,
    isKnown: facts.isPublic && isSlugKnown,
    publishedAt: date(publishedAt),
    embargoUntil: date(embargoUntil),
    trashedAt: date(trashedAt),
    isTrashed: trashedAt !== null,
    hash,
  };
  return { head, timeline };
}

function withContent(read: Read | null): LockedArticle | null {
  return read === null || read.content === null ? null : { ...read, content: read.content };
}

export function isOwn(principal: Principal, head: Pick<ArticleHead, 'createdByEditor' | 'createdByService'>): boolean {
  const { actor } = principal;
  return actor.type === 'editor' ? head.createdByEditor === actor.id : head.createdByService === actor.id;
}
