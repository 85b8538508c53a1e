// Publishing the newest version: now or at an instant, with or without an end. The table's exclusion
// constraint guarantees that no two publications of an article cover one instant.
import { type Problem, problem, refuse } from '../../../core/problems.ts';
import { formatInstant } from '../../../core/time.ts';
import type { Tx } from '../../../platform/db/db.ts';
import { type Act, type EventDraft, recordEvents } from '../../../platform/events/record.ts';
import { recordDue, takeDue } from '../announce.ts';
import { readInstant } from '../instants.ts';
import type { ArticleHead, LockedHead } from '../lock.ts';
import {
  addPublication,
  callOff,
  describePublication,
  endPublication,
  type Publication,
  plannedEnd,
  startOf,
  type Timeline,
} from '../publications.ts';
import { requireReady } from '../readiness.ts';
import type { PublishInput } from '../schemas.ts';
import { reconsiderSlugs } from '../slugs.ts';
import { storeHead } from '../store.ts';
import { openHead, type Target, type Written } from './open.ts';

export type PublishOrder = {
  readonly at: Date | null;
  readonly until: Date | null;
  readonly replaceScheduled: boolean;
};

export function readPublishOrder(input: PublishInput, timeZone: string): PublishOrder {
  return {
    at: readInstant(input?.at, '/at', timeZone),
    until: readInstant(input?.until, '/until', timeZone),
    replaceScheduled: input?.replaceScheduled ?? false,
  };
}

export async function publishArticle(
  tx: Tx,
  waiting: Act,
  target: Target,
  order: PublishOrder,
  options: ReviewOptions,
): Promise<Written> {
  const isLater = order.at !== null && order.at > waiting.now;
  const article = await openHead(tx, waiting, target, isLater ? 'schedule' : 'publish');
  const { head, timeline, act } = article;
  requireReview(head, options);
  const due = await takeDue(tx, act.now, head);
  const warnings = await requireReady(tx, head, startOf(timeline, act.now, order.at));
  const events = await publishHead(tx, article, order);
  await recordDue(tx, act, due);
  await recordEvents(tx, act, events);
  return { id: head.id, warnings };
}

export type ReviewOptions = { readonly reviewRequired: boolean };

export function requireReview({ state, version }: ArticleHead, { reviewRequired }: ReviewOptions): void {
  if (!reviewRequired || state === 'approved') return;
  throw problem('article.review_required', {
    detail: `Version ${version} is not approved, and this installation publishes nothing without review.`,
  });
}

/** The caller records the events as its last step. */
export async function publishHead(
  tx: Tx,
  { head, timeline, act }: LockedHead,
  order: PublishOrder,
): Promise<EventDraft[]> {
  const from = startOf(timeline, act.now, order.at);
  if (order.until !== null && order.until <= from) throw refuse('/until', 'Must lie after the start.');
  if (head.embargoUntil !== null && from < head.embargoUntil) throw embargoedProblem(head.embargoUntil);
  if (timeline.pending !== null && !order.replaceScheduled) throw pendingProblem(timeline.pending);
  const isNow = from.getTime() <= Math.max(act.now.getTime(), (timeline.lastStart?.getTime() ?? 0) + 1);
  if (isNow && isUnchanged(head, order, timeline)) return [];
  await callOff(tx, timeline, act.now);
  const steps: Steps = { tx, act, head, order, from, timeline };
  const announced = isNow ? await publishNow(steps) : await schedule(steps);
  if (timeline.pending !== null) await reconsiderSlugs(tx, head.id, head.slug);
  const revision = head.revision + 1;
  const calledOff = timeline.pending === null ? [] : [unscheduled(head.id, timeline.pending, revision)];
  return [...calledOff, { ...announced, payload: { ...announced.payload, revision, fields: ['publication'] } }];
}

type Steps = { tx: Tx; act: Act; head: ArticleHead; order: PublishOrder; from: Date; timeline: Timeline };

/** Publishing what is public already, until when it is public already, is no change. */
function isUnchanged(head: ArticleHead, order: PublishOrder, { current, pending }: Timeline): boolean {
  if (current === null || pending !== null || current.version !== head.version) return false;
  return (current.visibleUntil?.getTime() ?? null) === (order.until?.getTime() ?? null);
}

async function publishNow({ tx, act, head, order, from, timeline }: Steps): Promise<EventDraft> {
  const { current } = timeline;
  const publishedAt = head.publishedAt ?? timeline.firstPublishedAt ?? from;
  await storeHead(tx, act, head, { publishedAt });
  if (current !== null && current.version === head.version) {
    // What is public already stays as it is; only its end changes.
    await endPublication(tx, current.id, { until: order.until, announced: false });
    return describe('article.expiry_set', head, { ...current, visibleUntil: order.until });
  }
  if (current !== null) await endPublication(tx, current.id, { until: from, announced: true });
  const id = await addPublication(tx, act, {
    articleId: head.id,
    version: head.version,
    from,
    until: order.until,
    publishedAt,
    announced: true,
  });
  const publication = { id, version: head.version, slug: head.slug, visibleFrom: from, visibleUntil: order.until };
  return describe(current === null ? 'article.published' : 'article.updated', head, publication);
}

async function schedule({ tx, act, head, order, from, timeline }: Steps): Promise<EventDraft> {
  const { current } = timeline;
  // The end that holds if this one is called off; a replaced schedule had shortened it already.
  const end = plannedEnd(timeline);
  // Also where both fall together: the end that callOff gives back is the saved one.
  if (current !== null && (end === null || end >= from)) {
    await endPublication(tx, current.id, { until: from, plannedUntil: end, announced: true });
  }
  const publishedAt = head.publishedAt ?? timeline.firstPublishedAt ?? from;
  await storeHead(tx, act, head, { publishedAt: timeline.firstPublishedAt });
  const id = await addPublication(tx, act, {
    articleId: head.id,
    version: head.version,
    from,
    until: order.until,
    publishedAt,
    announced: false,
  });
  return describe('article.scheduled', head, {
    id,
    version: head.version,
    slug: head.slug,
    visibleFrom: from,
    visibleUntil: order.until,
  });
}

type Described = Parameters<typeof describePublication>[0];

function describe(type: EventDraft['type'], head: ArticleHead, publication: Described): EventDraft {
  return { type, subjectId: head.id, payload: describePublication(publication) };
}

export function unscheduled(articleId: string, pending: Publication, revision: number): EventDraft {
  const { id, version, visibleFrom } = pending;
  const payload = {
    publicationId: id,
    version,
    visibleFrom: formatInstant(visibleFrom),
    revision,
    fields: ['scheduled'],
  };
  return { type: 'article.unscheduled', subjectId: articleId, payload };
}

function embargoedProblem(until: Date): Problem {
  const message = `The article is under an embargo until ${formatInstant(until)}. Publish it then or later.`;
  return problem('article.embargoed', {
    detail: message,
    errors: [{ pointer: '/at', code: 'embargoed', message }],
    extensions: { embargoUntil: formatInstant(until) },
  });
}

function pendingProblem(pending: Publication): Problem {
  const at = formatInstant(pending.visibleFrom);
  return problem('article.publication_pending', {
    detail: `Version ${pending.version} is scheduled for ${at}. Send replaceScheduled: true to call that off.`,
    errors: [
      { pointer: '/replaceScheduled', code: 'publication_pending', message: `A publication is scheduled for ${at}.` },
    ],
  });
}
