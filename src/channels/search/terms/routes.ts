// The words of the newsroom and the state of the index, for admins.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { decodeCursor, encodeCursor, fingerprintList, invalidCursor } from '../../../core/cursor.ts';
import { formatInstant, parseInstant } from '../../../core/time.ts';
import { requireUnlimited } from '../../../platform/auth/principal.ts';
import { sendPrivate } from '../../../platform/delivery/send.ts';
import type { Deps } from '../../../platform/deps.ts';
import { declareRoute } from '../../../platform/http/declaration.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { linkNextPage } from '../../../platform/http/listing.ts';
import { cursorParameter, idParams, limitParameter, listOf } from '../../../platform/http/parameters.ts';
import { declareWrite } from '../../../platform/http/write.ts';
import { indexView, termInput, termView } from './schemas.ts';
import { type Behind, describeIndex, findTerm, forgetTerm, listTerms, teachTerm, toTermView } from './terms.ts';

const tag = 'Search';
const permission = 'search.manage';
const example = {
  id: '0195f2a0-0000-7000-8000-000000000020',
  text: '工业互联网之都',
  createdAt: '2020-05-27T06:48:49.000Z',
};

export function registerSearchTerms(app: FastifyInstance, deps: Deps): void {
  registerTeach(app, deps);
  registerList(app, deps);
  registerRead(app, deps);
  registerForget(app, deps);
  registerState(app, deps);
}

function registerTeach(app: FastifyInstance, deps: Deps): void {
  declareWrite(
    app,
    deps,
    {
      method: 'POST',
      url: '/v1/search/terms',
      operationId: 'createSearchTerm',
      tag,
      summary: 'Teach search a word',
      description:
        'From then on it is one word in ranking. Articles that hold it are indexed anew in the background; they are found by it all the time.',
      permission,
      handle: 'sql',
      body: termInput,
      responses: { 201: { description: 'Taught.', schema: termView } },
      problems: ['search.term_taken', 'search.too_many_terms', 'auth.outside_sections'],
      examples: { body: { text: example.text }, response: example },
    },
    ({ body }) =>
      async (tx, act) => {
        requireUnlimited(act.principal);
        const row = await teachTerm(tx, act, body.text);
        return { status: 201, view: toTermView(row), location: `${deps.publicUrl}/v1/search/terms/${row.id}` };
      },
  );
}

function registerList(app: FastifyInstance, deps: Deps): void {
  const fingerprint = fingerprintList(['search-terms']);
  declareRoute(
    app,
    {
      method: 'GET',
      url: '/v1/search/terms',
      operationId: 'listSearchTerms',
      tag,
      summary: 'List the words that search was taught, newest first',
      permission,
      cache: 'private',
      query: z.strictObject({ limit: limitParameter, cursor: cursorParameter }),
      responses: { 200: { description: 'A page.', schema: listOf(termView, 'SearchTermList') } },
      problems: ['request.invalid_cursor'],
      examples: { response: { data: [example], page: { limit: 20, nextCursor: null } } },
    },
    async ({ query, raw }, reply) => {
      const behind = query.cursor === undefined ? null : readPosition(decodeCursor(fingerprint, query.cursor));
      const rows = await listTerms(deps.db.sql, query.limit + 1, behind);
      const shown = rows.slice(0, query.limit);
      const last = rows.length > query.limit ? shown.at(-1) : undefined;
      const nextCursor =
        last === undefined ? null : encodeCursor(fingerprint, { value: formatInstant(last.created_at), id: last.id });
      const page = { limit: query.limit, nextCursor };
      linkNextPage(raw, reply, deps.publicUrl, page);
      return sendPrivate(reply, { data: shown.map(toTermView), page });
    },
  );
}

function readPosition({ value, id }: { value: string; id: string }): Behind {
  const createdAt = parseInstant(value, 'UTC');
  if (createdAt === null) throw invalidCursor('It was altered.');
  return { createdAt, id };
}

function registerRead(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'GET',
      url: '/v1/search/terms/:id',
      operationId: 'getSearchTerm',
      tag,
      summary: 'Read a word that search was taught',
      permission,
      cache: 'private',
      params: idParams,
      responses: { 200: { description: 'The word.', schema: termView } },
      problems: ['resource.not_found'],
      examples: { response: example },
    },
    async ({ params }, reply) => {
      const row = await findTerm(deps.db.sql, params.id);
      if (row === null) throw notFound();
      return sendPrivate(reply, toTermView(row));
    },
  );
}

function registerForget(app: FastifyInstance, deps: Deps): void {
  declareWrite(
    app,
    deps,
    {
      method: 'DELETE',
      url: '/v1/search/terms/:id',
      operationId: 'deleteSearchTerm',
      tag,
      summary: 'Forget a word that search was taught',
      description: 'Once a process is started anew it is no longer one word; articles are found as before.',
      permission,
      handle: 'sql',
      params: idParams,
      responses: { 204: { description: 'Forgotten.' } },
      problems: ['resource.not_found', 'auth.outside_sections'],
    },
    ({ params }) =>
      async (tx, act) => {
        requireUnlimited(act.principal);
        await forgetTerm(tx, act, params.id);
        return { status: 204 };
      },
  );
}

function registerState(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'GET',
      url: '/v1/search/index',
      operationId: 'getSearchIndex',
      tag,
      summary: 'How the index of search stands',
      permission,
      cache: 'private',
      responses: { 200: { description: 'The state of the index.', schema: indexView } },
      problems: [],
      examples: { response: { documents: 1204, isRebuilding: true, progress: 0.25, waiting: 0, terms: 3 } },
    },
    async (_request, reply) => sendPrivate(reply, await describeIndex(deps.db.sql)),
  );
}
