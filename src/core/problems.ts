// A problem as it is thrown: a code of the table with what there is to say about this case (RFC 9457).
import { type ProblemCode, problemKinds } from './problem-kinds.ts';

export type { ProblemCode };

/** One fault of a request: where (RFC 6901 pointer into the body, or `?name` for a parameter), which rule, and what to do. */
export type Fault = { readonly pointer: string; readonly code: string; readonly message: string };

export type ProblemOptions = {
  /** For the client: what was wrong and what to do. */
  detail?: string;
  errors?: readonly Fault[];
  /** Further members of the problem document (RFC 9457, section 3.2). */
  extensions?: Readonly<Record<string, unknown>>;
  headers?: Readonly<Record<string, string>>;
  /** For the log only; never shown. */
  cause?: unknown;
};

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: readonly Fault[];
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(options.detail ?? problemKinds[code].title, { cause: options.cause });
    this.code = code;
    this.status = problemKinds[code].status;
    this.title = problemKinds[code].title;
    this.detail = options.detail;
    this.errors = options.errors ?? [];
    this.extensions = options.extensions ?? {};
    this.headers = options.headers ?? {};
  }
}

export function problem(code: ProblemCode, options: ProblemOptions = {}): Problem {
  return new Problem(code, options);
}

/** Judges a member of the body; what is wrong inside of it is pointed at from the body's root. */
export async function within<T>(pointer: string, judge: () => T | Promise<T>): Promise<T> {
  try {
    return await judge();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, extensions, headers, cause, detail = '' } = error;
    const errors = error.errors.map((fault) => ({ ...fault, pointer: `${pointer}${fault.pointer}` }));
    throw problem(code, { detail, errors, extensions, headers, cause });
  }
}

/** A value that fits the schema but cannot be: where, and what to send instead. */
export function refuse(pointer: string, message: string): Problem {
  return problem('request.invalid', { detail: message, errors: [{ pointer, code: 'invalid_value', message }] });
}
