// What suggestions are asked for with, and look like.
import { z } from 'zod';
import { text } from '../../../platform/http/parameters.ts';
import { queryLengthMax, shortLimit } from '../schemas.ts';
import { suggestionTypes } from './suggest.ts';

export const suggestQuery = z.strictObject({
  q: text(queryLengthMax).describe('What was typed so far. The last word may be unfinished, or pinyin.'),
  limit: shortLimit(10),
});
export type SuggestQuery = z.output<typeof suggestQuery>;

const suggestion = z
  .object({
    type: z.enum(suggestionTypes),
    id: z.uuid(),
    slug: z.string(),
    text: z.string().describe('The title, or the name.'),
  })
  .meta({ id: 'Suggestion', description: 'What may be meant.' });

export const suggestAnswer = z
  .object({ data: z.array(suggestion) })
  .meta({ id: 'Suggestions', description: 'Names first, then titles.' });
