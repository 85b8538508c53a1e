// May this key do this to this article? What it may not read is not there (404); what it may read but not do is 403.
import { type Problem, problem } from '../../core/problems.ts';
import type { Permission } from '../../platform/auth/permissions.ts';
import { coversSection, grantOf, type Principal, requireSection } from '../../platform/auth/principal.ts';
import { notFound } from '../../platform/http/errors.ts';
import { type ArticleHead, isOwn } from './store.ts';

export function requireArticleAccess(principal: Principal, permission: Permission, head: ArticleHead): void {
  if (!coversSection(principal, head.sectionPath)) {
    if (!head.isKnown) throw notFound();
    requireSection(principal, head.sectionPath, '');
  }
  // What changes the public's view needs both ends: where the draft is, and where the public finds the story.
  if (permission === 'article.publish') for (const path of head.publicPaths) requireSection(principal, path, '');
  const grant = grantOf(principal, permission);
  if (grant === 'none' || (grant === 'own' && !isOwn(principal, head)))
    throw forbidden(principal, permission, grant === 'own');
}

export function requirePermission(principal: Principal, permission: Permission): void {
  if (grantOf(principal, permission) !== 'all') throw forbidden(principal, permission, false);
}

function forbidden({ role }: Principal, permission: Permission, ownOnly: boolean): Problem {
  const reach = ownOnly ? ' for articles that others made' : '';
  return problem('auth.forbidden', {
    detail: `The role "${role}" does not include ${permission}${reach}. GET /v1/me tells what this key may do.`,
  });
}
