// GET /v1/search/suggest: what somebody who is typing may mean.
import type { FastifyInstance } from 'fastify';
import type { Sql } from '../../../platform/db/db.ts';
import type { Deps } from '../../../platform/deps.ts';
import { lastChangeAt } from '../../../platform/events/last-change.ts';
import { declarePublicRead, type PublicReading } from '../../../platform/http/public-read.ts';
import { nextChangeAt } from '../../../resources/articles/queries/list-published.ts';
import { searchExamples } from '../examples.ts';
import { nothingToLookFor } from '../refusals.ts';
import { searchKeys } from '../surrogate-keys.ts';
import { type SuggestQuery, suggestAnswer, suggestQuery } from './schemas.ts';
import { listSuggestions } from './suggest.ts';
import { readTyped } from './typed.ts';

export function registerSuggest(app: FastifyInstance, deps: Deps): void {
  declarePublicRead(
    app,
    deps,
    {
      method: 'GET',
      url: '/v1/search/suggest',
      operationId: 'listSuggestions',
      tag: 'Search',
      summary: 'Suggest what may be meant',
      description:
        'For somebody who is typing: titles of published articles, the newest first, and names of tags, sections, editors and sources, the shortest first; before them those that begin with what was typed. Half a word is enough, and pinyin (`qingd`).',
      permission: 'public',
      cache: 'list',
      query: suggestQuery,
      responses: {
        200: { description: 'Names first, then titles.', schema: suggestAnswer },
        304: { description: 'Not modified.' },
      },
      problems: ['request.query_too_slow'],
      examples: { response: searchExamples.suggestions },
    },
    { read: ({ query, sql, now }) => suggest(deps, sql, query, now) },
  );
}

const selectChanges = `select ${lastChangeAt('$1')} as changed_at, ${nextChangeAt('$1')} as next_change_at`;
type Changes = { readonly changed_at: Date | null; readonly next_change_at: Date | null };

async function suggest(deps: Deps, sql: Sql, { q, limit }: SuggestQuery, now: Date): Promise<PublicReading> {
  const typed = readTyped(await deps.segmenter.get(), q);
  if (typed === null) throw nothingToLookFor();
  const [data, [changes]] = await Promise.all([
    listSuggestions(sql, { typed, limit, now }),
    sql.rows<Changes>(selectChanges, [now.toISOString()], 'search_suggest_changes'),
  ]);
  return {
    content: JSON.stringify({ data }),
    surrogateKeys: searchKeys,
    lastModified: changes!.changed_at,
    endsAt: null,
    nextChangeAt: changes!.next_change_at,
  };
}
