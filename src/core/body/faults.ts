// The one way body text is refused: 422 `body.invalid` with a pointer to the form that was given.

import { type Problem, problem } from '../problems.ts';
import type { BodyFormat } from './schema.ts';

export function bodyProblem(
  format: BodyFormat,
  code: string,
  message: string,
  path: readonly PropertyKey[] = [],
): Problem {
  const pointer = ['', 'body', format, ...path.map((part) => escapePointer(String(part)))].join('/');
  return problem('body.invalid', { detail: message, errors: [{ pointer, code, message }] });
}

// RFC 6901, section 3.
function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
