// May this key do this to this article? What it may not read is not there (404); what it may read but not do is 403.
import { type Problem, problem } from '../../core/problems.ts';
import type { Permission } from '../../platform/auth/permissions.ts';
import { coversSection, grantOf, type Principal, requireSection } from '../../platform/auth/principal.ts';
import { notFound } from '../../platform/http/errors.ts';
import { type ArticleHead, isOwn } from './lock.ts';

/** By whom an article was made. */
export type Maker = Pick<ArticleHead, 'createdByEditor' | 'createdByService'>;

export function requireArticleAccess(principal: Principal, permission: Permission, head: ArticleHead): void {
  if (!coversSection(principal, head.sectionPath)) {
    if (!head.isKnown) throw notFound();
    requireSection(principal, head.sectionPath, '');
  }
  // No word about the embargo: who may not read the draft learns nothing of it.
  if (head.isEmbargoed && !readsEmbargoed(principal, head)) {
    throw head.isKnown ? forbidden(principal, permission) : notFound();
  }
  // What changes the public's view needs both ends: where the draft is, and where the public finds the story.
  if (permission === 'article.publish') for (const path of head.publicPaths) requireSection(principal, path, '');
  requireGrantOn(principal, permission, head);
}

/** Refuses what the role may do with no article, or only with its own. */
export function requireGrantOn(principal: Principal, permission: Permission, article: Maker): void {
  const grant = grantOf(principal, permission);
  if (grant === 'none' || (grant === 'own' && !isOwn(principal, article))) throw forbidden(principal, permission);
}

function readsEmbargoed(principal: Principal, head: ArticleHead): boolean {
  const grant = grantOf(principal, 'article.read_embargoed');
  return grant === 'all' || (grant === 'own' && isOwn(principal, head));
}

export function requirePermission(principal: Principal, permission: Permission): void {
  if (grantOf(principal, permission) !== 'all') throw forbidden(principal, permission);
}

function forbidden(principal: Principal, permission: Permission): Problem {
  const { role } = principal;
  const reach = grantOf(principal, permission) === 'own' ? ' for articles that others made' : '';
  return problem('auth.forbidden', {
    detail: `The role "${role}" does not include ${permission}${reach}. GET /v1/me tells what this key may do.`,
  });
}
