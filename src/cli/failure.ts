// A failure as a person at a terminal needs it: what was wrong and what to do, without a stack.
import { ZodError } from 'zod';
import { Problem } from '../core/problems.ts';
import { explainConnection } from '../platform/db/connecting.ts';

type SystemError = Error & { code?: string; syscall?: string; port?: number; address?: string; hostname?: string };

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
  return explainListening(error) ?? explainConnection(error, 'DATABASE_URL') ?? error.message;
}

function explainListening({ code, syscall, port, address, hostname }: SystemError): string | null {
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${address} is taken. Set PORT to another one, or stop what listens there.`;
  if (code === 'EADDRNOTAVAIL')
    return `${address} is no address of this machine. Set HOST to one, or to 0.0.0.0 for all.`;
  if (code === 'EACCES' && syscall === 'listen') return `Port ${port} needs more rights. Set PORT to one from 1024 on.`;
  // Those of the database are explained where it is connected to.
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The host ${hostname} is not known. Check HOST.`;
  return null;
}
