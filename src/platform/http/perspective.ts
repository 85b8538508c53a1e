// Who may look at working copies, and what may be asked of nothing else.
import { problem } from '../../core/problems.ts';
import { missingKey } from '../auth/authenticate.ts';
import { grantOf, type Principal } from '../auth/principal.ts';

export function requirePerspective(perspective: 'published' | 'draft', principal: Principal | null): void {
  if (perspective === 'published') return;
  if (principal === null) throw missingKey();
  if (grantOf(principal, 'draft.read') === 'none') {
    throw problem('auth.forbidden', { detail: `The role "${principal.role}" does not include draft.read.` });
  }
}

/** Refuses parameters about working copies where the public reads. */
export function requireDraftsFor<Name extends string>(
  query: { readonly perspective: 'published' | 'draft' } & { readonly [Each in Name]?: unknown },
  names: readonly Name[],
): void {
  if (query.perspective === 'draft') return;
  const message = 'Only with perspective=draft: the public sees no working copies.';
  const errors = names
    .filter((name) => query[name] !== undefined)
    .map((name) => ({ pointer: `?${name}`, code: 'only_drafts', message }));
  if (errors.length > 0) throw problem('request.invalid', { detail: `${errors[0]!.pointer}: ${message}`, errors });
}
