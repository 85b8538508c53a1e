// Who is asking. `Actor` is what the log remembers: an editor or a service, whichever key was used.
import { type Fault, problem } from '../../core/problems.ts';
import { type Grant, grants, type Permission, type Role } from './permissions.ts';

export type Actor =
  | { readonly type: 'editor'; readonly id: string; readonly name: string }
  | { readonly type: 'service'; readonly id: string; readonly name: string };

export type Principal = {
  readonly keyId: string | null;
  readonly prefix: string | null;
  readonly keyName: string;
  readonly role: Role;
  readonly actor: Actor;
  readonly expiresAt: Date | null;
  /** Sections the key is limited to, the branches below them included; null: everywhere. */
  readonly sectionIds: readonly string[] | null;
};

/** A part of the program acting by itself: the seed, the command line, the worker. */
export function systemPrincipal(name: string): Principal {
  const actor: Actor = { type: 'service', id: name, name };
  return { keyId: null, prefix: null, keyName: name, role: 'admin', actor, expiresAt: null, sectionIds: null };
}

export function grantOf(principal: Principal, permission: Permission): Grant {
  return grants[principal.role][permission];
}

/** Refuses a role that does not have the permission at all; what it has for its own things only, commands judge. */
export function requireGrant(principal: Principal, permission: Permission): void {
  if (grantOf(principal, permission) !== 'none') return;
  const more = grantOf(principal, 'self.read') === 'none' ? '' : ' GET /v1/me tells what this key may do.';
  throw problem('auth.forbidden', { detail: `The role "${principal.role}" does not include ${permission}.${more}` });
}

/** The two columns by which rows remember their maker; exactly one is set. */
export function creatorColumns(actor: Actor): { editorId: string | null; service: string | null } {
  return actor.type === 'editor' ? { editorId: actor.id, service: null } : { editorId: null, service: actor.id };
}

export function coversSection(principal: Principal, path: readonly string[]): boolean {
  return principal.sectionIds === null || path.some((id) => principal.sectionIds?.includes(id));
}

/** Refuses to touch what lies outside the key's sections. `path` runs from the root to the section; empty: none. */
export function requireSection(principal: Principal, path: readonly string[], pointer = '/section'): void {
  if (coversSection(principal, path)) return;
  const fault: Fault = {
    pointer,
    code: 'outside_sections',
    message: 'The key is limited to other sections. GET /v1/me lists them.',
  };
  throw problem('auth.outside_sections', { detail: fault.message, errors: [fault] });
}

/** What is shared by all sections is for keys that are not limited to some. */
export function requireUnlimited(
  principal: Principal,
  detail = 'This is shared by all sections, and the key is limited to some. It may be created, not changed.',
): void {
  if (principal.sectionIds !== null) throw problem('auth.outside_sections', { detail });
}
