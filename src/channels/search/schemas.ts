// What search is asked and answers.
import { z } from 'zod';
import { listParameter, namingIt, pageSchema, text } from '../../platform/http/parameters.ts';
import { deskParameters } from '../../resources/articles/queries/desk-query.ts';
import { articleListQuery } from '../../resources/articles/queries/query.ts';
import { articleDraft, articleView } from '../../resources/articles/view-schemas.ts';
import { facetNames } from './match/facets.ts';

const { shape } = articleListQuery;

export const queryLengthMax = 400;

const searched = text(queryLengthMax).describe(
  'Words; `"an exact phrase"`, `-without`, `title:word`, `this OR that`. All words have to be there.',
);

export const searchQuery = z.strictObject({
  q: searched,
  sort: z.enum(['relevance', '-publishedAt']).default('relevance'),
  limit: shape.limit,
  cursor: shape.cursor,
  count: shape.count,
  section: shape.section,
  sectionOnly: shape.sectionOnly,
  source: shape.source,
  editor: shape.editor,
  tag: shape.tag,
  publishedAfter: shape.publishedAfter,
  publishedBefore: shape.publishedBefore,
  updatedAfter: shape.updatedAfter,
  ...deskParameters,
  trashed: deskParameters.trashed.describe(
    '`false`: nothing of the trash, as without it. `true` is refused, since the trash is not searched: `GET /v1/articles?perspective=draft&trashed=true` lists it. Only with perspective=draft.',
  ),
  facets: listParameter(facetNames.length)
    .pipe(z.array(z.enum(facetNames, namingIt('is none of: section, source, editor, tag, year'))))
    .optional()
    .describe('How the results are spread, comma-separated: `section`, `source`, `editor`, `tag`, `year`.'),
  highlight: z
    .enum(['true', 'false'])
    .optional()
    .describe('`true`: fragments with what was found in `<mark>`. The text around is escaped; it is safe as HTML.'),
  perspective: shape.perspective,
  fields: shape.fields,
  body: shape.body,
});
export type SearchQuery = z.output<typeof searchQuery>;

const highlights = z
  .object({
    title: z.string().nullable(),
    summary: z.string().nullable(),
    body: z.array(z.string()),
  })
  .meta({
    id: 'Highlight',
    description: 'HTML, in which only `<mark>` is not text. Null, or empty: nothing was found there.',
  });

/** How much of what is answered without pages. */
export const shortLimit = (usual: number) =>
  z
    .string()
    .regex(/^(?:[1-9]|1\d|20)$/, 'must be a whole number from 1 to 20')
    .transform(Number)
    .prefault(String(usual))
    .describe('At most so many, 1 to 20.');

const counted = z.object({ slug: z.string(), name: z.string(), count: z.int() });
const facetOf = (value: z.ZodType) =>
  z.object({
    values: z.array(value).describe('At most 50, those with most first.'),
    isExact: z
      .boolean()
      .describe('False where more than 10,000 articles were found: then the newest of them are counted.'),
  });
const recordFacet = facetOf(counted).meta({ id: 'Facet', description: 'How the results are spread.' });

const found = { highlight: highlights.optional().describe('Only with `highlight=true`.') };
const hit = z
  .union([articleView.extend(found), articleDraft.extend(found)])
  .meta({ id: 'SearchHit', description: 'An article as in lists, with what was found in it.' });

export const searchAnswer = z
  .object({
    data: z.array(hit),
    page: pageSchema,
    query: z
      .object({
        terms: z.array(z.string()).describe('As they were understood.'),
        dropped: z
          .array(z.string())
          .describe('Terms that no article has together with the others: these results lack them.'),
        relaxed: z
          .array(z.string())
          .describe('Terms of several words of which the most are enough, since hardly any article has all.'),
        isCut: z.boolean().describe('Whether the query was too long, and its end was left out.'),
      })
      .describe('How the query was read.'),
    facets: z
      .object({
        section: recordFacet,
        source: recordFacet,
        editor: recordFacet,
        tag: recordFacet,
        year: facetOf(z.object({ year: z.int(), count: z.int() })),
      })
      .partial()
      .optional()
      .describe('Only with `facets`.'),
  })
  .meta({ id: 'SearchResults', description: 'A page of what was found.' });
