// The newest documents that match: of a common word first in the weeks that should be enough, and where they are not in
// all, so that what is found does not depend on the guess.
import { parseInstant } from '../../../core/time.ts';
import type { Parameters } from '../../../platform/db/parameters.ts';
import { isInUse } from '../../../resources/articles/queries/desk-filters.ts';
import type { Asking } from './asking.ts';
import type { Match } from './demand.ts';
import { allOf } from './expressions.ts';
import { limitDocuments, type Scope } from './scope.ts';
import { countWeeks, listValues, weekOf } from './weeks.ts';

/** Of a working copy that was never published the date is in the future, so it comes first. */
const dateOf = (alias: string) => `coalesce(${alias}.published_at, 'infinity')`;

/** `date`: as Postgres prints it. */
export type Dated = { readonly id: string; readonly date: string };

type Order = {
  /** Null: all. */
  readonly limit: number | null;
  readonly behind?: Dated | null;
};

// What a section or a tag may leave of what a word is in. Of less than that the index has few to look at anyway.
const filteredShare = 0.1;

/**
 * Selects `article_id`, `version`, `section_id`, `source_id`, `published_at` and `date`, by search_document_words_idx. The
 * offset keeps the planner from walking through all dates for a rare word.
 */
export function selectNewest(asking: Asking, match: Match, order: Order, parameters: Parameters): string {
  const { scope, facts, at } = asking;
  const { limit, behind = null } = order;
  const words = `d.words @@ ${parameters.add(allOf([match.expression, ...scope.filtered]))}::tsquery`;
  const limits = limitDocuments(scope, parameters, at);
  if (behind !== null)
    limits.push(
      `(${dateOf('d')}, d.article_id) < (${parameters.add(behind.date)}::timestamptz, ${parameters.add(behind.id)}::uuid)`,
    );
  const end = endOf(asking, behind);
  const select = (from: number | null) => {
    const weeks =
      from === null
        ? []
        : [`search_weeks(d.published_at) && ${parameters.add(listValues(from, end, facts.weeks))}::int[]`];
    return `
      select d.article_id, d.version, d.section_id, d.source_id, d.published_at, ${dateOf('d')} as date
      from search_document d where ${[words, ...weeks, ...limits].join(' and ')} offset 0`;
  };
  const { publishedAfter } = datesOf(scope);
  const all = select(publishedAfter === undefined ? null : weekOf(publishedAfter));
  if (limit === null) return all;
  const newest = (documents: string) =>
    `select d.* from (${documents}) d order by d.date desc, d.article_id desc limit ${limit}`;
  const share = match.share * filteredShare ** scope.filtered.length;
  const isGuessed = publishedAfter === undefined && !isOfDesk(scope);
  const weeks = isGuessed ? countWeeks(facts.weeks, limit, share) : null;
  if (weeks === null) return newest(all);
  return `
    with recent as materialized (${newest(select((end ?? facts.weeks.last) - weeks))}),
    enough as materialized (select count(*) = ${limit} as is from recent)
    select r.* from recent r where (select e.is from enough e)
    union all select d.* from (${newest(all)}) d where not (select e.is from enough e)`;
}

/** The week of the last one; null: there is no end. */
function endOf({ scope }: Asking, behind: Dated | null): number | null {
  const { publishedBefore } = datesOf(scope);
  const date = behind === null ? null : parseInstant(behind.date.replace(/\+00$/, 'Z'), 'UTC');
  return date !== null ? weekOf(date) : publishedBefore === undefined ? null : weekOf(publishedBefore);
}

/** Such filters leave few, and nobody knows how few. */
const isOfDesk = ({ reader, filters }: Scope) => reader !== undefined && isInUse(filters.desk);

/** Working copies are filtered by the dates of their articles, of which the index knows nothing. */
const datesOf = ({ reader, filters }: Scope): Partial<Scope['filters']> => (reader === undefined ? filters : {});
