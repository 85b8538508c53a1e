// GET /v1/search: what the public may find, or, for keys that read drafts, what is in the working copies.
import type { FastifyInstance } from 'fastify';
import { type Reader, readerOf } from '../../platform/auth/reader.ts';
import type { Sql } from '../../platform/db/db.ts';
import { sendPrivate } from '../../platform/delivery/send.ts';
import type { Deps } from '../../platform/deps.ts';
import { nextPageHeaders } from '../../platform/http/listing.ts';
import { requireDraftsFor, requirePerspective } from '../../platform/http/perspective.ts';
import { type Address, addressOf, declarePublicRead } from '../../platform/http/public-read.ts';
import { deskNames, resolveMe } from '../../resources/articles/queries/desk-query.ts';
import { searchExamples } from './examples.ts';
import { trashIsNotSearched } from './refusals.ts';
import { registerRelated } from './related/routes.ts';
import { readResults } from './results.ts';
import { type SearchQuery, searchAnswer, searchQuery } from './schemas.ts';
import { registerSuggest } from './suggest/routes.ts';
import { searchKeys } from './surrogate-keys.ts';

export function registerSearch(app: FastifyInstance, deps: Deps): void {
  registerResults(app, deps);
  registerSuggest(app, deps);
  registerRelated(app, deps);
}

function registerResults(app: FastifyInstance, deps: Deps): void {
  declarePublicRead(
    app,
    deps,
    {
      method: 'GET',
      url: '/v1/search',
      operationId: 'searchArticles',
      tag: 'Search',
      summary: 'Search articles',
      description:
        'By relevance, or the newest first. Terms stand apart by spaces, and an article has all of them, in its text or in the names of its section, source, people and tags. What is asked for in Traditional characters, full-width letters, pinyin (of titles and names, with blanks in it or without) or another form of an English word is found too. Answers at the present only: there is no `asOf`.',
      permission: 'public',
      cache: 'list',
      query: searchQuery,
      responses: {
        200: { description: 'A page of what was found.', schema: searchAnswer },
        304: { description: 'Not modified.' },
      },
      problems: ['auth.missing', 'request.invalid_cursor', 'request.query_too_slow'],
      examples: { response: searchExamples.results },
    },
    {
      read({ sql, query, address, now }) {
        requireDraftsFor(query, deskNames);
        return search(deps, sql, { query, address, now });
      },
      async readPrivate({ query: written, principal, raw }, reply) {
        requirePerspective(written.perspective, principal);
        if (written.trashed === 'true') throw trashIsNotSearched();
        const query = resolveMe(written, principal);
        const asked = { query, address: addressOf(raw), now: deps.clock.now() };
        const { content, headers } = await search(deps, deps.db.sql, asked, readerOf(principal!));
        return sendPrivate(reply.headers(headers), content);
      },
    },
  );
}

type Asked = { readonly query: SearchQuery; readonly address: Address; readonly now: Date };

// How fresh things are changes by itself.
const freshForMs = 10 * 60_000;

async function search(deps: Deps, sql: Sql, { query, address, now }: Asked, reader?: Reader) {
  const { content, page, surrogateKeys, lastModified, nextChangeAt } = await readResults(deps, sql, {
    query,
    now,
    reader,
  });
  const fadesAt = now.getTime() + freshForMs;
  return {
    content,
    surrogateKeys: [...new Set([...searchKeys, ...surrogateKeys])],
    lastModified,
    endsAt: null,
    nextChangeAt: new Date(Math.min(nextChangeAt?.getTime() ?? fadesAt, fadesAt)),
    headers: nextPageHeaders(address, deps.publicUrl, page),
  };
}
