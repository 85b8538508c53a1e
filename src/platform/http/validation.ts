// Checks parameters, query and body against a route's Zod schemas, and turns what does not fit into faults with
// pointers. Every schema is closed, so an unknown name is a fault like any other.
import type { FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify';
import type { z } from 'zod';
import { type Fault, problem } from '../../core/problems.ts';

export class ValidationFault extends Error {
  readonly issues: readonly z.core.$ZodIssue[];
  readonly part: string;
  constructor(part: string, issues: readonly z.core.$ZodIssue[]) {
    super('the request does not fit the schema');
    this.part = part;
    this.issues = issues;
  }
}

export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data: unknown) => {
    // A body that was not sent is judged as "no body", not as null.
    const result = schema.safeParse(httpPart === 'body' && data === null ? undefined : data);
    return result.success
      ? { value: result.data }
      : { error: new ValidationFault(httpPart ?? '', result.error.issues) };
  };

/** The part as its schema reads it, or the same fault that a route's own validation would be. */
export function judge<S extends z.ZodType>(part: 'params' | 'querystring', schema: S, given: unknown): z.output<S> {
  const result = schema.safeParse(given);
  if (!result.success) throw new ValidationFault(part, result.error.issues);
  return result.data;
}

/** A broken percent sign, or bytes that are not UTF-8, would otherwise reach a filter as they stand. */
export function requireDecodable(url: string): void {
  const start = url.indexOf('?');
  if (start === -1 || !url.includes('%', start)) return;
  const broken = url
    .slice(start + 1)
    .split('&')
    .filter((part) => decode(part) === null);
  if (broken.length === 0) return;
  const message = 'Cannot be decoded: it holds a broken percent sign or bytes that are not UTF-8.';
  const names = broken.map((part) => part.split('=', 1)[0] ?? '').map((name) => decode(name) ?? name);
  const errors = names.map((name) => ({ pointer: pointTo('querystring', [name]), code: 'invalid_encoding', message }));
  throw problem('request.invalid', { detail: `${errors[0]?.pointer}: ${message}`, errors: errors.slice(0, 50) });
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Answers leave as bytes made by the views; the contract test holds them against the document. */
export const serializerCompiler: FastifySerializerCompiler<unknown> = () => (data) => JSON.stringify(data);

export function describeValidation(fault: ValidationFault): ReturnType<typeof problem> {
  const errors = listFaults(fault.part, fault.issues);
  const first = errors[0];
  const detail = first ? `${first.pointer || 'The body'}: ${first.message}` : undefined;
  return problem('request.invalid', { detail, errors: errors.slice(0, 50) });
}

export function listFaults(part: string, issues: readonly z.core.$ZodIssue[]): Fault[] {
  return issues.flatMap((issue) => describeIssue(part, issue));
}

function describeIssue(part: string, issue: z.core.$ZodIssue): Fault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointTo(part, [...issue.path, key]),
      code: part === 'querystring' ? 'unknown_parameter' : 'unknown_field',
      message: part === 'querystring' ? 'This parameter is not known here.' : 'This field is not known here.',
    }));
  }
  if (issue.code === 'invalid_union') {
    const branch = closestBranch(issue);
    if (branch.length > 0) {
      return branch.flatMap((inner) => describeIssue(part, { ...inner, path: [...issue.path, ...inner.path] }));
    }
  }
  const message = explainType(part, issue);
  return [{ pointer: pointTo(part, issue.path), code: issue.code, message }];
}

/** Zod names what it received; people are told what to do about it. */
function explainType(part: string, issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type') return issue.message;
  if (issue.message.endsWith('received undefined')) return 'Is required.';
  if (part === 'querystring' && issue.message.endsWith('received array')) return 'Give this parameter once.';
  return issue.message;
}

// Of the alternatives of a union, the one the client most likely meant: the one with the deepest first fault.
function closestBranch(issue: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] {
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const depth = (branch: z.core.$ZodIssue[]) => Math.max(...branch.map((inner) => inner.path.length));
  const deepest = branches.toSorted((a, b) => depth(b) - depth(a))[0];
  return deepest !== undefined && depth(deepest) > 0 ? deepest : [];
}

/** RFC 6901 pointer into the body; `?name` for a query parameter, `!Name` for a header, `:name` for a path parameter. */
function pointTo(part: string, path: readonly PropertyKey[]): string {
  const names = path.map((name) => String(name).slice(0, 100));
  if (part === 'querystring') return `?${names.join('.')}`;
  if (part === 'params') return `:${names.join('.')}`;
  if (part === 'headers') return `!${names.join('.')}`;
  return names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
