// Reads JSON bodies strictly: UTF-8, no prototype tricks, bounded depth, and only text that can be stored.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import secureJson from 'secure-json-parse';
import { type Fault, problem } from '../../core/problems.ts';

// Deeper than any real document (a nested list in a table cell of metadata), far below the stack's end.
const depthMax = 40;

const jsonTypes = ['application/json', 'application/merge-patch+json'];

export function registerJsonBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(jsonTypes, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) =>
    body.length === 0 && takesNoBody(request) ? undefined : parseJsonBody(body),
  );
}

/** Clients that always name a media type send it with an empty body, too. */
function takesNoBody(request: FastifyRequest): boolean {
  const schema = request.routeOptions.config.facts?.body;
  return schema?.safeParse(undefined).success === true;
}

export function parseJsonBody(body: Buffer): unknown {
  const value = parse(decode(body));
  inspect(value);
  return value;
}

function decode(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw problem('request.invalid_text', { detail: 'The body is not valid UTF-8.', cause });
  }
}

function parse(text: string): unknown {
  if (text.trim() === '') throw problem('request.invalid_json', { detail: 'The body is empty. Send a JSON object.' });
  try {
    return secureJson.parse(text, null, { protoAction: 'error', constructorAction: 'error' });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'not JSON';
    throw problem('request.invalid_json', {
      detail: `The body cannot be read as JSON: ${reason.slice(0, 200)}`,
      cause,
    });
  }
}

type Visit = { value: unknown; pointer: string; depth: number };

// A walk with its own stack: depth is what it guards against. Postgres stores neither NUL nor lone surrogates.
function inspect(root: unknown): void {
  const stack: Visit[] = [{ value: root, pointer: '', depth: 1 }];
  for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
    const { value, pointer, depth } = visit;
    if (typeof value === 'string') requireStorable(value, pointer);
    if (typeof value === 'number') requireFinite(value, pointer);
    if (typeof value !== 'object' || value === null) continue;
    if (depth > depthMax) throw tooDeep(pointer);
    for (const [key, child] of Object.entries(value)) {
      const name = key.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100);
      requireStorable(key, pointer);
      stack.push({ value: child, pointer: `${pointer}/${name}`, depth: depth + 1 });
    }
  }
}

export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

function requireStorable(text: string, pointer: string): void {
  if (isStorable(text)) return;
  const fault: Fault = {
    pointer,
    code: 'invalid_text',
    message: 'Holds a NUL character or half of a surrogate pair; remove it.',
  };
  throw problem('request.invalid_text', { detail: fault.message, errors: [fault] });
}

// JSON has no infinity, but 1e400 is read as one; it has no canonical form and would be stored as null.
function requireFinite(value: number, pointer: string): void {
  if (Number.isFinite(value)) return;
  const fault: Fault = { pointer, code: 'invalid_value', message: 'Is a number too large for a double (IEEE 754).' };
  throw problem('request.invalid', { detail: fault.message, errors: [fault] });
}

function tooDeep(pointer: string) {
  return problem('request.too_deep', {
    detail: `JSON may be nested ${depthMax} levels deep.`,
    errors: [{ pointer: pointer.slice(0, 200), code: 'too_deep', message: `More than ${depthMax} levels.` }],
  });
}
