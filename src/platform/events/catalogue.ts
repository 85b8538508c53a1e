// Every event there is: who may see it and what its payload carries. The log keeps all of them.

type Entry = { readonly audience: 'public' | 'editors' | 'admins'; readonly carries: string };

const changed = 'revision, fields (names of what changed)';

export const eventCatalogue = {
  'article.created': { audience: 'editors', carries: 'revision, version, hash, title, slug' },
  'article.revised': { audience: 'editors', carries: `${changed}, version, hash` },
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
  'article.trashed': { audience: 'editors', carries: 'revision' },
  'section.created': { audience: 'public', carries: 'revision, slug, name' },
  'section.updated': { audience: 'public', carries: changed },
  'section.trashed': { audience: 'public', carries: 'revision' },
  'editor.created': { audience: 'public', carries: 'revision, slug, name' },
  'editor.updated': { audience: 'public', carries: changed },
  'editor.trashed': { audience: 'public', carries: 'revision' },
  'source.created': { audience: 'public', carries: 'revision, slug, name' },
  'source.updated': { audience: 'public', carries: changed },
  'source.trashed': { audience: 'public', carries: 'revision' },
  'tag.created': { audience: 'public', carries: 'revision, slug, name' },
  'tag.updated': { audience: 'public', carries: changed },
  'tag.trashed': { audience: 'public', carries: 'revision' },
  'api_key.created': { audience: 'admins', carries: 'prefix, name, role' },
  'api_key.revoked': { audience: 'admins', carries: 'prefix' },
} as const satisfies Record<string, Entry>;

export type EventType = keyof typeof eventCatalogue;

/** The types that everyone may know of. */
export const publicEvents: readonly EventType[] = (Object.keys(eventCatalogue) as EventType[]).filter(
  (type) => eventCatalogue[type].audience === 'public',
);
