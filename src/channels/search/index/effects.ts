// What a change means to the index, for every type of event there is.
import type { EventType } from '../../../platform/events/catalogue.ts';

export type Effect =
  /** Which versions of the article are found, by whom and when. */
  | 'article'
  /** What a record is called. */
  | 'name'
  /** A word that the newsroom taught the segmenter. */
  | 'term'
  | 'nothing';

const effects: Record<EventType, Effect> = {
  'article.created': 'article',
  'article.revised': 'article',
  'article.scheduled': 'article',
  'article.unscheduled': 'article',
  'article.published': 'article',
  'article.updated': 'article',
  'article.expiry_set': 'article',
  'article.unpublished': 'article',
  'article.expired': 'article',
  // Who may read a working copy is asked when it is searched for.
  'article.submitted': 'nothing',
  'article.returned': 'nothing',
  'article.approved': 'nothing',
  'article.assigned': 'nothing',
  'article.embargo_set': 'nothing',
  'article.commented': 'nothing',
  'article.corrected': 'article',
  'article.retracted': 'article',
  'article.reinstated': 'article',
  'article.trashed': 'article',
  'article.untrashed': 'article',
  // Its rows go with its versions.
  'article.purged': 'nothing',
  'preview_link.created': 'nothing',
  'preview_link.revoked': 'nothing',
  'section.created': 'name',
  'section.updated': 'name',
  'section.trashed': 'name',
  'section.untrashed': 'name',
  'editor.created': 'name',
  'editor.updated': 'name',
  'editor.trashed': 'name',
  'editor.untrashed': 'name',
  'source.created': 'name',
  'source.updated': 'name',
  'source.trashed': 'name',
  'source.untrashed': 'name',
  'tag.created': 'name',
  'tag.drafted': 'name',
  'tag.updated': 'name',
  'tag.trashed': 'name',
  'tag.untrashed': 'name',
  'search_document.reindexed': 'nothing',
  'search_term.created': 'term',
  'search_term.deleted': 'nothing',
  'api_key.created': 'nothing',
  'api_key.revoked': 'nothing',
  'api_key.refused': 'nothing',
};

export function subjectsOf(
  changes: readonly { readonly type: EventType; readonly subjectId: string }[],
  effect: Effect,
): string[] {
  return [...new Set(changes.filter(({ type }) => effects[type] === effect).map(({ subjectId }) => subjectId))];
}
