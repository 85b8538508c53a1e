// Who may look at working copies.
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
