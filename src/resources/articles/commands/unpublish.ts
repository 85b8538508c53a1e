// Taking an article from the public, now or at an instant, or calling off what is scheduled.
import { problem, refuse } from '../../../core/problems.ts';
import { formatInstant } from '../../../core/time.ts';
import type { Tx } from '../../../platform/db/db.ts';
import { type Act, type EventDraft, recordEvents } from '../../../platform/events/record.ts';
import { recordDue, takeDue } from '../announce.ts';
import type { ArticleHead } from '../lock.ts';
import { callOff, endOf, endPublication, plannedEnd, type Timeline } from '../publications.ts';
import { reconsiderSlugs } from '../slugs.ts';
import { storeHead } from '../store.ts';
import type { Warning } from '../view-schemas.ts';
import { openHead, type Target, type Written } from './open.ts';
import { unscheduled } from './publish.ts';

export async function unpublishArticle(tx: Tx, waiting: Act, target: Target, at: Date | null): Promise<Written> {
  const { head, timeline, act } = await openHead(tx, waiting, target, 'unpublish');
  const due = await takeDue(tx, act.now, head);
  if (timeline.current === null && timeline.pending === null) {
    throw problem('article.not_published', { detail: 'The article is neither public nor scheduled.' });
  }
  if (timeline.current === null && at !== null && at > act.now) {
    throw refuse('/at', 'Nothing is public yet. Publish with an `until`, or call the schedule off: POST …/unschedule.');
  }
  const planned = plannedEnd(timeline);
  if (at !== null && planned !== null && at > planned) {
    throw refuse(
      '/at',
      `It ends before that already, at ${formatInstant(planned)}. Publish with a later \`until\` to prolong it.`,
    );
  }
  const events = await withdraw(tx, act, head, timeline, at);
  await storeHead(tx, act, head, { publishedAt: timeline.firstPublishedAt });
  await recordDue(tx, act, due);
  await recordEvents(tx, act, events);
  return { id: head.id, warnings: warnOfCalledOff(timeline) };
}

/** What is public stays, until the end it had. */
export async function unscheduleArticle(tx: Tx, waiting: Act, target: Target): Promise<Written> {
  const { head, timeline, act } = await openHead(tx, waiting, target, 'unschedule');
  const due = await takeDue(tx, act.now, head);
  const { pending } = timeline;
  if (pending === null) throw problem('article.not_scheduled', { detail: 'What was scheduled has begun.' });
  await callOff(tx, timeline, act.now);
  await reconsiderSlugs(tx, head.id, head.slug);
  const revision = await storeHead(tx, act, head, { publishedAt: timeline.firstPublishedAt });
  await recordDue(tx, act, due);
  await recordEvents(tx, act, [unscheduled(head.id, pending, revision)]);
  return { id: head.id, warnings: [] };
}

export async function withdraw(
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
    const until = isNow ? endOf(current, act.now) : at;
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

export function warnOfCalledOff({ pending }: Timeline): Warning[] {
  if (pending === null) return [];
  const message = `The publication of version ${pending.version} at ${formatInstant(pending.visibleFrom)} was called off.`;
  return [{ code: 'article.unscheduled', pointer: '/scheduled', message }];
}
