// The problem document (RFC 9457) as a schema, and which problems an operation can answer with.
import { z } from 'zod';
import { type ProblemCode, problemKinds } from '../../core/problem-kinds.ts';

export const faultSchema = z
  .object({
    pointer: z.string().describe('RFC 6901 pointer into the body, or `?name` for a query parameter.'),
    code: z.string(),
    message: z.string(),
  })
  .meta({ id: 'Fault', description: 'One fault of a request.' });

export const problemSchema = z
  .looseObject({
    type: z.string().describe('URN of the code.'),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z.string().describe('Stable name of the problem, such as `article.slug_taken`.'),
    requestId: z.string(),
    errors: z.array(faultSchema),
  })
  .meta({ id: 'Problem', description: 'What went wrong, and what to do (RFC 9457).' });

type Declared = { permission: string; query?: unknown; body?: unknown; problems: readonly ProblemCode[] };

/** What every operation can answer with, so that declarations list only what is their own. */
function commonProblems({ permission, query, body }: Declared): ProblemCode[] {
  const withBody: ProblemCode[] =
    body === undefined
      ? []
      : [
          'request.invalid_json',
          'request.invalid_text',
          'request.too_deep',
          'request.too_large',
          'request.unsupported_media_type',
          'request.unsupported_encoding',
        ];
  const withKey: ProblemCode[] =
    permission === 'public' && !showsDrafts(query)
      ? ['auth.invalid']
      : ['auth.missing', 'auth.invalid', 'auth.forbidden'];
  return [
    'request.invalid',
    'request.not_acceptable',
    'request.rate_limited',
    'server.error',
    'server.unavailable',
    'server.overloaded',
    ...withKey,
    ...withBody,
  ];
}

const showsDrafts = (query: unknown) => query instanceof z.ZodObject && 'perspective' in query.shape;

export function listProblems(declared: Declared): ProblemCode[] {
  return [...new Set([...commonProblems(declared), ...declared.problems])];
}

export function problemResponses(declared: Declared): Record<number, unknown> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of listProblems(declared)) {
    const { status } = problemKinds[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const responses = [...byStatus].map(([status, codes]) => [
    status,
    {
      description: codes.map((code) => `\`${code}\`: ${problemKinds[code].title}.`).join(' '),
      content: { 'application/problem+json': { schema: problemSchema } },
    },
  ]);
  return Object.fromEntries(responses);
}
