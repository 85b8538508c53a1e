// GET /v1/articles/{idOrSlug}/related: what to read beside an article.
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../../platform/deps.ts';
import { idOrSlugParams } from '../../../platform/http/parameters.ts';
import { declarePublicRead } from '../../../platform/http/public-read.ts';
import { searchExamples } from '../examples.ts';
import { readRelated } from './related.ts';
import { relatedAnswer, relatedQuery } from './schemas.ts';

export function registerRelated(app: FastifyInstance, deps: Deps): void {
  declarePublicRead(
    app,
    deps,
    {
      method: 'GET',
      url: '/v1/articles/:idOrSlug/related',
      operationId: 'listRelatedArticles',
      tag: 'Search',
      summary: 'List what to read beside an article',
      description:
        'First the articles that the newsroom put beside it, in their order, as far as the public sees them; then the published articles that are most like it. Never itself, and of the similar ones none that tells again, in nearly the same words, the story of the article or of one that is listed before. A former slug answers 301, an article that was retracted 410, as reading the article does.',
      permission: 'public',
      cache: 'article',
      params: idOrSlugParams,
      query: relatedQuery,
      responses: {
        200: { description: 'Curated ones first.', schema: relatedAnswer },
        301: { description: 'The article has another slug now; `Location` names it.' },
        304: { description: 'Not modified.' },
      },
      problems: ['resource.not_found', 'article.gone', 'request.query_too_slow'],
      examples: { response: searchExamples.related },
    },
    { read: ({ params, sql, ...asked }) => readRelated(deps, sql, { ...asked, idOrSlug: params.idOrSlug }) },
  );
}
