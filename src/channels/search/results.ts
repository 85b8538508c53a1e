// From a query to the page of its results: found, read as lists read them, marked, counted.
import type { Reader } from '../../platform/auth/reader.ts';
import type { Sql } from '../../platform/db/db.ts';
import type { Deps } from '../../platform/deps.ts';
import type { Page } from '../../platform/http/listing.ts';
import { listDrafts } from '../../resources/articles/queries/list-drafts.ts';
import { listPublished } from '../../resources/articles/queries/list-published.ts';
import type { ListedRow } from '../../resources/articles/queries/list-statement.ts';
import type { Filters } from '../../resources/articles/queries/query.ts';
import { readFilters } from '../../resources/articles/queries/query.ts';
import { printArticle, type Shape, wantsBody } from '../../resources/articles/view.ts';
import { fingerprintSearch, printPosition, readPosition } from './cursor.ts';
import { markResults } from './marks.ts';
import { countFacets } from './match/facets.ts';
import { countFitting, estimatedMax } from './match/newest.ts';
import { openScope } from './match/scope.ts';
import { type Found, findArticles } from './match/search.ts';
import { type AnalysedQuery, analyseQuery } from './query/analyse.ts';
import { parseQuery } from './query/parse.ts';
import { nothingToLookFor } from './refusals.ts';
import type { SearchQuery } from './schemas.ts';

export type Asked = { readonly query: SearchQuery; readonly now: Date; readonly reader: Reader | undefined };

export type Results = {
  readonly content: string;
  readonly page: Page;
  readonly surrogateKeys: readonly string[];
  readonly lastModified: Date | null;
  readonly nextChangeAt: Date | null;
};

export async function readResults(deps: Deps, sql: Sql, asked: Asked): Promise<Results> {
  const { query, now, reader } = asked;
  const fingerprint = fingerprintSearch(query);
  const filters = readFilters(query, deps.config.timeZone);
  const understood = analyseQuery(await deps.segmenter.get(), parseQuery(query.q));
  if (understood.clauses.length === 0) throw nothingToLookFor();
  const behind = readPosition(fingerprint, query, understood.clauses.length);
  const scope = await openScope(sql, { now, reader, filters });
  const found =
    scope === null
      ? null
      : await findArticles(sql, {
          query: understood,
          scope,
          config: deps.config,
          sort: query.sort,
          limit: query.limit,
          behind,
        });
  const [read, total, facets] = await Promise.all([
    readArticles(deps, sql, asked, found?.ids ?? []),
    query.count === undefined
      ? undefined
      : found === null
        ? 0
        : countFitting(sql, found.asking, query.count === 'exact' ? null : estimatedMax),
    readFacets(deps, sql, query, found),
  ]);
  const marks =
    query.highlight === 'true' && found !== null ? await markResults(sql, found.asking.query, read.rows) : null;
  const data = read.rows.map((row) => printArticle(row, query, marks === null ? {} : { highlight: marks.get(row.id) }));
  const page = {
    limit: query.limit,
    nextCursor: found?.next ? printPosition(fingerprint, found.next) : null,
    ...(total === undefined ? {} : { total }),
  };
  const told = { page, query: describe(understood, found), ...(facets === null ? {} : { facets }) };
  const content = `{"data":[${data.join(',')}],${JSON.stringify(told).slice(1)}`;
  return { ...read, content, page };
}

type Read = Omit<Results, 'content' | 'page'> & { readonly rows: readonly ListedRow[] };
type Shown = Omit<Asked, 'query'> & { readonly query: Shape };

/** As the lists read them, in the order in which they were found; what has gone meanwhile is left out. */
export async function readArticles(
  deps: Deps,
  sql: Sql,
  { query, now, reader }: Shown,
  ids: readonly string[],
): Promise<Read> {
  const filters = { ids, desk: {}, sectionOnly: false } as unknown as Filters;
  const order = {
    filters,
    sort: '-publishedAt',
    after: null,
    limit: Math.max(ids.length, 1),
    withBody: wantsBody(query),
  } as const;
  const context = { now, publicUrl: deps.publicUrl };
  const inOrder = (rows: readonly ListedRow[]) => {
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  };
  if (reader !== undefined) {
    const { rows } = await listDrafts(sql, order, context, reader);
    return { rows: inOrder(rows), surrogateKeys: [], lastModified: null, nextChangeAt: null };
  }
  const { rows, surrogateKeys, changedAt, nextChangeAt } = await listPublished(sql, order, context);
  return { rows: inOrder(rows), surrogateKeys, lastModified: changedAt, nextChangeAt };
}

async function readFacets(deps: Deps, sql: Sql, { facets }: SearchQuery, found: Found | null) {
  if (facets === undefined) return null;
  if (found !== null) return countFacets(sql, found.asking, [...new Set(facets)], deps.config.timeZone);
  return Object.fromEntries(facets.map((name) => [name, { values: [], isExact: true }]));
}

function describe({ clauses, isCut }: AnalysedQuery, found: Found | null) {
  const texts = (atoms: readonly { text: string }[] = []) => atoms.map(({ text }) => text);
  return { terms: texts(clauses.flat()), dropped: texts(found?.dropped), relaxed: texts(found?.relaxed), isCut };
}
