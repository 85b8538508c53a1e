// Which public answers an event may have changed, as the tags that cached answers carry: an entity (`article:<id>`), or
// everything that depends on which entities of a noun there are (`articles`).
import type { EventType } from './catalogue.ts';

type Reach =
  /** Only editors and admins see a difference. */
  | 'nothing'
  /** The entity, and all lists and absences of its noun. */
  | 'its noun';

const reaches = {
  'article.created': 'nothing',
  'article.revised': 'nothing',
  // What is to come bounds how long an answer holds, so whatever moves it is told like a change.
  'article.scheduled': 'its noun',
  'article.unscheduled': 'its noun',
  'article.published': 'its noun',
  'article.updated': 'its noun',
  'article.expiry_set': 'its noun',
  'article.unpublished': 'its noun',
  'article.expired': 'its noun',
  'article.submitted': 'nothing',
  'article.returned': 'nothing',
  'article.approved': 'nothing',
  'article.assigned': 'nothing',
  'article.embargo_set': 'nothing',
  'article.commented': 'nothing',
  'article.corrected': 'its noun',
  'article.retracted': 'its noun',
  'article.reinstated': 'its noun',
  'article.trashed': 'its noun',
  'article.untrashed': 'its noun',
  'article.purged': 'its noun',
  'preview_link.created': 'nothing',
  'preview_link.revoked': 'nothing',
  'section.created': 'its noun',
  'section.updated': 'its noun',
  'section.trashed': 'its noun',
  'section.untrashed': 'its noun',
  'editor.created': 'its noun',
  'editor.updated': 'its noun',
  'editor.trashed': 'its noun',
  'editor.untrashed': 'its noun',
  'source.created': 'its noun',
  'source.updated': 'its noun',
  'source.trashed': 'its noun',
  'source.untrashed': 'its noun',
  'tag.created': 'its noun',
  'tag.drafted': 'its noun',
  'tag.updated': 'its noun',
  'tag.trashed': 'its noun',
  'tag.untrashed': 'its noun',
  'search_document.reindexed': 'its noun',
  // Told of once the documents that hold the word are made anew.
  'search_term.created': 'nothing',
  'search_term.deleted': 'nothing',
  'api_key.created': 'nothing',
  'api_key.revoked': 'nothing',
  'api_key.refused': 'nothing',
} as const satisfies Record<EventType, Reach>;

/** The types that change what the public reads. */
export const touchingEvents: readonly EventType[] = (Object.keys(reaches) as EventType[]).filter(
  (type) => reaches[type] !== 'nothing',
);

/** The tag of one entity, and of all answers that depend on which of its noun there are. */
export const entityTag = (noun: string, id: string) => `${noun}:${id}`;
export const nounTag = (noun: string) => `${noun}s`;

/** Null: a type that this release does not know, of which anything must be believed. */
export function tagsTouched(type: string, subjectId: string): readonly string[] | null {
  const reach = reaches[type as EventType] as Reach | undefined;
  if (reach === undefined) return null;
  if (reach === 'nothing') return [];
  const [noun = ''] = type.split('.', 1);
  return [entityTag(noun, subjectId), nounTag(noun)];
}
