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

type Instants = 'visibleFrom' | 'visibleUntil' | 'plannedUntil';

/** A publication as `publicationsJson` prints it. */
export type PublicationRow = Omit<Publication, Instants> & {
  readonly visibleFrom: string;
  readonly visibleUntil: string | null;
  readonly plannedUntil: string | null;
  readonly publishedAt: string;
  readonly isAnnounced: boolean;
  readonly isEndAnnounced: boolean;
  readonly sectionPath: readonly string[];
};

type TimelineEntry = Publication &
  Pick<PublicationRow, 'isAnnounced' | 'isEndAnnounced' | 'sectionPath'> & { readonly publishedAt: Date };

/**
 * Of the publications of article `a`: the first, for the editorial date, the newest, and what is current or to come. By
 * publication_article_id_idx.
 */
export const publicationsJson = (now: string) => `array_to_json(array(
  select json_build_object('id', p.id, 'version', p.version, 'slug', pv.slug, 'title', p.title,
    'visibleFrom', p.visible_from, 'visibleUntil', p.visible_until, 'plannedUntil', p.planned_until,
    'publishedAt', p.published_at, 'isAnnounced', p.start_announced, 'isEndAnnounced', p.end_announced,
    'sectionPath', coalesce(ps.path, '{}'))
  from publication p join article_version pv on pv.article_id = p.article_id and pv.number = p.version
  left join section ps on ps.id = p.section_id
  where p.article_id = a.id
    and (p.visible_until is null or p.visible_until > ${now}::timestamptz
      or p.visible_from in (select min(q.visible_from) from publication q where q.article_id = a.id
                            union all select max(q.visible_from) from publication q where q.article_id = a.id))
  order by p.visible_from))`;

/** Whether the log does not tell yet of a start or an end of article `a` that has come; by the same index. */
export const isDueJson = (now: string) => `exists (
  select from publication p where p.article_id = a.id
    and (not p.start_announced and p.visible_from <= ${now}::timestamptz
      or not p.end_announced and p.visible_until <= ${now}::timestamptz))`;

export type PublicFacts = {
  readonly isPublic: boolean;
  readonly isScheduled: boolean;
  /** Whether the public has ever seen it. */
  readonly wasPublic: boolean;
  /** Paths of the sections in which the public sees it, or is going to. A draft may have been moved since. */
  readonly publicPaths: readonly (readonly string[])[];
};

export function readPublications(
  rows: readonly PublicationRow[],
  now: Date,
): { timeline: Timeline; facts: PublicFacts } {
  const entries = rows.map(toEntry);
  const isOpen = ({ visibleUntil }: Publication) => visibleUntil === null || visibleUntil > now;
  const seen = entries.filter(({ visibleFrom }) => visibleFrom <= now);
  const facts = {
    isPublic: seen.some(isOpen),
    isScheduled: seen.length < entries.length,
    wasPublic: seen.length > 0,
    publicPaths: entries.filter(isOpen).map(({ sectionPath }) => sectionPath),
  };
  // What was told has begun, also for a writer whose clock was read a moment earlier: before it waited for the row, on
  // another host, or in the millisecond in which several versions follow each other.
  const hasBegun = ({ isAnnounced, visibleFrom }: TimelineEntry) => isAnnounced || visibleFrom <= now;
  const started = entries.filter(hasBegun);
  const newest = started.at(-1);
  const open = newest !== undefined && isOpen(newest) ? newest : null;
  const pending = entries.find((entry) => !hasBegun(entry)) ?? null;
  // What an act has ended lasts until its millisecond is over, but nothing can be done about it any more.
  const isEnded = open?.isEndAnnounced && !isCutShort({ current: open, pending });
  const timeline = {
    current: isEnded ? null : open,
    pending,
    lastStart: newest?.visibleFrom ?? null,
    firstPublishedAt: started[0]?.publishedAt ?? null,
  };
  return { timeline, facts };
}

function toEntry(row: PublicationRow): TimelineEntry {
  const date = (text: string | null) => (text === null ? null : new Date(text));
  return {
    ...row,
    visibleFrom: new Date(row.visibleFrom),
    visibleUntil: date(row.visibleUntil),
    plannedUntil: date(row.plannedUntil),
    publishedAt: new Date(row.publishedAt),
  };
}

/** The end that holds for what is public now, once nothing is pending any more. */
export function plannedEnd(timeline: Timeline): Date | null {
  const { current } = timeline;
  return (isCutShort(timeline) ? current?.plannedUntil : current?.visibleUntil) ?? null;
}

/** Whether what is public now ends because what is pending takes over. */
export function isCutShort({ current, pending }: Pick<Timeline, 'current' | 'pending'>): boolean {
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

// The columns that lists filter and sort by are copied from the version, so that a later draft does not move it. From its
// start on the public can see the article under the version's slug.
const insertPublication = `
  with kept_slug as (
    update article_slug s set published_from = $4::timestamptz
    from article_version v where v.article_id = $2::uuid and v.number = $3::int and s.slug = v.slug
      and (s.published_from is null or s.published_from > $4::timestamptz)),
  added as (
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
