// The one place where an error becomes an answer. Problems say what they are; a database's refusal is looked up by
// constraint name; everything else is a 500 that says nothing and is logged with its cause.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, type ProblemCode, problem } from '../../core/problems.ts';
import { findConflict } from '../db/conflicts.ts';
import { describeValidation, ValidationFault } from './validation.ts';

const nothingHere = 'There is nothing here that you may read.';

/** Fastify's own refusals, by code. */
const frameworkProblems: Readonly<Record<string, { code: ProblemCode; detail: string }>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'request.unsupported_media_type',
    detail: 'Send the Content-Type this operation takes; for most, application/json.',
  },
  FST_ERR_CTP_EMPTY_TYPE: { code: 'request.unsupported_media_type', detail: 'Name the Content-Type of the body.' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'request.invalid_json', detail: 'The body is empty. Send a JSON object.' },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'request.invalid_json', detail: 'The body cannot be read as JSON.' },
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'request.too_large', detail: 'The body is larger than this server accepts.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'request.invalid_header',
    detail: 'The Content-Length does not match the body.',
  },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'resource.not_found', detail: nothingHere },
  FST_ERR_BAD_URL: {
    code: 'request.invalid',
    detail: 'The address cannot be decoded: it holds a broken percent sign or bytes that are not UTF-8.',
  },
  FST_ERR_ASYNC_CONSTRAINT: { code: 'resource.not_found', detail: 'No such address.' },
};

export function registerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const found = toProblem(error, { isRead: request.method === 'GET' || request.method === 'HEAD' });
    if (found.status >= 500) request.log.error({ err: found.cause ?? error, code: found.code }, found.message);
    // Codes only: messages and pointers quote what was sent, which may be a draft or a key in the wrong place.
    else request.log.debug({ code: found.code, faults: found.errors.map((fault) => fault.code) }, 'refused');
    return sendProblem(request, reply, found);
  });
  app.setNotFoundHandler((request, reply) => sendProblem(request, reply, notFound()));
}

/** One wording for everything that is absent or may not be seen, so that the answers cannot be told apart. */
export function notFound(): Problem {
  return problem('resource.not_found', { detail: nothingHere });
}

export function toProblem(error: unknown, { isRead = false } = {}): Problem {
  if (error instanceof Problem) return error;
  const validation = (error as { cause?: unknown })?.cause ?? error;
  if (validation instanceof ValidationFault) return describeValidation(validation);
  if (isCutOff(error)) return problem('request.invalid', { detail: 'The connection ended before the body did.' });
  const conflict = findConflict(error, isRead);
  if (conflict !== null) return conflict;
  const framework = frameworkProblems[(error as FastifyError)?.code];
  if (framework !== undefined) return problem(framework.code, { detail: framework.detail, cause: error });
  return problem('server.error', {
    detail: 'The request was understood but failed. It is logged under its requestId.',
    cause: error,
  });
}

// The client's connection, not the database's: Fastify puts a status on what goes wrong while it reads a body.
function isCutOff(error: unknown): boolean {
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  return code === 'ECONNRESET' && statusCode === 400;
}

export const problemType = 'application/problem+json; charset=utf-8';

/** What judges a part of a body knows only the fault; a person who reads the detail alone must learn where it lies. */
function withPlace({ code, detail, errors: [first] }: Problem): string | undefined {
  if (code !== 'request.invalid' || first === undefined || detail !== first.message) return detail;
  return `${first.pointer || 'The body'}: ${detail}`;
}

export function problemDocument(found: Problem, requestId: string): Record<string, unknown> {
  return {
    ...found.extensions,
    type: `urn:masthead:problem:${found.code}`,
    title: found.title,
    status: found.status,
    detail: withPlace(found),
    code: found.code,
    requestId,
    errors: found.errors,
  };
}

/** `headers`: how long the problem may be kept; without them it is not. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  found: Problem,
  headers: Readonly<Record<string, string>> = { 'cache-control': 'no-store' },
): FastifyReply {
  for (const name of ['etag', 'last-modified', 'surrogate-key', 'location', 'link']) reply.removeHeader(name);
  reply.headers(headers).headers(found.headers);
  return reply
    .code(found.status)
    .type(problemType)
    .send(Buffer.from(JSON.stringify(problemDocument(found, request.id))));
}
