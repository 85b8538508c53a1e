// What the public reads of an article, the body aside: JSON text that is printed once, when it is published, with marks
// for what is of today (names and places, related articles) and of this server (its address). Reading fills the marks in.
import { instant, object } from '../../../platform/db/json.ts';
import { contentPairs, list, type Parts } from './json.ts';

// A mark is a JSON string that begins with `\/`. No value can pass for one: PostgreSQL never writes a slash so.
const mark = (expression: string, kind = '') => `('"\\/${kind}' || ${expression} || '"')::json`;

const parts: Parts = {
  url: `('"\\/url:' || substr(to_json(v.slug)::text, 2))::json`,
  section: mark('v.section_id'),
  source: mark('v.source_id'),
  credits: list(
    [
      ['role', 'c.role'],
      ['name', `coalesce(to_json(c.name), ${mark('c.editor_id', 'name:')})`],
      ['editor', mark('c.editor_id')],
    ],
    'from article_version_credit c where c.article_id = v.article_id and c.version = v.number order by c.position',
  ),
  tags: `array_to_json(array(select ${mark('t.tag_id')} from article_version_tag t
    where t.article_id = v.article_id and t.version = v.number order by t.position))`,
  related: `coalesce((select ${mark("string_agg(r.related_id::text, ',' order by r.position)", 'related:')}
    from article_version_related r where r.article_id = v.article_id and r.version = v.number), '[]')`,
  // No article starts before what it started with, so it holds for ever.
  firstPublishedAt: instant(`least(p.visible_from,
    (select min(f.visible_from) from publication f where f.article_id = p.article_id))`),
};

/**
 * The body of the SQL function `publication_view(p publication)`, by which a trigger prints every new row. A change here
 * goes into a migration that replaces the function and prints all rows again; a test holds the two together.
 */
export const publicationView = `
  select ${object([
    ...contentPairs(parts),
    ['publishedAt', instant('p.published_at')],
    ['updatedAt', instant('p.visible_from')],
  ])}::text
  from article_version v where v.article_id = p.article_id and v.number = p.version`;

/** The id of the article that a view is of: its first member. */
export const idOfView = (view: string) => view.slice('{"id":"'.length, '{"id":"'.length + idLength);

const idLength = 36;
// No JSON text holds them.
const recordSeparator = '\x1e';
const unitSeparator = '\x1f';

/** Values one after the other, in one column. */
export const joinTexts = (text: string) => `string_agg(${text}, chr(30))`;
export const splitTexts = (joined: string | null) => joined?.split(recordSeparator) ?? [];

/** Selects `named`, for the marks of records, and when one of them last changed. By reference_pkey. */
export const selectNamed = (ids: string) => `
  select ${joinTexts('n.surrogate_keys || chr(31) || n.json')} as named, max(n.changed_at) as changed_at
  from reference n where n.id = any(${ids})`;

export type Lookups = { readonly named: string | null; readonly related: string | null };

/** What stands behind the marks of one answer. */
export type Marked = {
  /** The text of a view with its marks filled in. */
  fill(view: string): string;
  /** Of all that is named, whether or not the public sees the article that is related. */
  readonly surrogateKeys: readonly string[];
};

export function readLookups({ named, related }: Lookups, publicUrl: string): Marked {
  const records = new Map<string, string>();
  const cards = new Map<string, string>();
  const surrogateKeys: string[] = [];
  for (const text of splitTexts(named)) {
    const end = text.indexOf(unitSeparator);
    const keys = text.slice(0, end);
    const start = keys.indexOf(':') + 1;
    records.set(keys.slice(start, start + idLength), text.slice(end + 1));
    surrogateKeys.push(...keys.split(' '));
  }
  for (const text of splitTexts(related)) {
    const id = text.slice(0, idLength);
    if (text.length > idLength) cards.set(id, text.slice(idLength));
    surrogateKeys.push(`article:${id}`);
  }
  return { fill: createFill({ records, cards, publicUrl }), surrogateKeys };
}

type Texts = {
  readonly records: ReadonlyMap<string, string>;
  readonly cards: ReadonlyMap<string, string>;
  readonly publicUrl: string;
};

function createFill({ records, cards, publicUrl }: Texts): Marked['fill'] {
  const base = JSON.stringify(`${publicUrl}/v1/articles/`).slice(0, -1);
  const names = new Map<string, string>();
  const nameOf = (id: string) => names.get(id) ?? readName(id);
  const readName = (id: string) => {
    const { name } = JSON.parse(records.get(id)!) as { name: string };
    names.set(id, JSON.stringify(name));
    return names.get(id)!;
  };
  const cardsOf = (ids: string) => `[${ids.split(',').flatMap((id) => cards.get(id) ?? [])}]`;
  const standsFor = (mark: string): string => {
    if (mark.length === idLength && records.has(mark)) return records.get(mark)!;
    if (mark.startsWith('url:')) return `${base}${mark.slice('url:'.length)}"`;
    if (mark.startsWith('name:')) return nameOf(mark.slice('name:'.length));
    return mark.startsWith('related:') ? cardsOf(mark.slice('related:'.length)) : 'null';
  };
  // Cut at the marks: about half of the time that a regular expression takes.
  return (view) => {
    const pieces = view.split('"\\/');
    let text = pieces[0]!;
    for (let n = 1; n < pieces.length; n += 1) {
      const piece = pieces[n]!;
      const end = piece.indexOf('"');
      text += standsFor(piece.slice(0, end)) + piece.slice(end + 1);
    }
    return text;
  };
}
