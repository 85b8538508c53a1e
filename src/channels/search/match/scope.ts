// Which documents may be found at all: what the public sees at an instant, or the working copies that a reader may read;
// within the filters.
import type { Reader } from '../../../platform/auth/reader.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { createParameters, type Parameters } from '../../../platform/db/parameters.ts';
import {
  dimensions,
  filterRows,
  limitDrafts,
  nameWanted,
  wanted,
} from '../../../resources/articles/queries/conditions.ts';
import { limitToDesk } from '../../../resources/articles/queries/desk-filters.ts';
import type { Filters } from '../../../resources/articles/queries/query.ts';
import { lexemeOf, type Noun } from '../index/lexemes.ts';
import { printLexemes } from './expressions.ts';

export type Scope = {
  readonly now: Date;
  /** Undefined: the public. */
  readonly reader: Reader | undefined;
  readonly filters: Filters;
  /** One expression for each filter that names records. */
  readonly filtered: readonly string[];
};

type Order = Omit<Scope, 'filtered'>;

/** Null: a filter names nothing that is there. */
export async function openScope(sql: Sql, order: Order): Promise<Scope | null> {
  const { filters } = order;
  const used = dimensions.filter((dimension) => filters[dimension] !== undefined);
  if (used.length === 0) return { ...order, filtered: [] };
  const parameters = createParameters();
  const ctes = nameWanted({ ...filters, desk: {} } as Filters, parameters);
  const text = `with ${ctes.join(', ')} ${used
    .map((dimension) => `select '${dimension}' as noun, id::text from ${wanted(dimension)}`)
    .join(' union all ')}`;
  const rows = await sql.rows<{ noun: Noun; id: string }>(text, parameters.values);
  const filtered = used.map((noun) => rows.filter((row) => row.noun === noun).map(({ id }) => lexemeOf(noun, id)));
  return filtered.some((lexemes) => lexemes.length === 0) ? null : { ...order, filtered: filtered.map(printLexemes) };
}

/** Conditions on a document `d`; `at`: what was published later is left out. */
export function limitDocuments(scope: Scope, parameters: Parameters, at: Date): string[] {
  const { now, reader, filters } = scope;
  const instant = (date: Date) => `${parameters.add(date.toISOString())}::timestamptz`;
  // None of the working copies is left out: what is scheduled is dated before it is published.
  if (reader !== undefined) return ['d.is_working', isReadable(scope, reader, parameters)];
  const limits = limitPublic(filters, instant, now);
  if (filters.publishedAfter) limits.push(`d.published_at > ${instant(filters.publishedAfter)}`);
  if (filters.publishedBefore) limits.push(`d.published_at < ${instant(filters.publishedBefore)}`);
  if (at < now) limits.push(`(d.published_at is null or d.published_at <= ${instant(at)})`);
  return limits;
}

type Print = (date: Date) => string;

function limitPublic({ updatedAfter }: Filters, instant: Print, now: Date): string[] {
  const isVisible = `d.visible @> ${instant(now)}`;
  if (updatedAfter === undefined) return [isVisible];
  // By publication_article_id_idx.
  const shown = `select from publication p where p.article_id = d.article_id and p.version = d.version
    and p.visible_from <= ${instant(now)} and (p.visible_until is null or p.visible_until > ${instant(now)})`;
  return [isVisible, `exists (${shown} and p.visible_from > ${instant(updatedAfter)})`];
}

// Documents are found by these already.
const unnamed = { ids: undefined, section: undefined, source: undefined, editor: undefined, tag: undefined };

/** As lists of working copies say it, so that both mean the same. By article_pkey. */
function isReadable({ now, filters }: Scope, reader: Reader, parameters: Parameters): string {
  const where = [
    'a.id = d.article_id',
    ...limitDrafts('a', reader, parameters, now),
    ...limitToDesk(filters.desk, parameters, now),
    ...filterRows({ ...filters, ...unnamed }, parameters, 'drafts'),
  ];
  return `exists (select from article a where ${where.join(' and ')})`;
}
