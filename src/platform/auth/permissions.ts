// Who may do what: one exhaustive table. What is not listed is denied.

export const roles = ['viewer', 'writer', 'editor', 'admin', 'monitor'] as const;
export type Role = (typeof roles)[number];

export const permissions = [
  'self.read',
  'draft.read',
  'article.create',
  'article.edit',
  'article.submit',
  'article.review',
  'article.publish',
  'article.assign',
  'article.comment',
  'article.preview',
  'article.read_embargoed',
  'article.trash',
  'article.purge',
  'record.create',
  'record.edit',
  'record.trash',
  'key.manage',
  'audit.read',
  'search.manage',
  'metrics.read',
] as const;
export type Permission = (typeof permissions)[number];

/** `own`: only what the key's editor or service made. */
export type Grant = 'none' | 'own' | 'all';

const viewer: Record<Permission, Grant> = {
  'self.read': 'all',
  'draft.read': 'all',
  'article.create': 'none',
  'article.edit': 'none',
  'article.submit': 'none',
  'article.review': 'none',
  'article.publish': 'none',
  'article.assign': 'none',
  'article.comment': 'none',
  'article.preview': 'none',
  'article.read_embargoed': 'none',
  'article.trash': 'none',
  'article.purge': 'none',
  'record.create': 'none',
  'record.edit': 'none',
  'record.trash': 'none',
  'key.manage': 'none',
  'audit.read': 'none',
  'search.manage': 'none',
  'metrics.read': 'none',
};

const writer: Record<Permission, Grant> = {
  ...viewer,
  'article.create': 'all',
  'article.edit': 'own',
  'article.submit': 'own',
  'article.comment': 'all',
  'article.preview': 'own',
  'article.read_embargoed': 'own',
  'article.trash': 'own',
};

const editor: Record<Permission, Grant> = {
  ...writer,
  'article.edit': 'all',
  'article.submit': 'all',
  'article.review': 'all',
  'article.publish': 'all',
  'article.assign': 'all',
  'article.preview': 'all',
  'article.read_embargoed': 'all',
  'article.trash': 'all',
  'record.create': 'all',
  'record.edit': 'all',
  'record.trash': 'all',
};

const admin: Record<Permission, Grant> = {
  ...editor,
  'article.purge': 'all',
  'key.manage': 'all',
  'audit.read': 'all',
  'search.manage': 'all',
  'metrics.read': 'all',
};

/** Beside the others, not above them: what scrapes the metrics holds a key that is good for nothing else. */
const monitor: Record<Permission, Grant> = {
  ...viewer,
  'self.read': 'none',
  'draft.read': 'none',
  'metrics.read': 'all',
};

export const grants: Record<Role, Record<Permission, Grant>> = { viewer, writer, editor, admin, monitor };
