// What a batch answers when an operation fails: which one, and the problem it would have answered alone.
import { type Fault, type Problem, problem } from '../../core/problems.ts';
import type { Planned } from './batch-plan.ts';
import { problemDocument, toProblem } from './errors.ts';

/** A pointer of the operation's own answer, as a pointer into the batch. */
export function pointInto(index: number, pointer: string): string {
  const base = `/operations/${index}`;
  if (pointer.startsWith('!')) return `${base}/ifMatch`;
  if (pointer.startsWith(':') || pointer.startsWith('?')) return `${base}/path`;
  return `${base}/body${pointer}`;
}

export function operationFailed({ index, operation }: Planned, error: unknown, requestId: string): unknown {
  const found = toProblem(error);
  // What is wrong with the key or with us is no fault of one operation; and what a retry may mend stays what it is.
  if (found.status >= 500 || found.status === 401) return error;
  const errors: Fault[] = found.errors.map((fault) => ({ ...fault, pointer: pointInto(index, fault.pointer) }));
  const detail = `Operation ${index} (${operation.method} ${operation.path}): ${found.detail ?? found.title}`;
  return problem('batch.operation_failed', {
    detail,
    errors: errors.length > 0 ? errors : [{ pointer: `/operations/${index}`, code: shortCode(found), message: detail }],
    extensions: { operation: index, problem: problemDocument(found, requestId) },
    cause: error,
  });
}

/** Of a name for an operation whose answer holds no id. */
export function standsForNothing({ index, operation }: Planned): Fault {
  const message = `This operation answers with no id, so "${operation.name}" stands for nothing. Leave the name out.`;
  return { pointer: `/operations/${index}/name`, code: 'no_id', message };
}

const shortCode = ({ code }: Problem) => code.slice(code.indexOf('.') + 1);
