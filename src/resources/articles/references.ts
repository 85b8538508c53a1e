// Turns what a client names (slugs, ids, tag names) into rows that exist, in one statement, before a write. Rows are
// locked against being trashed until the write commits. What does not exist is a 422 that points at each name.
import { isUuid } from '../../core/ids.ts';
import { type Fault, problem } from '../../core/problems.ts';
import type { Principal } from '../../platform/auth/principal.ts';
import { mayReadDraft, readerOf } from '../../platform/auth/reader.ts';
import type { Tx } from '../../platform/db/db.ts';
import type { ArticlePatch } from './schemas.ts';

type Named = { id: string; slug: string };
export type SectionReference = Named & { path: string[] };
export type TagReference = Named & { name: string };

export type References = {
  readonly sections: ReadonlyMap<string, SectionReference>;
  readonly sources: ReadonlyMap<string, Named>;
  readonly editors: ReadonlyMap<string, Named>;
  readonly tags: ReadonlyMap<string, TagReference>;
  readonly related: ReadonlyMap<string, Named>;
};

type ReferenceRow = {
  sections: SectionReference[];
  sources: Named[];
  editors: Named[];
  tags?: TagReference[];
  related?: Named[];
};

const locked = (columns: string, table: string, slugs: string, ids: string) => `
  coalesce((select jsonb_agg(x) from (
    select ${columns} from ${table} where trashed_at is null and (slug = any(${slugs}::text[]) or id = any(${ids}::uuid[]))
    for key share) x), '[]')`;

// What reads of tags ask (tags/record.ts). By publication_tag_published_at_idx and article_version_tag_tag_id_idx.
const isKnownTag = `(is_listed
  or exists (select from publication_tag pt where pt.tag_id = tag.id and pt.visible_from <= $9::timestamptz)
  or exists (select from article_version_tag vt join article ta on ta.id = vt.article_id
             where vt.tag_id = tag.id and ${mayReadDraft('ta', { now: '$9', sections: '$8', embargoedOf: '$11' })}))`;

// By the unique keys of each table.
const placesAndEditors = `
  ${locked('id, slug, path', 'section', '$1', '$2')} as sections,
  ${locked('id, slug', 'source', '$1', '$2')} as sources,
  ${locked('id, slug', 'editor', '$3', '$4')} as editors`;

// For a write that names no tag and no article: what the other statement is made of costs even where it finds nothing.
const selectPlaces = `select ${placesAndEditors}`;

// By the unique keys of each table, and article_slug_article_id_idx: a union, since no index serves an "or" over two
// tables, and every write would read all articles. A related article counts only if the writer may read it: the public
// can now ($9), under a slug that it has seen, or the draft is there for the writer. A tag that drafts made on the way is
// found by its whole name; its slug or id would give that name away, and so counts only where the writer reads the tag.
const selectReferences = `
  select ${placesAndEditors},
         coalesce((select jsonb_agg(x) from (
           select id, slug, name from tag
           where trashed_at is null and (name = any($5::text[])
             or (slug = any($5::text[]) or id = any($6::uuid[])) and ${isKnownTag})
           for key share) x), '[]') as tags,
         coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'slug', n.slug)) from (
             select * from article_slug where slug = any($7::text[])
             union select * from article_slug where article_id = any($10::uuid[])) n
           join article a on a.id = n.article_id
           where a.trashed_at is null
             and (${mayReadDraft('a', { now: '$9', sections: '$8', embargoedOf: '$11' })}
               or n.published_from <= $9::timestamptz
                 and exists (select from publication p where p.article_id = a.id and p.visible_from <= $9::timestamptz
                             and (p.visible_until is null or p.visible_until > $9::timestamptz)))), '[]') as related`;

const slugsOf = (names: readonly string[]) => names.filter((name) => !isUuid(name));
const idsOf = (names: readonly string[]) => names.filter(isUuid);

export async function resolveReferences(
  tx: Tx,
  principal: Principal,
  input: ArticlePatch,
  now: Date,
): Promise<References> {
  const places = [input.section, input.source].filter((name) => typeof name === 'string');
  const editors = (input.credits ?? []).flatMap(({ editor }) => editor ?? []);
  const tags = input.tags ?? [];
  const related = input.related ?? [];
  const nothing: ReferenceRow = { sections: [], sources: [], editors: [] };
  const values = [slugsOf(places), idsOf(places), slugsOf(editors), idsOf(editors)];
  const select = () => {
    if (tags.length + related.length === 0) return tx.rows<ReferenceRow>(selectPlaces, values, 'article_places');
    const { sectionIds, embargoedOf } = readerOf(principal);
    const others = [tags, idsOf(tags), slugsOf(related), sectionIds, now.toISOString(), idsOf(related), embargoedOf];
    return tx.rows<ReferenceRow>(selectReferences, [...values, ...others], 'article_references');
  };
  const isAsked = places.length + editors.length + tags.length + related.length > 0;
  const [row = nothing] = isAsked ? await select() : [];
  return {
    sections: byKey(row.sections),
    sources: byKey(row.sources),
    editors: byKey(row.editors),
    tags: new Map(
      (row.tags ?? []).flatMap((tag) => [
        [tag.id, tag],
        [tag.slug, tag],
        [tag.name, tag],
      ]),
    ),
    related: byKey(row.related ?? []),
  };
}

function byKey<T extends Named>(rows: readonly T[]): Map<string, T> {
  return new Map(
    rows.flatMap((row) => [
      [row.id, row],
      [row.slug, row],
    ]),
  );
}

/** Collects what was named but does not exist, and refuses once with all of it. */
export function createLookup() {
  const faults: Fault[] = [];
  return {
    pick<T>(known: ReadonlyMap<string, T>, name: string, pointer: string, noun: string): T | null {
      const found = known.get(isUuid(name) ? name.toLowerCase() : name);
      if (found === undefined)
        faults.push({ pointer, code: 'not_found', message: `There is no ${noun} "${name.slice(0, 100)}".` });
      return found ?? null;
    },
    settle(): void {
      if (faults.length === 0) return;
      throw problem('reference.not_found', { detail: faults.map((fault) => fault.message).join(' '), errors: faults });
    },
  };
}
