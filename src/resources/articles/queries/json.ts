// The SQL expressions that build an article's JSON out of a version, so that the database sends what the client gets.
// Aliases: `v` the version, `a` the article, `p` the publication that covers the instant (null for a draft that has
// none). Each subselect is an index lookup on a primary key.
import { isWithin, mayReadDraft, type ReaderNames } from '../../../platform/auth/reader.ts';
import { instant, object, type Pair } from '../../../platform/db/json.ts';
import { plainColumns } from '../content.ts';

export type Names = {
  /** Placeholder of the instant that visibility is judged by. */
  readonly now: string;
  /** Placeholder of the base address. */
  readonly publicUrl: string;
  /** Of the past: placeholder of the sections within which what was retracted since is shown all the same. */
  readonly retractedWithin?: string;
};

export type DraftNames = Names & ReaderNames;

/** Placeholders of the instant that visibility is judged by; and, of the past, of who sees what was retracted since. */
export type Instant = Omit<Names, 'publicUrl'>;

export const isVisible = (alias: string, now: string) =>
  `${alias}.visible_from <= ${now}::timestamptz and (${alias}.visible_until is null or ${alias}.visible_until > ${now}::timestamptz)`;

/**
 * What the public sees at the instant; of the past without what was retracted since, save within those sections (null:
 * all). By retraction_open_key. The offset keeps the planner from joining, which would cost a list the order of its index.
 */
export const isPublic = (alias: string, { now, retractedWithin }: Instant) =>
  retractedWithin === undefined
    ? isVisible(alias, now)
    : `${isVisible(alias, now)} and (
    not exists (select from retraction x where x.article_id = ${alias}.article_id and x.reinstated_at is null offset 0)
    or exists (select from article xa where xa.id = ${alias}.article_id and ${isWithin('xa', retractedWithin)} offset 0))`;

/** A list of objects, in the order of the rows; an empty one where there are none. */
export function list(pairs: readonly Pair[], rows: string): string {
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

const relatedPublished = (names: Names) =>
  list(
    [
      ['id', 'r.related_id'],
      ['slug', 'rv.slug'],
      ['title', 'rv.title'],
      ['publishedAt', instant('rp.published_at')],
    ],
    `from article_version_related r
    join publication rp on rp.article_id = r.related_id and ${isPublic('rp', names)}
    join article_version rv on rv.article_id = rp.article_id and rv.number = rp.version
    where r.article_id = v.article_id and r.version = v.number order by r.position`,
  );

/** Working copies of related articles as far as the reader may read them; of others what the public sees. */
const relatedDrafts = (names: DraftNames) =>
  list(
    [
      ['id', 'r.related_id'],
      ['slug', 'case when d.readable then ra.slug else rv.slug end'],
      ['title', 'case when d.readable then ra.title else rv.title end'],
      ['publishedAt', instant('case when d.readable then ra.published_at else rp.published_at end')],
    ],
    `from article_version_related r
    join article ra on ra.id = r.related_id and ra.trashed_at is null
    cross join lateral (select ${mayReadDraft('ra', names)} as readable offset 0) d
    left join publication rp on rp.article_id = ra.id and ${isVisible('rp', names.now)}
    left join article_version rv on rv.article_id = rp.article_id and rv.number = rp.version
    where r.article_id = v.article_id and r.version = v.number and (d.readable or rp.id is not null)
    order by r.position`,
  );

const plainPairs = Object.entries(plainColumns).map(([field, column]): Pair => [field, `v.${column}`]);

/** What an article names, and what depends on more than its version. */
export type Parts = Readonly<
  Record<'url' | 'section' | 'source' | 'credits' | 'tags' | 'related' | 'firstPublishedAt', string>
>;

/** Every member of an article but its body, in the order of the answer: the one definition of what an article shows. */
export const contentPairs = (parts: Parts): Pair[] => [
  ['id', 'v.article_id'],
  ...plainPairs,
  ['url', parts.url],
  ['wordCount', 'v.word_count'],
  ['section', parts.section],
  ['source', parts.source],
  ['credits', parts.credits],
  ['tags', parts.tags],
  ['cover', 'v.cover'],
  ['related', parts.related],
  ['corrections', corrections],
  ['seo', 'v.seo'],
  ['metadata', 'v.metadata'],
  ['version', 'v.number'],
  ['firstPublishedAt', parts.firstPublishedAt],
];

const firstPublishedAt = (now: string) => `(
  select ${instant('min(f.visible_from)')} from publication f
  where f.article_id = v.article_id and f.visible_from <= ${now}::timestamptz)`;

/** Looked up row by row. What the public reads has marks instead (published-view.ts). */
const lookUp = ({ now, publicUrl }: Names, related: string): Parts => ({
  url: `${publicUrl}::text || '/v1/articles/' || v.slug`,
  section,
  source,
  credits,
  tags,
  related,
  firstPublishedAt: firstPublishedAt(now),
});

// What a live article has beside its content.
const livePairs: readonly string[] = ['url', 'corrections', 'version', 'firstPublishedAt'];

/** A version's own content, with what it refers to as the reader may see it today. */
export const versionPairs = (names: DraftNames): Pair[] =>
  contentPairs(lookUp(names, relatedDrafts(names))).filter(([name]) => !livePairs.includes(name));

/** A version as the public would read it, whether or not it does; `p` is null where the public sees nothing. */
export function previewJson(names: Names): string {
  return object([
    ...contentPairs(lookUp(names, relatedPublished(names))),
    ['publishedAt', instant('coalesce(a.published_at, p.published_at)')],
    ['updatedAt', instant('v.created_at')],
  ]);
}

/** What is to come. What was told has begun, even if it begins a millisecond from now (publications.ts). */
export const isPending = (alias: string, now: string) =>
  `${alias}.visible_from > ${now}::timestamptz and not ${alias}.start_announced`;

/**
 * Whether the newest version of the article `a` is neither public nor scheduled. By publication_article_id_idx; the offset
 * keeps the planner from joining all articles with all publications for a page of a list.
 */
export const hasUnpublishedChanges = (now: string) => `not exists (select from publication o where o.article_id = a.id
  and o.version = a.version and (o.visible_until is null or o.visible_until > ${now}::timestamptz) offset 0)`;

const scheduled = (now: string) => `(
  select ${object([
    ['version', 'n.version'],
    ['at', instant('n.visible_from')],
    ['until', instant('n.visible_until')],
  ])}
  from publication n where n.article_id = a.id and ${isPending('n', now)})`;

const assignee = `(
  select ${object([
    ['id', 'e.id'],
    ['slug', 'e.slug'],
    ['name', 'e.name'],
  ])}
  from editor e where e.id = a.assignee_id)`;

/** Its planned end. Where a scheduled version takes over, nothing ends but the version. */
const expiresAt = `case when not exists (
  select from publication n where n.article_id = p.article_id and n.visible_from = p.visible_until)
  then ${instant('p.visible_until')} end`;

const retraction = `(
  select ${object([
    ['at', instant('x.at')],
    ['notice', 'x.notice'],
    ['reason', 'x.reason'],
  ])}
  from retraction x where x.article_id = a.id and x.reinstated_at is null)`;

/** Who made the row under an alias. */
export const createdBy = (alias: string) =>
  object([
    ['type', `case when ${alias}.created_by_editor is null then 'service' else 'editor' end`],
    ['id', `coalesce(${alias}.created_by_editor::text, ${alias}.created_by_service)`],
    [
      'name',
      `coalesce((select e.name from editor e where e.id = ${alias}.created_by_editor), ${alias}.created_by_service)`,
    ],
  ]);

export function draftJson(names: DraftNames): string {
  const { now } = names;
  return object([
    ...contentPairs(lookUp(names, relatedDrafts(names))),
    ['publishedAt', instant('coalesce(a.published_at, p.published_at)')],
    ['updatedAt', instant('a.updated_at')],
    ['externalId', 'a.external_id'],
    ['state', 'a.state'],
    ['revision', 'a.revision'],
    ['createdAt', instant('a.created_at')],
    ['createdBy', createdBy('a')],
    ['assignee', assignee],
    ['embargoUntil', instant('a.embargo_until')],
    ['trashedAt', instant('a.trashed_at')],
    ['isPublic', 'p.id is not null'],
    ['expiresAt', expiresAt],
    ['scheduled', scheduled(now)],
    ['retraction', retraction],
    ['hasUnpublishedChanges', hasUnpublishedChanges(now)],
  ]);
}
