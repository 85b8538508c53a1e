// Judges the operations of a batch before anything is done: which write each one is, whether the key may use it, whether
// its shape fits, and whether what it refers to comes earlier. All faults of shape are told together.
import findMyWay from 'find-my-way';
import type { z } from 'zod';
import { type Fault, problem } from '../../core/problems.ts';
import { missingKey } from '../auth/authenticate.ts';
import { requireGrant } from '../auth/principal.ts';
import type { Handles } from '../db/transactions.ts';
import { operationFailed, pointInto, standsForNothing } from './batch-problems.ts';
import { fillBody, fillPath, isPath, listReferences, type Names, readReference } from './batch-references.ts';
import type { RouteFacts, RouteRequest } from './declaration.ts';
import { listFaults } from './validation.ts';
import type { DeclaredWrite } from './write.ts';
import type { Write } from './write-run.ts';

export type Operation = {
  readonly name?: string;
  readonly method: 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly ifMatch?: string | { readonly $ref: string };
  readonly body?: unknown;
};

type WriteFacts = RouteFacts & { readonly write: DeclaredWrite };
type Find = (method: string, path: string) => { facts: WriteFacts; params: Record<string, unknown> } | null;

export type Planned = { readonly index: number; readonly operation: Operation; readonly find: Find };

// Stands for what is not made yet, where only the shape is judged.
const placeholder = '00000000-0000-7000-8000-000000000000';

export type Planner = {
  plan(operations: readonly Operation[], request: Asking): Planned[];
  /** The transaction that all of the planned operations can work on. */
  handleOf(operations: readonly Operation[]): keyof Handles;
};

/** Knows the writes of an app by method and path, as its own router does. */
export function planBatch(routes: readonly RouteFacts[]): Planner {
  const router = findMyWay({ maxParamLength: 500 });
  for (const facts of routes) {
    if (facts.write?.inBatch) router.on(facts.method, facts.url, () => undefined, facts);
  }
  const find: Find = (method, path) => {
    const found = router.find(method as 'POST', path);
    return found === null ? null : { facts: found.store as WriteFacts, params: found.params };
  };
  const plan = (operations: readonly Operation[], request: Asking) => {
    const planned = operations.map((operation, index) => ({ index, operation, find }));
    const faults = [...judgeNames(operations), ...planned.flatMap((each) => judgeShape(each))];
    if (faults.length > 0) {
      throw problem('request.invalid', { detail: faults[0]!.message, errors: faults.slice(0, 50) });
    }
    for (const each of planned) requireRight(each, request);
    return planned;
  };
  const handleOf = (operations: readonly Operation[]) =>
    operations.every((operation) => findPlanned(find, operation)?.facts.write.handle === 'sql') ? 'sql' : 'mixed';
  return { plan, handleOf };
}

/** As it will be found once every name stands for an id. */
const findPlanned = (find: Find, { method, path }: Operation) =>
  find(
    method,
    fillPath(path, () => placeholder),
  );

type Asking = Pick<RouteRequest<unknown, unknown, unknown>, 'principal' | 'raw'>;

function judgeNames(operations: readonly Operation[]): Fault[] {
  const known = new Set<string>();
  return operations.flatMap((operation, index) => {
    const base = `/operations/${index}`;
    const faults = listReferences(operation)
      .filter(({ name }) => !known.has(name))
      .map(({ name, pointer }) => ({
        pointer: `${base}${pointer}`,
        code: 'unknown_name',
        message: `No earlier operation has the name "${name.slice(0, 60)}".`,
      }));
    const { name } = operation;
    if (name === undefined) return faults;
    if (known.has(name)) {
      faults.push({ pointer: `${base}/name`, code: 'name_taken', message: 'Another operation has this name.' });
    }
    known.add(name);
    return faults;
  });
}

function judgeShape(planned: Planned): Fault[] {
  const { index, operation, find } = planned;
  if (!isPath(operation.path)) {
    const message = 'Takes the path of a write, such as /v1/articles/{name}/publish; no host and no query.';
    return [{ pointer: `/operations/${index}/path`, code: 'invalid_value', message }];
  }
  const found = findPlanned(find, operation);
  if (found === null) {
    const message = `There is no write ${operation.method} ${operation.path.slice(0, 200)} that a batch can carry out.`;
    return [{ pointer: `/operations/${index}/path`, code: 'not_found', message }];
  }
  const body = fillBody(operation.body, () => placeholder);
  const faults = check(found, body).faults.map((fault) => ({ ...fault, pointer: pointInto(index, fault.pointer) }));
  const hasAnswer = Object.values(found.facts.responses).some(({ schema }) => schema !== undefined);
  return operation.name === undefined || hasAnswer ? faults : [...faults, standsForNothing(planned)];
}

type Checked = { faults: Fault[]; params: unknown; query: unknown; body: unknown };

/** Against the schemas that the route declared. A body that is null is none, as in a request. */
function check({ facts, params }: NonNullable<ReturnType<Find>>, sent: unknown): Checked {
  const body = sent ?? undefined;
  const faults: Fault[] = [];
  const parse = (part: string, schema: z.ZodType | undefined, value: unknown): unknown => {
    if (schema === undefined) return undefined;
    const result = schema.safeParse(value);
    if (!result.success) faults.push(...listFaults(part, result.error.issues));
    return result.data;
  };
  if (facts.body === undefined && body !== undefined) {
    faults.push({ pointer: '', code: 'unknown_field', message: 'This operation takes no body.' });
  }
  return {
    faults,
    params: parse('params', facts.params, params) ?? {},
    query: parse('querystring', facts.query, {}) ?? {},
    body: parse('body', facts.body, body),
  };
}

function requireRight(planned: Planned, { principal, raw }: Asking): void {
  if (principal === null) throw missingKey();
  const { operation, find } = planned;
  const { facts } = findPlanned(find, operation)!;
  try {
    if (facts.permission !== 'public') requireGrant(principal, facts.permission);
  } catch (error) {
    throw operationFailed(planned, error, raw.id);
  }
}

/** The write itself, once everything it refers to is there. */
export async function prepareOperation({ operation, find }: Planned, names: Names, asking: Asking): Promise<Write> {
  const idOf = (name: string) => names[name]?.id ?? placeholder;
  const found = find(operation.method, fillPath(operation.path, idOf))!;
  const { faults, params, query, body } = check(found, fillBody(operation.body, idOf));
  if (faults.length > 0) throw problem('request.invalid', { detail: faults[0]!.message, errors: faults });
  const { principal, raw } = asking;
  const condition = readReference(operation.ifMatch);
  const ifMatch =
    condition === null ? (operation.ifMatch as string | undefined) : (names[condition]?.etag ?? undefined);
  return found.facts.write.prepare({ params, query, body, ifMatch, principal, raw }) as Promise<Write>;
}
