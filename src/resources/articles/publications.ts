// Publications of one article, inside the caller's transaction: which there are, ending one, calling one off, adding one.
// The exclusion constraint of the table is the last word on overlaps.
import { formatInstant } from '../../core/time.ts';
import { creatorColumns } from '../../platform/auth/principal.ts';
import type { Tx } from '../../platform/db/db.ts';
import type { Act } from '../../platform/events/record.ts';

export type Publication = {
  readonly id: string;
  readonly version: number;
  readonly slug: string;
  readonly title: string;
  readonly visibleFrom: Date;
  readonly visibleUntil: Date | null;
  readonly plannedUntil: Date | null;
};

export type Timeline = {
  readonly current: Publication | null;
  readonly pending: Publication | null;
  /** When the newest start was; a later one must come after it. */
  readonly lastStart: Date | null;
  readonly firstPublishedAt: Date | null;
};

type PublicationRow = {
  id: string;
  version: number;
  slug: string;
  title: string;
  visible_from: Date;
  visible_until: Date | null;
  planned_until: Date | null;
  published_at: Date;
  start_announced: boolean;
};

// By publication_article_id_idx. The first, for the editorial date, and what is current or to come.
const selectTimeline = `
  select p.id::text, p.version, v.slug, p.title, p.visible_from, p.visible_until, p.planned_until, p.published_at, p.start_announced
  from publication p join article_version v on v.article_id = p.article_id and v.number = p.version
  where p.article_id = $1::uuid
    and (p.visible_until is null or p.visible_until > $2::timestamptz
      or p.visible_from in (select min(q.visible_from) from publication q where q.article_id = $1::uuid
                            union all select max(q.visible_from) from publication q where q.article_id = $1::uuid))
  order by p.visible_from`;

export async function readTimeline(tx: Tx, articleId: string, now: Date): Promise<Timeline> {
  const rows = await tx.rows<PublicationRow>(selectTimeline, [articleId, now.toISOString()], 'publication_timeline');
  // What was told has begun, also for a writer whose clock was read a moment earlier: before it waited for the row, on
  // another host, or in the millisecond in which several versions follow each other.
  const hasBegun = (row: PublicationRow) => row.start_announced || row.visible_from <= now;
  const started = rows.filter(hasBegun);
  const newest = started.at(-1);
  const isOpen = newest !== undefined && (newest.visible_until === null || newest.visible_until > now);
  const pending = rows.find((row) => !hasBegun(row));
  return {
    current: isOpen ? toPublication(newest) : null,
    pending: pending === undefined ? null : toPublication(pending),
    lastStart: newest?.visible_from ?? null,
    firstPublishedAt: started[0]?.published_at ?? null,
  };
}

function toPublication(row: PublicationRow): Publication {
  return {
    id: row.id,
    version: row.version,
    slug: row.slug,
    title: row.title,
    visibleFrom: row.visible_from,
    visibleUntil: row.visible_until,
    plannedUntil: row.planned_until,
  };
}

/** The end that holds for what is public now, once nothing is pending any more. */
export function plannedEnd(timeline: Timeline): Date | null {
  const { current } = timeline;
  return (isCutShort(timeline) ? current?.plannedUntil : current?.visibleUntil) ?? null;
}

/** Whether what is public now ends because what is pending takes over. */
export function isCutShort({ current, pending }: Timeline): boolean {
  return pending !== null && current?.visibleUntil?.getTime() === pending.visibleFrom.getTime();
}

/** Never before its own transaction, and after the start before it. */
export function startOf({ lastStart }: Timeline, now: Date, at: Date | null = null): Date {
  return new Date(Math.max(now.getTime(), at?.getTime() ?? 0, (lastStart?.getTime() ?? -1) + 1));
}

/** The end of what stops being public now. A range is never empty: one that began in this very millisecond lasts one. */
export function endOf({ visibleFrom }: Publication, now: Date): Date {
  return new Date(Math.max(now.getTime(), visibleFrom.getTime() + 1));
}

/** What events tell of a publication. */
export function describePublication({
  id,
  version,
  slug,
  visibleFrom,
  visibleUntil,
}: Pick<Publication, 'id' | 'version' | 'slug' | 'visibleFrom' | 'visibleUntil'>) {
  return {
    publicationId: id,
    version,
    slug,
    visibleFrom: formatInstant(visibleFrom),
    visibleUntil: visibleUntil === null ? null : formatInstant(visibleUntil),
  };
}

const updateEnd = `
  update publication set visible_until = $2::timestamptz, planned_until = $3::timestamptz, end_announced = $4
  where id = $1::uuid`;

/** `announced`: the caller's own event tells of the end, so the worker need not. */
export async function endPublication(
  tx: Tx,
  id: string,
  end: { until: Date | null; plannedUntil?: Date | null; announced: boolean },
): Promise<void> {
  const values = [id, end.until?.toISOString() ?? null, end.plannedUntil?.toISOString() ?? null, end.announced];
  await tx.rows(updateEnd, values, 'publication_end');
}

const deletePending = `delete from publication where id = $1::uuid and visible_from > $2::timestamptz`;

/** Calls off what nobody has seen, and gives the one before it its planned end back. */
export async function callOff(tx: Tx, timeline: Timeline, now: Date): Promise<void> {
  const { current, pending } = timeline;
  if (pending === null) return;
  await tx.rows(deletePending, [pending.id, now.toISOString()], 'publication_call_off');
  if (current !== null && isCutShort(timeline)) {
    await endPublication(tx, current.id, { until: current.plannedUntil, announced: false });
  }
}

export type NewPublication = {
  readonly articleId: string;
  readonly version: number;
  readonly from: Date;
  readonly until: Date | null;
  readonly publishedAt: Date;
  readonly announced: boolean;
};

// The columns that lists filter and sort by are copied from the version, so that a later draft does not move it.
const insertPublication = `
  with added as (
    insert into publication (id, article_id, version, visible_from, visible_until, section_id, source_id, title,
      published_at, created_at, created_by_editor, created_by_service, start_announced)
    select $1::uuid, v.article_id, v.number, $4::timestamptz, $5::timestamptz, v.section_id, v.source_id, v.title,
      $6::timestamptz, $7::timestamptz, $8::uuid, $9, $10
    from article_version v where v.article_id = $2::uuid and v.number = $3::int
    returning id, article_id, version, section_id, published_at, visible_from),
  added_tags as (
    insert into publication_tag (publication_id, tag_id, section_id, article_id, published_at, visible_from)
    select distinct a.id, t.tag_id, a.section_id, a.article_id, a.published_at, a.visible_from
    from added a join article_version_tag t on t.article_id = a.article_id and t.version = a.version)
  insert into publication_editor (publication_id, editor_id, section_id, article_id, published_at, visible_from)
  select distinct a.id, c.editor_id, a.section_id, a.article_id, a.published_at, a.visible_from
  from added a join article_version_credit c on c.article_id = a.article_id and c.version = a.version
  where c.editor_id is not null`;

export async function addPublication(tx: Tx, act: Act, publication: NewPublication): Promise<string> {
  const id = act.newId();
  const { editorId, service } = creatorColumns(act.principal.actor);
  const values = [
    id,
    publication.articleId,
    publication.version,
    publication.from.toISOString(),
    publication.until?.toISOString() ?? null,
    publication.publishedAt.toISOString(),
    act.now.toISOString(),
    editorId,
    service,
    publication.announced,
  ];
  await tx.rows(insertPublication, values, 'publication_insert');
  return id;
}
