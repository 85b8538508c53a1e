// The filters of article lists as SQL: each names its wanted rows in a CTE, and is either an axis that the list is read
// along (an index starts with it) or a condition on rows found otherwise.
import { isUuid } from '../../../core/ids.ts';
import { isUnveiled, isWithin, type Reader } from '../../../platform/auth/reader.ts';
import type { Parameters } from '../../../platform/db/parameters.ts';
import { nameDeskWanted } from './desk-filters.ts';
import type { Filters } from './query.ts';

export type Dimension = 'section' | 'source' | 'editor' | 'tag';
export const dimensions: readonly Dimension[] = ['section', 'source', 'editor', 'tag'];

export const wanted = (dimension: Dimension) => `wanted_${dimension}`;

/** One CTE for each filter in use, with the ids of the rows it names. */
export function nameWanted(filters: Filters, parameters: Parameters): string[] {
  return [...nameDimensions(filters, parameters), ...nameDeskWanted(filters.desk, parameters)];
}

function nameDimensions(filters: Filters, parameters: Parameters): string[] {
  return dimensions.flatMap((dimension) => {
    const names = filters[dimension];
    if (names === undefined) return [];
    const isNamed = nameRows(names, parameters);
    const rows = `select x.id from ${dimension} x where ${isNamed}`;
    if (!isBranch(dimension, filters)) return [`${wanted(dimension)} as materialized (${rows})`];
    // By section_path_idx: everything below, the named section included.
    return [
      `named_section as materialized (${rows})`,
      `${wanted('section')} as materialized (
        select ${names.length > 1 ? 'distinct' : ''} b.id from named_section x join section b on b.path @> array[x.id])`,
    ];
  });
}

/** By primary key or unique slug. */
function nameRows(names: readonly string[], parameters: Parameters): string {
  const ids = names.filter(isUuid);
  const slugs = names.filter((name) => !isUuid(name));
  const conditions = [
    ...(ids.length > 0 ? [`x.id = any(${parameters.add(ids)}::uuid[])`] : []),
    ...(slugs.length > 0 ? [`x.slug = any(${parameters.add(slugs)}::text[])`] : []),
  ];
  return conditions.join(' or ');
}

const isBranch = (dimension: Dimension, { sectionOnly }: Filters) => dimension === 'section' && !sectionOnly;

/** The CTEs with the rows that the filters name themselves, without the branches below them. */
export const listNamed = (filters: Filters): string[] =>
  dimensions
    .filter((dimension) => filters[dimension] !== undefined)
    .map((dimension) => (isBranch(dimension, filters) ? 'named_section' : wanted(dimension)));

type Columns = Readonly<Record<Dimension, (ids: string) => string>>;

/** What the public sees: the publication's own columns and membership rows, never the working copy's. */
const publishedColumns: Columns = {
  section: (ids) => `p.section_id in ${ids}`,
  source: (ids) => `p.source_id in ${ids}`,
  editor: (ids) => `exists (select from publication_editor x where x.publication_id = p.id and x.editor_id in ${ids})`,
  tag: (ids) => `exists (select from publication_tag x where x.publication_id = p.id and x.tag_id in ${ids})`,
};

const draftColumns: Columns = {
  section: (ids) => `a.section_id in ${ids}`,
  source: (ids) => `a.source_id in ${ids}`,
  editor: (ids) =>
    `exists (select from article_version_credit x where x.article_id = a.id and x.version = a.version and x.editor_id in ${ids})`,
  tag: (ids) =>
    `exists (select from article_version_tag x where x.article_id = a.id and x.version = a.version and x.tag_id in ${ids})`,
};

/** What a list is read along: filters that an index starts with, and the alias of that index's table. */
export type Along = { readonly axes: readonly Dimension[]; readonly alias: string };

/** Conditions for the filters that are not axes. Instants are compared where the list is read along, so that they bound it. */
export function filterRows(filters: Filters, parameters: Parameters, along: Along | 'drafts'): string[] {
  const isDraft = along === 'drafts';
  const columns = isDraft ? draftColumns : publishedColumns;
  const axes = isDraft ? [] : along.axes;
  const [idColumn, publishedAt, updatedAt] = isDraft
    ? ['a.id', 'a.published_at', 'a.updated_at']
    : ['p.article_id', `${along.alias}.published_at`, `${along.alias}.visible_from`];
  const conditions = dimensions
    .filter((dimension) => filters[dimension] !== undefined && !axes.includes(dimension))
    .map((dimension) => columns[dimension](`(select id from ${wanted(dimension)})`));
  if (filters.ids !== undefined) conditions.push(`${idColumn} = any(${parameters.add(filters.ids)}::uuid[])`);
  const instant = (date: Date) => `${parameters.add(date.toISOString())}::timestamptz`;
  if (filters.publishedAfter) conditions.push(`${publishedAt} > ${instant(filters.publishedAfter)}`);
  if (filters.publishedBefore) conditions.push(`${publishedAt} < ${instant(filters.publishedBefore)}`);
  if (filters.updatedAfter) conditions.push(`${updatedAt} > ${instant(filters.updatedAfter)}`);
  return conditions;
}

/** Which working copies a reader may read. Only the limits it has: a plan need not reckon with the others. */
export function limitDrafts(
  alias: string,
  { sectionIds, embargoedOf }: Reader,
  parameters: Parameters,
  now: Date,
): string[] {
  const within = () => isWithin(alias, parameters.add(sectionIds));
  const unveiled = () =>
    isUnveiled(alias, { now: parameters.add(now.toISOString()), embargoedOf: parameters.add(embargoedOf) });
  return [...(sectionIds === null ? [] : [within()]), ...(embargoedOf === null ? [] : [unveiled()])];
}
