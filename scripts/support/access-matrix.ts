// Who may use which route: the routes' declarations joined with the table of grants. One row for each route, and one
// more for the working copies where a route can show them.
import { z } from 'zod';
import { type Grant, grants, type Permission, type Role, roles } from '../../src/platform/auth/permissions.ts';
import type { RouteFacts } from '../../src/platform/http/declaration.ts';

export const callers = ['anonymous', ...roles] as const;
export type Caller = (typeof callers)[number];

export type AccessRow = {
  readonly method: string;
  readonly url: string;
  /** `perspective=draft`, where the row is about working copies. */
  readonly search: string;
  readonly operationId: string;
  readonly permission: 'public' | Permission;
  readonly access: Record<Caller, Grant>;
};

export function listAccess(routes: readonly RouteFacts[]): AccessRow[] {
  const rows = routes.flatMap((route) => [
    rowOf(route, '', route.permission),
    ...(showsDrafts(route) ? [rowOf(route, 'perspective=draft', 'draft.read')] : []),
  ]);
  return rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function rowOf(route: RouteFacts, search: string, permission: 'public' | Permission): AccessRow {
  const { method, url, operationId } = route;
  const access = {
    anonymous: permission === 'public' ? 'all' : 'none',
    ...Object.fromEntries(roles.map((role) => [role, grantFor(role, permission)])),
  } as Record<Caller, Grant>;
  return { method, url, search, operationId, permission, access };
}

function grantFor(role: Role, permission: 'public' | Permission): Grant {
  return permission === 'public' ? 'all' : grants[role][permission];
}

function showsDrafts({ query }: RouteFacts): boolean {
  return query instanceof z.ZodObject && 'perspective' in query.shape;
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const keyOf = ({ url, method, search }: AccessRow) => `${url} ${methods.indexOf(method)} ${search}`;

const introduction = `# Access

<!-- Generated: npx tsx scripts/access.ts -->

Who may use which route. \`all\`: yes; \`own\`: for what the key's editor or service made; \`—\`: no, which is a 401
without a key and a 403 with one. A key may be limited to sections besides: articles outside of them that are not public
are not there for it (404). An import needs, besides its own, the rights for what it does on the way: publishing, and
making a section, source or person that the page names and that is not here. The grants are in \`src/platform/auth/permissions.ts\`, the permission of a route is in its
declaration.`;

const words = { none: '—', own: 'own', all: 'all' } as const;

function printRow({ method, url, search, operationId, access }: AccessRow): string {
  const path = `${url.replaceAll(/:(\w+)/g, '{$1}')}${search === '' ? '' : `?${search}`}`;
  const cells = [method, `\`${path}\``, operationId, ...callers.map((caller) => words[access[caller]])];
  return `| ${cells.join(' | ')} |`;
}

/** The page docs/access.md. */
export function printAccess(rows: readonly AccessRow[]): string {
  const header = ['method', 'path', 'operation', ...callers];
  const table = [`| ${header.join(' | ')} |`, `|${'---|'.repeat(header.length)}`, ...rows.map(printRow)];
  return `${introduction}\n\n${table.join('\n')}\n`;
}
