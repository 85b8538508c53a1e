// Who may do what: one exhaustive table. What is not listed is denied.

export const roles = ['viewer', 'writer', 'editor', 'admin'] as const;
export type Role = (typeof roles)[number];

export const permissions = [
  'self.read',
  'draft.read',
  'article.create',
  'article.edit',
  'article.publish',
  'article.trash',
  'record.create',
  'record.edit',
  'record.trash',
  'key.manage',
] as const;
export type Permission = (typeof permissions)[number];

/** `own`: only what the key's editor or service made. */
export type Grant = 'none' | 'own' | 'all';

const viewer: Record<Permission, Grant> = {
  'self.read': 'all',
  'draft.read': 'all',
  'article.create': 'none',
  'article.edit': 'none',
  'article.publish': 'none',
  'article.trash': 'none',
  'record.create': 'none',
  'record.edit': 'none',
  'record.trash': 'none',
  'key.manage': 'none',
};

export const grants: Record<Role, Record<Permission, Grant>> = {
  viewer,
  writer: { ...viewer, 'article.create': 'all', 'article.edit': 'own', 'article.trash': 'own' },
  editor: {
    ...viewer,
    'article.create': 'all',
    'article.edit': 'all',
    'article.publish': 'all',
    'article.trash': 'all',
    'record.create': 'all',
    'record.edit': 'all',
    'record.trash': 'all',
  },
  admin: {
    'self.read': 'all',
    'draft.read': 'all',
    'article.create': 'all',
    'article.edit': 'all',
    'article.publish': 'all',
    'article.trash': 'all',
    'record.create': 'all',
    'record.edit': 'all',
    'record.trash': 'all',
    'key.manage': 'all',
  },
};
