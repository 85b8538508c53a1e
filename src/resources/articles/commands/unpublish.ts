// Taking an article from the public, now or at an instant, and moving it to the trash. What is scheduled is called off.
import { problem } from '../../../core/problems.ts';
import { formatInstant } from '../../../core/time.ts';
import type { Db, Tx } from '../../../platform/db/db.ts';
import type { Precondition } from '../../../platform/delivery/etag.ts';
import { requireMatch } from '../../../platform/events/changes.ts';
import { type Act, type EventDraft, recordEvents } from '../../../platform/events/record.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { requireArticleAccess } from '../access.ts';
import { recordDue, takeDue } from '../announce.ts';
import { bumpRevision, callOff, endPublication, readTimeline, type Timeline } from '../publications.ts';
import { reconsiderSlugs } from '../slugs.ts';
import { type ArticleHead, lockArticle } from '../store.ts';
import type { Warning } from '../view-schemas.ts';
import type { Written } from './create.ts';
import { refuse, unscheduled } from './publish.ts';

export async function unpublishArticle(
  db: Db,
  waiting: Act,
  idOrSlug: string,
  condition: Precondition,
  at: Date | null,
): Promise<Written> {
  return db.transaction(async (tx) => {
    const article = await lockArticle(tx, idOrSlug, waiting);
    if (article === null) throw notFound();
    const { head, act } = article;
    requireArticleAccess(act.principal, 'article.publish', head);
    await requireMatch(tx, 'article', head, condition);
    const due = await takeDue(tx, act.now, head.id);
    const timeline = await readTimeline(tx, head.id, act.now);
    if (timeline.current === null && timeline.pending === null) {
      throw problem('article.not_published', { detail: 'The article is neither public nor scheduled.' });
    }
    if (timeline.current === null && at !== null && at > act.now) {
      throw refuse(
        '/at',
        'Nothing is public yet. Publish with an `until`, or unpublish without `at` to call the schedule off.',
      );
    }
    const end = timeline.current?.visibleUntil ?? null;
    // Its planned end where a scheduled update cut it short, since that update is called off.
    const planned =
      timeline.pending !== null && end?.getTime() === timeline.pending.visibleFrom.getTime()
        ? (timeline.current?.plannedUntil ?? null)
        : end;
    if (at !== null && planned !== null && at > planned) {
      throw refuse(
        '/at',
        `It ends before that already, at ${formatInstant(planned)}. Publish with a later \`until\` to prolong it.`,
      );
    }
    const events = await withdraw(tx, act, head, timeline, at);
    await bumpRevision(tx, head.id, act.now, head.publishedAt ?? timeline.firstPublishedAt);
    await recordDue(tx, act, due);
    await recordEvents(tx, act, events);
    return { id: head.id, warnings: calledOff(timeline) };
  });
}

export async function trashArticle(db: Db, waiting: Act, idOrSlug: string, condition: Precondition): Promise<void> {
  await db.transaction(async (tx) => {
    const article = await lockArticle(tx, idOrSlug, waiting);
    if (article === null) throw notFound();
    const { head, act } = article;
    requireArticleAccess(act.principal, 'article.trash', head);
    // Trashing takes it from the public as well.
    if (head.isPublic || head.isScheduled) requireArticleAccess(act.principal, 'article.publish', head);
    await requireMatch(tx, 'article', head, condition);
    const due = await takeDue(tx, act.now, head.id);
    const timeline = await readTimeline(tx, head.id, act.now);
    const events = await withdraw(tx, act, head, timeline, null);
    await bumpRevision(tx, head.id, act.now, head.publishedAt ?? timeline.firstPublishedAt);
    await tx.rows('update article set trashed_at = $2::timestamptz where id = $1::uuid', [
      head.id,
      act.now.toISOString(),
    ]);
    const payload = { revision: head.revision + 1, fields: ['trashedAt'] };
    await recordDue(tx, act, due);
    await recordEvents(tx, act, [...events, { type: 'article.trashed', subjectId: head.id, payload }]);
  });
}

async function withdraw(
  tx: Tx,
  act: Act,
  head: ArticleHead,
  timeline: Timeline,
  at: Date | null,
): Promise<EventDraft[]> {
  const revision = head.revision + 1;
  const events: EventDraft[] = [];
  await callOff(tx, timeline, act.now);
  if (timeline.pending !== null) events.push(unscheduled(head.id, timeline.pending, revision));
  const { current } = timeline;
  if (current !== null) {
    const isNow = at === null || at <= act.now || at <= current.visibleFrom;
    // A range is never empty: one that began in this very millisecond lasts one.
    const until = isNow ? new Date(Math.max(act.now.getTime(), current.visibleFrom.getTime() + 1)) : at;
    await endPublication(tx, current.id, { until, announced: isNow });
    const payload = {
      publicationId: current.id,
      version: current.version,
      slug: current.slug,
      visibleUntil: formatInstant(until),
      revision,
      fields: ['publication'],
    };
    events.push({ type: isNow ? 'article.unpublished' : 'article.expiry_set', subjectId: head.id, payload });
  }
  await reconsiderSlugs(tx, head.id, head.slug);
  return events;
}

function calledOff({ pending }: Timeline): Warning[] {
  if (pending === null) return [];
  const message = `The publication of version ${pending.version} at ${formatInstant(pending.visibleFrom)} was called off.`;
  return [{ code: 'article.unscheduled', pointer: '/scheduled', message }];
}
