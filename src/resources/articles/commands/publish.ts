// Publishing the newest version: now or at an instant, with or without an end. One transaction; the table's exclusion
// constraint guarantees that no two publications of an article cover one instant.
import { type Problem, problem } from '../../../core/problems.ts';
import { formatInstant, parseInstant } from '../../../core/time.ts';
import type { Db, Tx } from '../../../platform/db/db.ts';
import type { Precondition } from '../../../platform/delivery/etag.ts';
import { requireMatch } from '../../../platform/events/changes.ts';
import { type Act, type EventDraft, recordEvents } from '../../../platform/events/record.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { requireArticleAccess } from '../access.ts';
import { recordDue, takeDue } from '../announce.ts';
import {
  addPublication,
  bumpRevision,
  callOff,
  endPublication,
  type Publication,
  readTimeline,
  type Timeline,
} from '../publications.ts';
import type { PublishInput } from '../schemas.ts';
import { keepSlug, reconsiderSlugs } from '../slugs.ts';
import { type ArticleHead, lockArticle } from '../store.ts';
import type { Warning } from '../view-schemas.ts';
import type { Written } from './create.ts';

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

export function readInstant(text: string | null | undefined, pointer: string, timeZone: string): Date | null {
  if (text === null || text === undefined) return null;
  const instant = parseInstant(text, timeZone);
  if (instant !== null) return instant;
  throw refuse(pointer, 'Not an instant that exists: use RFC 3339, such as 2026-05-27T14:48:49+08:00.');
}

export function refuse(pointer: string, message: string): Problem {
  return problem('request.invalid', { detail: message, errors: [{ pointer, code: 'invalid_value', message }] });
}

export async function publishArticle(
  db: Db,
  waiting: Act,
  idOrSlug: string,
  condition: Precondition,
  order: PublishOrder,
): Promise<Written> {
  return db.transaction(async (tx) => {
    const article = await lockArticle(tx, idOrSlug, waiting);
    if (article === null) throw notFound();
    const { act } = article;
    requireArticleAccess(act.principal, 'article.publish', article.head);
    await requireMatch(tx, 'article', article.head, condition);
    const due = await takeDue(tx, act.now, article.head.id);
    const events = await publishHead(tx, act, article.head, order);
    await recordDue(tx, act, due);
    await recordEvents(tx, act, events);
    return { id: article.head.id, warnings: await warnOfHiddenRelated(tx, article.head, order.at ?? act.now) };
  });
}

// By primary keys. Positions only: what is hidden is not named.
const selectHiddenRelated = `
  select r.position from article_version_related r
  where r.article_id = $1::uuid and r.version = $2::int and not exists (
    select from publication p where p.article_id = r.related_id and p.visible_from <= $3::timestamptz
      and (p.visible_until is null or p.visible_until > $3::timestamptz))
  order by r.position`;

/** Related articles that the public cannot see are left out while it cannot. */
async function warnOfHiddenRelated(tx: Tx, { id, version }: ArticleHead, at: Date): Promise<Warning[]> {
  const rows = await tx.rows<{ position: number }>(selectHiddenRelated, [id, version, at.toISOString()]);
  return rows.map(({ position }) => ({
    code: 'related.not_public',
    pointer: `/related/${position - 1}`,
    message: 'This related article is not public then, and is left out while it is not.',
  }));
}

/** Inside the caller's transaction; the caller records the events as its last step. */
export async function publishHead(tx: Tx, act: Act, head: ArticleHead, order: PublishOrder): Promise<EventDraft[]> {
  const timeline = await readTimeline(tx, head.id, act.now);
  const from = startOf(order.at, act.now, timeline);
  if (order.until !== null && order.until <= from) throw refuse('/until', 'Must lie after the start.');
  if (timeline.pending !== null && !order.replaceScheduled) throw pendingProblem(timeline.pending);
  const isNow = from.getTime() <= Math.max(act.now.getTime(), (timeline.lastStart?.getTime() ?? 0) + 1);
  if (isNow && isUnchanged(head, order, timeline)) return [];
  await callOff(tx, timeline, act.now);
  const steps: Steps = { tx, act, head, order, from, timeline };
  const announced = isNow ? await publishNow(steps) : await schedule(steps);
  await reconsiderSlugs(tx, head.id, head.slug);
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

// Never before its own transaction, and after the start before it (DESIGN: a new start is max(now, previous + 1 ms)).
function startOf(at: Date | null, now: Date, { lastStart }: Timeline): Date {
  return new Date(Math.max(now.getTime(), at?.getTime() ?? 0, (lastStart?.getTime() ?? -1) + 1));
}

async function publishNow({ tx, act, head, order, from, timeline }: Steps): Promise<EventDraft> {
  const { current } = timeline;
  const publishedAt = head.publishedAt ?? timeline.firstPublishedAt ?? from;
  await bumpRevision(tx, head.id, act.now, publishedAt);
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
  await keepSlug(tx, head.slug, from);
  const publication = { id, version: head.version, slug: head.slug, visibleFrom: from, visibleUntil: order.until };
  return describe(current === null ? 'article.published' : 'article.updated', head, publication);
}

async function schedule({ tx, act, head, order, from, timeline }: Steps): Promise<EventDraft> {
  const { current, pending } = timeline;
  // The end that holds if this one is called off; a replaced schedule had shortened it already.
  const end =
    pending !== null && current?.visibleUntil?.getTime() === pending.visibleFrom.getTime()
      ? current.plannedUntil
      : (current?.visibleUntil ?? null);
  // Also where both fall together: the end that callOff gives back is the saved one.
  if (current !== null && (end === null || end >= from)) {
    await endPublication(tx, current.id, { until: from, plannedUntil: end, announced: true });
  }
  const publishedAt = head.publishedAt ?? timeline.firstPublishedAt ?? from;
  await bumpRevision(tx, head.id, act.now, head.publishedAt ?? timeline.firstPublishedAt);
  const id = await addPublication(tx, act, {
    articleId: head.id,
    version: head.version,
    from,
    until: order.until,
    publishedAt,
    announced: false,
  });
  await keepSlug(tx, head.slug, from);
  return describe('article.scheduled', head, {
    id,
    version: head.version,
    slug: head.slug,
    visibleFrom: from,
    visibleUntil: order.until,
  });
}

type Described = Pick<Publication, 'id' | 'version' | 'slug' | 'visibleFrom' | 'visibleUntil'>;

function describe(type: EventDraft['type'], head: ArticleHead, publication: Described): EventDraft {
  const { id, version, slug, visibleFrom, visibleUntil } = publication;
  const payload = {
    publicationId: id,
    version,
    slug,
    visibleFrom: formatInstant(visibleFrom),
    visibleUntil: visibleUntil === null ? null : formatInstant(visibleUntil),
  };
  return { type, subjectId: head.id, payload };
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

function pendingProblem(pending: Publication): Problem {
  const at = formatInstant(pending.visibleFrom);
  return problem('article.publication_pending', {
    detail: `Version ${pending.version} is scheduled for ${at}. Send replaceScheduled: true to call that off.`,
    errors: [
      { pointer: '/replaceScheduled', code: 'publication_pending', message: `A publication is scheduled for ${at}.` },
    ],
  });
}
