// Tells the event log what the clock did: scheduled starts and ends that have come. Visibility does not wait for this;
// it is read from the clock. Each is told once, by whichever worker gets the rows, late if no worker ran.
import { formatInstant } from '../../core/time.ts';
import { systemPrincipal } from '../../platform/auth/principal.ts';
import type { Db, Tx } from '../../platform/db/db.ts';
import { type Act, type EventDraft, recordEvents } from '../../platform/events/record.ts';
import type { ArticleHead } from './lock.ts';

type DueRow = {
  id: string;
  article_id: string;
  version: number;
  slug: string;
  visible_from: Date;
  visible_until: Date | null;
  was_public: boolean;
};

// Few enough for a short transaction; the caller asks again until there is nothing left.
const batchSize = 100;

// By publication_start_due_idx. Skipping locked rows, so that workers share the work and never wait for an editor; the
// article is locked before its publication, as editors do.
const selectStarts = `
  select p.id::text, p.article_id::text, p.version, v.slug, p.visible_from, p.visible_until,
    exists (select from publication q where q.article_id = p.article_id and q.visible_until = p.visible_from) as was_public
  from publication p
  join article a on a.id = p.article_id
  join article_version v on v.article_id = p.article_id and v.number = p.version
  where not p.start_announced and p.visible_from <= $1::timestamptz and ($2::uuid is null or p.article_id = $2::uuid)
  order by p.visible_from limit ${batchSize}
  for no key update of a, p skip locked`;

// By publication_end_due_idx.
const selectEnds = `
  select p.id::text, p.article_id::text, p.version, v.slug, p.visible_from, p.visible_until, true as was_public
  from publication p
  join article a on a.id = p.article_id
  join article_version v on v.article_id = p.article_id and v.number = p.version
  where p.start_announced and not p.end_announced and p.visible_until <= $1::timestamptz and ($2::uuid is null or p.article_id = $2::uuid)
  order by p.visible_until limit ${batchSize}
  for no key update of a, p skip locked`;

const markStarts = `
  with told as (update publication set start_announced = true where id = any($1::uuid[]) returning article_id, published_at)
  update article a set published_at = told.published_at from told where a.id = told.article_id and a.published_at is null`;
const markEnds = `update publication set end_announced = true where id = any($1::uuid[])`;

/** How many were told; as many as a batch holds means that there may be more. */
export async function announceDue(db: Db, act: Act): Promise<number> {
  return db.transaction(async (tx) => {
    const due = await takeBatch(tx, act.now, null);
    await recordEvents(tx, act, due);
    return due.length;
  });
}

/**
 * Takes what has come due of an article and is not told yet; the caller records it. Whoever changes what the public sees
 * takes it first, so that the log never tells a start after the end that followed.
 */
export async function takeDue(tx: Tx, now: Date, head: Pick<ArticleHead, 'id' | 'isDue'>): Promise<EventDraft[]> {
  return head.isDue ? takeBatch(tx, now, head.id) : [];
}

/** Of one article, or of all. */
async function takeBatch(tx: Tx, now: Date, articleId: string | null): Promise<EventDraft[]> {
  const values = [now.toISOString(), articleId];
  const starts = await tx.rows<DueRow>(selectStarts, values, 'due_starts');
  // Marked before the ends are read: an end is told only after its start.
  await mark(tx, markStarts, starts);
  const ends = await tx.rows<DueRow>(selectEnds, values, 'due_ends');
  await mark(tx, markEnds, ends);
  const due = [...starts.map(describeStart), ...ends.map(describeEnd)];
  return due.toSorted((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
}

/** Records what an editor's act found due: it was the clock's doing, not the editor's. */
export function recordDue(tx: Tx, act: Act, due: readonly EventDraft[]): Promise<void> {
  return recordEvents(tx, { ...act, principal: systemPrincipal('worker') }, due);
}

async function mark(tx: Tx, statement: string, rows: readonly DueRow[]): Promise<void> {
  if (rows.length > 0) await tx.rows(statement, [rows.map((row) => row.id)]);
}

type Due = EventDraft & { readonly occurredAt: Date };

function describeStart(row: DueRow): Due {
  const visibleUntil = row.visible_until === null ? null : formatInstant(row.visible_until);
  const payload = {
    publicationId: row.id,
    version: row.version,
    slug: row.slug,
    visibleFrom: formatInstant(row.visible_from),
    visibleUntil,
  };
  const type = row.was_public ? 'article.updated' : 'article.published';
  return { type, subjectId: row.article_id, payload, occurredAt: row.visible_from };
}

function describeEnd(row: DueRow): Due {
  const end = row.visible_until!;
  const payload = { publicationId: row.id, version: row.version, slug: row.slug, visibleUntil: formatInstant(end) };
  return { type: 'article.expired', subjectId: row.article_id, payload, occurredAt: end };
}
