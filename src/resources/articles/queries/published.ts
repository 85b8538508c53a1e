// Reads of one article as the public sees it, under an id or a slug, at an instant: one named statement each.
import { isUuid } from '../../../core/ids.ts';
import type { Sql } from '../../../platform/db/db.ts';
import { type Instant, isPublic } from './json.ts';
import type { ArticleRow, ReadContext } from './one.ts';
import { idOfView, readLookups, selectNamed } from './published-view.ts';
import { selectRelated } from './related.ts';

export type PublishedArticle = ArticleRow & {
  readonly slug: string;
  readonly surrogateKeys: readonly string[];
  /** The last change of anything that shaped it. The past has none that the public may know: a purge leaves none. */
  readonly changedAt: Date | null;
  /** When it stops being what it is, as far as that is known. */
  readonly endsAt: Date | null;
  /** When the clock alone may change it. Not to be told. */
  readonly nextChangeAt: Date | null;
};

type PublishedRow = {
  readonly view: string;
  readonly blocks: string | null;
  readonly slug: string;
  readonly named: string | null;
  readonly related: string | null;
  readonly changed_at: Date | null;
  readonly ends_at: Date | null;
  readonly next_change_at: Date | null;
};

const presentColumns = `
  greatest(p.visible_from, n.changed_at, r.changed_at) as changed_at,
  least(p.visible_until, r.ends_at) as ends_at,
  least(p.visible_until, r.ends_at, r.starts_at) as next_change_at`;
const pastColumns =
  'null::timestamptz as changed_at, null::timestamptz as ends_at, null::timestamptz as next_change_at';

// By publication_article_id_idx: the newest start, since publications of an article never overlap; so the rest of a long
// past costs nothing.
const newest = (article: string) => `(
  select x.* from publication x where x.article_id = ${article} and x.visible_from <= $2::timestamptz
  order by x.article_id desc, x.visible_from desc limit 1) p`;

const select = (from: string, where: string, of: Instant, columns: string) => `
  select p.view, case when $3::boolean then v.body::text end as blocks, v.slug, n.named, r.related, ${columns}
  from ${from}
  join article_version v on v.article_id = p.article_id and v.number = p.version
  cross join lateral (${selectNamed('p.record_ids')}) n
  cross join lateral (${selectRelated('select unnest(p.related_ids)', of)}) r
  where ${isPublic('p', of)} ${where}`;

const ways = (of: Instant, columns: string, name: string) => ({
  id: { text: select(newest('$1::uuid'), '', of, columns), name: `${name}_by_id` },
  // By article_slug_pkey. A slug that only drafts have used must not tell that it exists.
  slug: {
    text: select(
      `article_slug s cross join lateral ${newest('s.article_id')}`,
      'and s.slug = $1 and (v.slug = s.slug or s.published_from <= $2::timestamptz)',
      of,
      columns,
    ),
    name: `${name}_by_slug`,
  },
});

const present = ways({ now: '$2' }, presentColumns, 'article_published');
const past = ways({ now: '$2', retractedWithin: '$4' }, pastColumns, 'article_past');

export async function findPublished(
  sql: Sql,
  idOrSlug: string,
  { now, publicUrl, retractedWithin }: ReadContext,
  withBody: boolean,
): Promise<PublishedArticle | null> {
  const isPast = retractedWithin !== undefined;
  const { text, name } = (isPast ? past : present)[isUuid(idOrSlug) ? 'id' : 'slug'];
  const values = [idOrSlug, now.toISOString(), withBody, ...(isPast ? [retractedWithin] : [])];
  const [row] = await sql.rows<PublishedRow>(text, values, name);
  return row === undefined ? null : toArticle(row, publicUrl);
}

function toArticle(row: PublishedRow, publicUrl: string): PublishedArticle {
  const { fill, surrogateKeys } = readLookups(row, publicUrl);
  return {
    json: fill(row.view),
    blocks: row.blocks,
    slug: row.slug,
    surrogateKeys: [...new Set([`article:${idOfView(row.view)}`, ...surrogateKeys])],
    changedAt: row.changed_at,
    endsAt: row.ends_at,
    nextChangeAt: row.next_change_at,
  };
}
