// Which headers of ours an operation may answer with, by status: one table over what routes declare, from which the
// OpenAPI document is made. The tests hold every answer against it. What all of HTTP has (Content-Type, Vary), CORS and
// the security headers are not in it.
import { z } from 'zod';
import type { RouteFacts } from './declaration.ts';

type Answer = { readonly facts: RouteFacts; readonly status: number };

export type ResponseHeader = {
  readonly description: string;
  readonly example: string;
  /** Whether that answer may carry it. */
  isSentWith(answer: Answer): boolean;
};

const isPublicRead = ({ cache }: RouteFacts) => cache !== 'private';
/** Finished answers, which caches may keep: what is there, where it went, that nothing is there. */
const isKept = ({ facts, status }: Answer) => isPublicRead(facts) && [200, 301, 304, 404, 410].includes(status);
const isNamed = (answer: Answer) => isKept(answer) && answer.facts.cache !== 'document';
const isRead = ({ facts, status }: Answer) => isPublicRead(facts) && [200, 304].includes(status);
const isDone = (status: number) => status >= 200 && status < 300;
/** Done now, or done or refused before and told again; 401 and 429 are never told again. */
const isToldOfWrite = ({ facts, status }: Answer) =>
  facts.write !== undefined && status < 500 && status !== 401 && status !== 429;

function showsRevision(schema: unknown): boolean {
  if (schema instanceof z.ZodObject) return 'revision' in schema.shape;
  return schema instanceof z.ZodUnion && schema.options.some(showsRevision);
}

const isPaged = ({ query }: RouteFacts) => query instanceof z.ZodObject && 'cursor' in query.shape;

export const responseHeaders = {
  'X-Request-Id': {
    description: 'The request, as the log and `requestId` of a problem name it.',
    example: '0195f2a0-0000-7000-8000-000000000001',
    isSentWith: () => true,
  },
  'Cache-Control': {
    description:
      'How long the answer may be kept, in seconds: `max-age` by browsers, `s-maxage` by shared caches; `private, no-store` or `no-store`: not at all.',
    example: 'public, max-age=30, s-maxage=30, stale-while-revalidate=60, stale-if-error=600',
    isSentWith: () => true,
  },
  ETag: {
    description:
      'Of a public answer: its bytes in this coding, for `If-None-Match`. Of a working copy: its `revision`, for `If-Match`.',
    example: '"r3"',
    isSentWith: (answer) =>
      isRead(answer) || (isDone(answer.status) && showsRevision(answer.facts.responses[answer.status]?.schema)),
  },
  'Last-Modified': {
    description: 'The last change of anything in the answer, once its second is over; for `If-Modified-Since`.',
    example: 'Wed, 27 May 2020 06:48:49 GMT',
    isSentWith: (answer) => isRead(answer) && answer.facts.cache !== 'document',
  },
  'Cache-Status': {
    description:
      "What Masthead's own cache did (RFC 9211): `hit`, or `fwd=` and why it had to ask the database; caches in front add theirs. Absent where CACHE_SIZE_BYTES is 0, and of what is not for everyone.",
    example: 'masthead; hit',
    isSentWith: isKept,
  },
  Age: {
    description: 'Seconds since the answer was known to be right; of a hit 0, since it is dropped when it changes.',
    example: '0',
    isSentWith: isKept,
  },
  'Surrogate-Key': {
    description: 'Everything that shaped the answer, by the names that purges use. For caches in front, which hide it.',
    example: 'article:0195f2a0-0000-7000-8000-000000000001 articles',
    isSentWith: isNamed,
  },
  'Cache-Tag': {
    description: 'The same with commas, where Cloudflare is purged.',
    example: 'article:0195f2a0-0000-7000-8000-000000000001,articles',
    isSentWith: isNamed,
  },
  Link: {
    description: 'The next page (RFC 8288), where there is one.',
    example: '<https://news.example/v1/articles?cursor=abc>; rel="next"',
    isSentWith: ({ facts, status }) => status === 200 && isPaged(facts),
  },
  Location: {
    description: 'Where it is: what was created, or what has another slug now.',
    example: 'https://news.example/v1/articles/0195f2a0-0000-7000-8000-000000000001',
    isSentWith: ({ status }) => status === 201 || status === 301,
  },
  'Data-Version': {
    description:
      'How far the data reaches with this write in it. Opaque; as `?minVersion=` of a public read it makes the answer know of the write. Not with `dryRun=true`.',
    example: '42.bGFzdCB3cml0',
    isSentWith: isToldOfWrite,
  },
  'Idempotency-Replayed': {
    description: '`true`: the answer to the first request with this `Idempotency-Key`, again.',
    example: 'true',
    isSentWith: isToldOfWrite,
  },
  'Retry-After': {
    description: 'After how many seconds it is worth another try.',
    example: '1',
    isSentWith: ({ facts, status }) =>
      status === 429 || status === 503 || (status === 409 && facts.write !== undefined),
  },
  RateLimit: {
    description: 'What is left of the limit that was met, and in how many seconds there is more.',
    example: '"writes";r=0;t=3',
    isSentWith: ({ status }) => status === 429,
  },
  'RateLimit-Policy': {
    description: 'The limit that was met: how many requests (q) in how many seconds (w).',
    example: '"writes";q=12000;w=60',
    isSentWith: ({ status }) => status === 429,
  },
  'WWW-Authenticate': {
    description: 'How to say who you are.',
    example: 'Bearer',
    isSentWith: ({ status }) => status === 401,
  },
  'Accept-Encoding': {
    description: 'The coding of a body that is taken.',
    example: 'identity',
    isSentWith: ({ status }) => status === 415,
  },
  'X-Robots-Tag': {
    description: 'Not for search engines.',
    example: 'noindex, nofollow',
    isSentWith: ({ facts, status }) => facts.secretPath === true && (status === 200 || status === 404),
  },
} as const satisfies Readonly<Record<string, ResponseHeader>>;

export type ResponseHeaderName = keyof typeof responseHeaders;

const entries = Object.entries(responseHeaders) as [ResponseHeaderName, ResponseHeader][];

/** In the order of the table. */
export const listResponseHeaders = (answer: Answer): ResponseHeaderName[] =>
  entries.filter(([, { isSentWith }]) => isSentWith(answer)).map(([name]) => name);

/** For `components.headers` of the document. */
export const headerComponents = () =>
  Object.fromEntries(
    entries.map(([name, { description, example }]) => [name, { description, schema: { type: 'string' }, example }]),
  );
