// The query parameters of article lists, and what identifies the list that a cursor belongs to.
import { z } from 'zod';
import { bodyFormats } from '../../../core/body/schema.ts';
import { fingerprintList } from '../../../core/cursor.ts';
import { type Fault, problem } from '../../../core/problems.ts';
import { parseInstant } from '../../../core/time.ts';
import { asOfParameter } from '../../../platform/http/as-of.ts';
import * as parameters from '../../../platform/http/parameters.ts';
import { articleFields } from '../view-schemas.ts';
import { type Desk, deskParameters, readDesk } from './desk-query.ts';

export const sorts = ['-publishedAt', 'publishedAt', '-updatedAt', 'updatedAt', 'title'] as const;
export type Sort = (typeof sorts)[number];

const bodyParameter = z.enum([...bodyFormats, 'none']);
const instantParameter = (what: string) =>
  parameters
    .text(60)
    .optional()
    .describe(`${what}; RFC 3339, or a date (the start of that day in the configured zone). Exclusive.`);

const shape = {
  perspective: parameters.perspectiveParameter,
  asOf: asOfParameter(
    'Sections, sources, editors and tags have their names and places of today. What was retracted since is gone from the past too, except for keys that read drafts.',
  ),
  fields: parameters.fieldsParameter(articleFields),
};

export const articleQuery = z.strictObject({
  ...shape,
  trashed: parameters.trashedParameter,
  body: bodyParameter.default('blocks').describe('Form of the body.'),
});

export type ArticleQuery = z.output<typeof articleQuery>;

export const articleListQuery = z.strictObject({
  limit: parameters.limitParameter,
  cursor: parameters.cursorParameter,
  sort: z.enum(sorts).default('-publishedAt'),
  count: parameters.countParameter,
  ids: parameters.idsParameter,
  section: parameters.listParameter().optional().describe('Slugs or ids; the branch below is included.'),
  sectionOnly: z.enum(['true', 'false']).optional().describe('`true`: without the branch below.'),
  source: parameters.listParameter().optional().describe('Slugs or ids.'),
  editor: parameters.listParameter().optional().describe('Slugs or ids of credited editors.'),
  tag: parameters.listParameter().optional().describe('Slugs or ids.'),
  publishedAfter: instantParameter('Published after this instant'),
  publishedBefore: instantParameter('Published before this instant'),
  updatedAfter: instantParameter('Updated after this instant'),
  ...deskParameters,
  ...shape,
  body: bodyParameter.default('none').describe('Form of the body.'),
});
export type ArticleListQuery = z.output<typeof articleListQuery>;

/** The filters with their instants read. */
export type Filters = {
  readonly ids: readonly string[] | undefined;
  readonly section: readonly string[] | undefined;
  readonly sectionOnly: boolean;
  readonly source: readonly string[] | undefined;
  readonly editor: readonly string[] | undefined;
  readonly tag: readonly string[] | undefined;
  readonly publishedAfter: Date | undefined;
  readonly publishedBefore: Date | undefined;
  readonly updatedAfter: Date | undefined;
  readonly desk: Desk;
};

export function readFilters(query: Omit<ArticleListQuery, 'sort'>, timeZone: string): Filters {
  const faults: Fault[] = [];
  const read = (name: 'publishedAfter' | 'publishedBefore' | 'updatedAfter') => {
    const text = query[name];
    if (text === undefined) return undefined;
    const instant = parseInstant(text, timeZone);
    if (instant === null) faults.push(parameters.instantFault(name));
    return instant ?? undefined;
  };
  const filters = {
    ids: query.ids === undefined ? undefined : [...new Set(query.ids)],
    section: query.section,
    sectionOnly: query.sectionOnly === 'true',
    source: query.source,
    editor: query.editor,
    tag: query.tag,
    publishedAfter: read('publishedAfter'),
    publishedBefore: read('publishedBefore'),
    updatedAfter: read('updatedAfter'),
    desk: readDesk(query),
  };
  if (faults.length > 0) throw problem('request.invalid', { detail: faults[0]!.message, errors: faults });
  return filters;
}

export function fingerprintArticles(query: ArticleListQuery): string {
  const { limit: _limit, cursor: _cursor, fields: _fields, body: _body, count: _count, ...identity } = query;
  return fingerprintList(JSON.parse(JSON.stringify(identity)));
}
