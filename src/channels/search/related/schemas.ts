// What is asked about the articles around one, and answered.
import { z } from 'zod';
import { articleListQuery } from '../../../resources/articles/queries/query.ts';
import { articleView } from '../../../resources/articles/view-schemas.ts';
import { shortLimit } from '../schemas.ts';

export const relatedQuery = z.strictObject({
  limit: shortLimit(6),
  fields: articleListQuery.shape.fields,
  body: articleListQuery.shape.body,
});
export type RelatedQuery = z.output<typeof relatedQuery>;

const relation = z
  .enum(['curated', 'similar'])
  .describe('`curated`: the newsroom put it beside the article. `similar`: it is about the same.');

export const relatedAnswer = z
  .object({
    data: z.array(
      articleView.extend({ relation }).meta({ id: 'RelatedArticle', description: 'An article as in lists, and why.' }),
    ),
  })
  .meta({ id: 'RelatedArticles', description: 'What to read beside an article.' });
