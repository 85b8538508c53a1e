// Every event there is: who may see it and what its payload carries. The log keeps all of them.

type Entry = { readonly audience: 'public' | 'editors' | 'admins'; readonly carries: string };

const changed = 'revision, fields (names of what changed)';

export const eventCatalogue = {
  'article.created': { audience: 'editors', carries: 'revision, version, hash, title, slug' },
  'article.revised': {
    audience: 'editors',
    carries: `${changed}, version, hash; restoredFrom or basedOn (a version, if it was made from another than the newest)`,
  },
  'article.scheduled': { audience: 'editors', carries: 'revision, version, publicationId, visibleFrom, visibleUntil' },
  'article.unscheduled': { audience: 'editors', carries: 'revision, version, publicationId, visibleFrom' },
  'article.published': {
    audience: 'public',
    carries: 'version, publicationId, slug, visibleFrom, visibleUntil',
  },
  'article.updated': { audience: 'public', carries: 'version, publicationId, slug, visibleFrom, visibleUntil' },
  'article.expiry_set': { audience: 'editors', carries: 'revision, version, publicationId, slug, visibleUntil' },
  'article.unpublished': { audience: 'public', carries: 'version, publicationId, slug, visibleUntil' },
  'article.expired': { audience: 'public', carries: 'version, publicationId, slug, visibleUntil' },
  'article.submitted': { audience: 'editors', carries: `${changed}, version, state, commentId` },
  'article.returned': { audience: 'editors', carries: `${changed}, version, state, commentId` },
  'article.approved': { audience: 'editors', carries: `${changed}, version, state, commentId` },
  'article.assigned': { audience: 'editors', carries: `${changed}, assigneeId` },
  'article.embargo_set': { audience: 'editors', carries: `${changed}, embargoUntil` },
  'article.commented': { audience: 'editors', carries: 'commentId, version' },
  'article.corrected': {
    audience: 'public',
    carries: 'version, publicationId, slug, sequence, note, visibleFrom, visibleUntil',
  },
  'article.retracted': { audience: 'public', carries: 'version, slug, sequence, notice, visibleUntil' },
  'article.reinstated': {
    audience: 'public',
    carries: 'version, slug, sequence, commentId; publicationId, visibleFrom, visibleUntil, if it is public again',
  },
  'article.trashed': { audience: 'editors', carries: 'revision' },
  'article.untrashed': { audience: 'editors', carries: 'revision' },
  'article.purged': { audience: 'admins', carries: 'versions (how many), hash (of the last), trashedAt' },
  'preview_link.created': { audience: 'editors', carries: 'articleId, version, expiresAt' },
  'preview_link.revoked': { audience: 'editors', carries: 'articleId, version, expiresAt' },
  'section.created': { audience: 'public', carries: 'revision, slug, name' },
  'section.updated': { audience: 'public', carries: changed },
  'section.trashed': { audience: 'public', carries: 'revision' },
  'section.untrashed': { audience: 'public', carries: 'revision' },
  'editor.created': { audience: 'public', carries: 'revision, slug, name' },
  'editor.updated': { audience: 'public', carries: changed },
  'editor.trashed': { audience: 'public', carries: 'revision' },
  'editor.untrashed': { audience: 'public', carries: 'revision' },
  'source.created': { audience: 'public', carries: 'revision, slug, name' },
  'source.updated': { audience: 'public', carries: changed },
  'source.trashed': { audience: 'public', carries: 'revision' },
  'source.untrashed': { audience: 'public', carries: 'revision' },
  'tag.created': { audience: 'public', carries: 'revision, slug, name' },
  // Made on the way by a draft: the public knows of it once an article that has it is public.
  'tag.drafted': { audience: 'editors', carries: 'revision, slug, name' },
  'tag.updated': { audience: 'public', carries: changed },
  'tag.trashed': { audience: 'public', carries: 'revision' },
  'tag.untrashed': { audience: 'public', carries: 'revision' },
  'api_key.created': { audience: 'admins', carries: 'prefix, name, role' },
  'api_key.revoked': { audience: 'admins', carries: 'prefix' },
  'search_document.reindexed': { audience: 'admins', carries: 'articles (how many)' },
  'search_term.created': { audience: 'admins', carries: 'text' },
  'search_term.deleted': { audience: 'admins', carries: 'text' },
  'api_key.refused': { audience: 'admins', carries: 'reason, prefix, operation, address, count' },
} as const satisfies Record<string, Entry>;

export type EventType = keyof typeof eventCatalogue;

/** The types that everyone may know of. */
export const publicEvents: readonly EventType[] = (Object.keys(eventCatalogue) as EventType[]).filter(
  (type) => eventCatalogue[type].audience === 'public',
);
