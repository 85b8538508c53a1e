// Why no connection to the database comes about, in words that name the variable to correct. Never the address itself: a
// password may be in it.
type Failure = Error & { code?: string; address?: string; port?: number; hostname?: string };
type Explain = (failure: Failure, variable: string) => string;

const unreachable: Explain = ({ address, port }, variable) =>
  `The database does not answer at ${address}:${port}. Check ${variable}.`;
const refused: Explain = (_, variable) => `The database refused the user or password of ${variable}.`;
const unknownHost: Explain = ({ hostname }, variable) =>
  `The host ${hostname} of the database is not known. Check ${variable}.`;

/** By the code of the system or of PostgreSQL. */
const explanations: Readonly<Record<string, Explain>> = {
  ECONNREFUSED: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ETIMEDOUT: unreachable,
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  '28P01': refused,
  '28000': refused,
  '3D000': ({ message }, variable) => `${message}. Create it, or name another in ${variable}.`,
};

/** Null where it is not about connecting. */
export function explainConnection(error: unknown, variable: string): string | null {
  // A name with several addresses fails with what each of them said.
  const failure = (error instanceof AggregateError ? error.errors[0] : error) as Failure;
  return explanations[failure?.code ?? '']?.(failure, variable) ?? null;
}

/** Runs what connects by the address of this variable, which is then the one to blame. */
export async function connectingBy<T>(variable: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const explanation = explainConnection(cause, variable);
    throw explanation === null ? cause : new Error(explanation, { cause });
  }
}
