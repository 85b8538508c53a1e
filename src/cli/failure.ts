// A failure as a person at a terminal needs it: what was wrong and what to do, without a stack.
import { ZodError } from 'zod';
import { Problem } from '../core/problems.ts';

type SystemError = Error & { code?: string; port?: number; address?: string };

export function explainFailure(error: unknown): string {
  if (error instanceof Problem) {
    const faults = error.errors.map((fault) => `  ${fault.pointer || '/'}: ${fault.message}`);
    return [`${error.title}. ${error.detail ?? ''}`.trim(), ...faults].join('\n');
  }
  if (error instanceof ZodError) {
    const faults = error.issues.map((issue) => `  /${issue.path.join('/')}: ${issue.message}`);
    return ['The arguments are not valid.', ...faults].join('\n');
  }
  if (!(error instanceof Error)) return String(error);
  const { code, port, address } = error as SystemError;
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${address} is taken. Set PORT to another one, or stop what listens there.`;
  if (code === 'ECONNREFUSED') return `The database does not answer at ${address}:${port}. Check DATABASE_URL.`;
  if (code === '28P01' || code === '28000') return 'The database refused the user or password of DATABASE_URL.';
  if (code === '3D000') return `${error.message}. Create it, or name another in DATABASE_URL.`;
  return error.message;
}
