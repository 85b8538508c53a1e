// References of an operation to what an earlier one of the same batch made: `{name}` in the path, `{"$ref": "name"}` in the
// body and as the condition.
import { isJsonObject } from '../../core/merge-patch.ts';

type Referring = { readonly path: string; readonly ifMatch?: unknown; readonly body?: unknown };
export type Made = { readonly id: string; readonly etag: string | null };
/** What each name stands for by now. */
export type Names = Readonly<Record<string, Made>>;

export const nameForm = /^[A-Za-z][\w-]{0,49}$/;
const inPath = /\{([A-Za-z][\w-]{0,49})\}/g;
// The characters of a path (RFC 3986, section 3.3); letters beyond ASCII may stand as they are.
const pathForm = /^\/(?:[\w.~!$&'()*+,;=:@/%-]|[^\p{ASCII}\s])*$/u;

export const isPath = (path: string) => pathForm.test(fillPath(path, () => ''));

/** The name in `{"$ref": name}`; null for every other value: what is no name, such as "#/definitions/x", is content. */
export function readReference(value: unknown): string | null {
  if (!isJsonObject(value) || Object.keys(value).length !== 1) return null;
  return typeof value.$ref === 'string' && nameForm.test(value.$ref) ? value.$ref : null;
}

/** Every name with where it stands, as a pointer inside the operation. */
export function listReferences({ path, ifMatch, body }: Referring): { name: string; pointer: string }[] {
  const condition = readReference(ifMatch);
  return [
    ...[...path.matchAll(inPath)].map((match) => ({ name: match[1]!, pointer: '/path' })),
    ...(condition === null ? [] : [{ name: condition, pointer: '/ifMatch' }]),
    ...listInside(body, '/body'),
  ];
}

export const hasReferences = (operation: Referring) => listReferences(operation).length > 0;

function listInside(value: unknown, pointer: string): { name: string; pointer: string }[] {
  const name = readReference(value);
  if (name !== null) return [{ name, pointer }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    listInside(child, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}

export const fillPath = (path: string, idOf: (name: string) => string) =>
  path.replaceAll(inPath, (_all, name: string) => encodeURIComponent(idOf(name)));

export function fillBody(value: unknown, idOf: (name: string) => string): unknown {
  const name = readReference(value);
  if (name !== null) return idOf(name);
  if (Array.isArray(value)) return value.map((child) => fillBody(child, idOf));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, fillBody(child, idOf)]));
}
