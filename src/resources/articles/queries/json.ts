// The SQL expressions that build an article's JSON out of a version, so that the database sends what the client gets.
// Aliases: `v` the version, `a` the article, `p` the publication that covers the instant (null for a draft that has
// none). Each subselect is an index lookup on a primary key.
import { plainColumns } from '../content.ts';

export type Names = {
  /** Placeholder of the instant that visibility is judged by. */
  readonly now: string;
  /** Placeholder of the base address. */
  readonly publicUrl: string;
};

/** An instant as RFC 3339 in UTC with milliseconds. */
const instant = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export const isVisible = (alias: string, now: string) =>
  `${alias}.visible_from <= ${now}::timestamptz and (${alias}.visible_until is null or ${alias}.visible_until > ${now}::timestamptz)`;

type Pair = readonly [name: string, expression: string];

/** An object in compact form; `json_build_object` would put blanks around its colons. */
function object(pairs: readonly Pair[]): string {
  return `(select to_json(o) from (select ${pairs.map(([name, expression]) => `${expression} as "${name}"`).join(', ')}) o)`;
}

/** A list of objects, in the order of the rows; an empty one where there are none. */
function list(pairs: readonly Pair[], rows: string): string {
  return `array_to_json(array(select ${object(pairs)} ${rows}))`;
}

const section = `(
  select ${object([
    ['id', 's.id'],
    ['slug', 's.slug'],
    ['name', 's.name'],
    [
      'breadcrumb',
      list(
        [
          ['slug', 'b.slug'],
          ['name', 'b.name'],
        ],
        'from section b where b.id = any(s.path) order by cardinality(b.path)',
      ),
    ],
  ])}
  from section s where s.id = v.section_id)`;

const source = `(
  select ${object([
    ['id', 's.id'],
    ['slug', 's.slug'],
    ['name', 's.name'],
    ['url', 's.url'],
  ])}
  from source s where s.id = v.source_id)`;

const credits = list(
  [
    ['role', 'c.role'],
    ['name', 'coalesce(c.name, e.name)'],
    [
      'editor',
      `case when e.id is not null then ${object([
        ['id', 'e.id'],
        ['slug', 'e.slug'],
        ['name', 'e.name'],
      ])} end`,
    ],
  ],
  `from article_version_credit c left join editor e on e.id = c.editor_id
  where c.article_id = v.article_id and c.version = v.number order by c.position`,
);

const tags = list(
  [
    ['slug', 't.slug'],
    ['name', 't.name'],
  ],
  `from article_version_tag vt join tag t on t.id = vt.tag_id
  where vt.article_id = v.article_id and vt.version = v.number order by vt.position`,
);

const corrections = list(
  [
    ['sequence', 'c.sequence'],
    ['at', instant('c.at')],
    ['note', 'c.note'],
  ],
  'from correction c where c.article_id = v.article_id and c.version <= v.number order by c.sequence',
);

const relatedPublished = (now: string) =>
  list(
    [
      ['id', 'r.related_id'],
      ['slug', 'rv.slug'],
      ['title', 'rv.title'],
      ['publishedAt', instant('rp.published_at')],
    ],
    `from article_version_related r
    join publication rp on rp.article_id = r.related_id and ${isVisible('rp', now)}
    join article_version rv on rv.article_id = rp.article_id and rv.number = rp.version
    where r.article_id = v.article_id and r.version = v.number order by r.position`,
  );

/** Working copies of related articles too, as far as the key's sections reach. */
const relatedDrafts = (now: string, sections: string) =>
  list(
    [
      ['id', 'r.related_id'],
      ['slug', 'ra.slug'],
      ['title', 'ra.title'],
      ['publishedAt', instant('ra.published_at')],
    ],
    `from article_version_related r
    join article ra on ra.id = r.related_id and ra.trashed_at is null
    where r.article_id = v.article_id and r.version = v.number
      and (${isWithin('ra', sections)}
        or exists (select from publication rp where rp.article_id = ra.id and ${isVisible('rp', now)}))
    order by r.position`,
  );

/** Whether an article lies in the sections a key is limited to; null: no limit. */
export const isWithin = (alias: string, sections: string) => `(${sections}::uuid[] is null
  or exists (select from section ks where ks.id = ${alias}.section_id and ks.path && ${sections}::uuid[]))`;

const firstPublishedAt = (now: string) => `(
  select ${instant('min(f.visible_from)')} from publication f
  where f.article_id = v.article_id and f.visible_from <= ${now}::timestamptz)`;

const plainPairs = Object.entries(plainColumns).map(([field, column]): Pair => [field, `v.${column}`]);

const contentPairs = (names: Names, related: string): Pair[] => [
  ['id', 'v.article_id'],
  ...plainPairs,
  ['url', `${names.publicUrl}::text || '/v1/articles/' || v.slug`],
  ['wordCount', 'v.word_count'],
  ['section', section],
  ['source', source],
  ['credits', credits],
  ['tags', tags],
  ['cover', 'v.cover'],
  ['related', related],
  ['corrections', corrections],
  ['seo', 'v.seo'],
  ['metadata', 'v.metadata'],
  ['version', 'v.number'],
  ['firstPublishedAt', firstPublishedAt(names.now)],
];

export function publishedJson(names: Names): string {
  return object([
    ...contentPairs(names, relatedPublished(names.now)),
    ['publishedAt', instant('p.published_at')],
    ['updatedAt', instant('p.visible_from')],
  ]);
}

/** What was told has begun, even if it begins a millisecond from now (publications.ts). */
const scheduled = (now: string) => `(
  select ${object([
    ['version', 'n.version'],
    ['at', instant('n.visible_from')],
    ['until', instant('n.visible_until')],
  ])}
  from publication n where n.article_id = a.id and n.visible_from > ${now}::timestamptz and not n.start_announced)`;

const createdBy = object([
  ['type', "case when a.created_by_editor is null then 'service' else 'editor' end"],
  ['id', 'coalesce(a.created_by_editor::text, a.created_by_service)'],
  ['name', 'coalesce((select e.name from editor e where e.id = a.created_by_editor), a.created_by_service)'],
]);

export function draftJson(names: Names, sections: string): string {
  const { now } = names;
  const open = `o.article_id = a.id and (o.visible_until is null or o.visible_until > ${now}::timestamptz)`;
  return object([
    ...contentPairs(names, relatedDrafts(now, sections)),
    ['publishedAt', instant('coalesce(a.published_at, p.published_at)')],
    ['updatedAt', instant('a.updated_at')],
    ['externalId', 'a.external_id'],
    ['state', 'a.state'],
    ['revision', 'a.revision'],
    ['createdAt', instant('a.created_at')],
    ['createdBy', createdBy],
    ['isPublic', 'p.id is not null'],
    ['scheduled', scheduled(now)],
    ['hasUnpublishedChanges', `not exists (select from publication o where ${open} and o.version = a.version)`],
  ]);
}

/** Every entity that shaped a published article, for Surrogate-Key. */
export const shapedBy = `(
  select array_agg(k) from (
    select 'article:' || v.article_id as k
    union all select 'section:' || x from section s, unnest(s.path) as x where s.id = v.section_id
    union all select 'source:' || v.source_id where v.source_id is not null
    union select 'editor:' || c.editor_id from article_version_credit c
      where c.article_id = v.article_id and c.version = v.number and c.editor_id is not null
    union select 'tag:' || t.tag_id from article_version_tag t where t.article_id = v.article_id and t.version = v.number
    union select 'article:' || r.related_id from article_version_related r
      where r.article_id = v.article_id and r.version = v.number) as shaped)`;

/** The last change of anything that shaped a published article: its own start, and the things it names. */
export const changedAt = (now: string) => `greatest(p.visible_from,
  (select max(b.updated_at) from section s join section b on b.id = any(s.path) where s.id = v.section_id),
  (select s.updated_at from source s where s.id = v.source_id),
  (select max(e.updated_at) from article_version_credit c join editor e on e.id = c.editor_id
    where c.article_id = v.article_id and c.version = v.number),
  (select max(t.updated_at) from article_version_tag vt join tag t on t.id = vt.tag_id
    where vt.article_id = v.article_id and vt.version = v.number),
  (select max(greatest(rp.visible_from, case when rp.visible_until <= ${now}::timestamptz then rp.visible_until end))
    from article_version_related r join publication rp on rp.article_id = r.related_id
    where r.article_id = v.article_id and r.version = v.number and rp.visible_from <= ${now}::timestamptz))`;

/** When a published article stops being what it is, as far as that is known: its own end, or a related article's. */
export const endsAt = (now: string) => `least(p.visible_until,
  (select min(rp.visible_until) from article_version_related r
    join publication rp on rp.article_id = r.related_id and ${isVisible('rp', now)}
    where r.article_id = v.article_id and r.version = v.number))`;
