// Reads of an article's versions: a page of them, or some with their content. A key that is limited to sections reads
// those that were filed in them, as it could when each was the working copy.
import { isWithin, type Reader } from '../../../platform/auth/reader.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { instant, object, type Pair } from '../../../platform/db/json.ts';
import { createdBy, list, versionPairs } from './json.ts';
import type { ArticleRow } from './one.ts';

const publicationPairs: readonly Pair[] = [
  ['from', instant('p.visible_from')],
  ['until', instant('p.visible_until')],
];

const factPairs: readonly Pair[] = [
  ['number', 'v.number'],
  ['createdAt', instant('v.created_at')],
  ['createdBy', createdBy('v')],
  ['note', 'v.note'],
  ['hash', "encode(v.hash, 'hex')"],
  ['previousHash', "encode(v.previous_hash, 'hex')"],
];

// By article_version_pkey, backwards. The publications of the whole page come from one walk over those of the article, by
// publication_article_id_idx: one walk for each version would cost a page a hundred of them.
const selectPage = `
  with picked as materialized (
    select v.number, v.title, v.word_count, v.created_at, v.created_by_editor, v.created_by_service, v.note, v.hash,
      v.previous_hash
    from article_version v
    where v.article_id = $1::uuid and ($2::int is null or v.number < $2::int) and ${isWithin('v', '$3')}
    order by v.number desc limit $4::int),
  published as materialized (
    select p.version, array_to_json(array_agg(${object(publicationPairs)} order by p.visible_from)) as ranges
    from publication p
    where p.article_id = $1::uuid and p.version = any(array(select number from picked))
    group by p.version)
  select v.number, ${object([
    ...factPairs,
    ['title', 'v.title'],
    ['wordCount', 'v.word_count'],
    ['publications', "coalesce(r.ranges, '[]')"],
  ])}::text as json
  from picked v left join published r on r.version = v.number
  order by v.number desc`;

export type VersionPage = { readonly before: number | null; readonly limit: number };
export type ListedVersion = { readonly number: number; readonly json: string };

/** Newest first. */
export function listVersions(
  sql: Sql,
  articleId: string,
  { before, limit }: VersionPage,
  reader: Reader,
): Promise<ListedVersion[]> {
  return sql.rows<ListedVersion>(selectPage, [articleId, before, reader.sectionIds, limit], 'version_list');
}

const names = { now: '$3', sections: '$4', embargoedOf: '$5', publicUrl: "''" };

// By primary keys, and publication_article_id_idx for each.
const selectVersions = `
  select v.number, ${object([
    ...versionPairs(names),
    ...factPairs,
    [
      'publications',
      list(
        publicationPairs,
        'from publication p where p.article_id = v.article_id and p.version = v.number order by p.visible_from',
      ),
    ],
  ])}::text as json, case when $6::boolean then v.body::text end as blocks
  from article_version v
  where v.article_id = $1::uuid and v.number = any($2::int[]) and ${isWithin('v', '$4')}`;

export type VersionRow = ArticleRow & { readonly number: number };

/** Whole versions by number; those that are not there, or not for this reader, are left out. */
export function findVersions(
  sql: Sql,
  articleId: string,
  numbers: readonly number[],
  { now, withBody }: { now: Date; withBody: boolean },
  reader: Reader,
): Promise<VersionRow[]> {
  const values = [articleId, numbers, now.toISOString(), reader.sectionIds, reader.embargoedOf, withBody];
  return sql.rows<VersionRow>(selectVersions, values, 'version_read');
}
