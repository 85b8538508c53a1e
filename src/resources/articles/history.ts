// What an article's history shows of each event: a list of what may be shown, so that a new member of a payload stays
// hidden until it is named here. A slug is shown once the public has seen it; titles never, since an earlier version may
// have been filed where the reader may not read.
import { formatInstant } from '../../core/time.ts';
import type { EventType } from '../../platform/events/catalogue.ts';
import type { LoggedEvent } from '../../platform/events/log.ts';

type ArticleEvent = Extract<EventType, `article.${string}`>;

const details = [
  'revision',
  'version',
  'slug',
  'visibleFrom',
  'visibleUntil',
  'sequence',
  'note',
  'notice',
  'restoredFrom',
  'basedOn',
  'commentId',
  'embargoUntil',
] as const;
type Detail = (typeof details)[number];

const shown: Record<ArticleEvent, readonly Detail[]> = {
  'article.created': ['revision', 'version'],
  'article.revised': ['revision', 'version', 'restoredFrom', 'basedOn'],
  'article.scheduled': ['revision', 'version', 'visibleFrom', 'visibleUntil'],
  'article.unscheduled': ['revision', 'version', 'visibleFrom'],
  'article.published': ['revision', 'version', 'slug', 'visibleFrom', 'visibleUntil'],
  'article.updated': ['revision', 'version', 'slug', 'visibleFrom', 'visibleUntil'],
  'article.expiry_set': ['revision', 'version', 'slug', 'visibleUntil'],
  'article.unpublished': ['revision', 'version', 'slug', 'visibleUntil'],
  'article.expired': ['version', 'slug', 'visibleUntil'],
  'article.submitted': ['revision', 'version', 'commentId'],
  'article.returned': ['revision', 'version', 'commentId'],
  'article.approved': ['revision', 'version', 'commentId'],
  'article.assigned': ['revision'],
  'article.embargo_set': ['revision', 'embargoUntil'],
  'article.commented': ['version', 'commentId'],
  'article.corrected': ['revision', 'version', 'slug', 'sequence', 'note', 'visibleFrom', 'visibleUntil'],
  'article.retracted': ['revision', 'version', 'slug', 'sequence', 'notice', 'visibleUntil'],
  'article.reinstated': ['revision', 'version', 'slug', 'sequence', 'commentId', 'visibleFrom', 'visibleUntil'],
  'article.trashed': ['revision'],
  'article.untrashed': ['revision'],
  'article.purged': [],
};

export const articleEvents = Object.keys(shown) as [ArticleEvent, ...ArticleEvent[]];

export type Person = { readonly id: string; readonly slug: string; readonly name: string };

/** `people`: those whom assignments name. */
export function describeEvent(event: LoggedEvent, people: ReadonlyMap<string, Person>): Record<string, unknown> {
  const { payload } = event;
  const type = event.type as ArticleEvent;
  const told = shown[type].filter((name) => payload[name] !== undefined).map((name) => [name, payload[name]]);
  const assignee = type === 'article.assigned' ? [['assignee', people.get(assigneeOf(event) ?? '') ?? null]] : [];
  return {
    id: event.id,
    action: type,
    at: formatInstant(event.occurredAt),
    actor: event.actor,
    fields: Array.isArray(payload.fields) ? payload.fields : [],
    details: Object.fromEntries([...told, ...assignee]),
  };
}

export function assigneeOf({ payload }: LoggedEvent): string | null {
  return typeof payload.assigneeId === 'string' ? payload.assigneeId : null;
}
