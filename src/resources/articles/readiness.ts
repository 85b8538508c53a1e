// Whether a version can be shown: everything it names must be there. What is missing is refused and listed as a whole; a
// related article that the public cannot see is a warning.
import { type Fault, problem } from '../../core/problems.ts';
import type { Tx } from '../../platform/db/db.ts';
import type { ArticleHead } from './lock.ts';
import type { Warning } from './view-schemas.ts';

type Lack = { kind: 'section' | 'source' | 'credit' | 'tag' | 'related'; position: number; name: string | null };

// By primary keys. Related articles by position only: what is hidden is not named.
const selectLacks = `
  select 'section' as kind, 0 as position, s.name from article_version v join section s on s.id = v.section_id
    where v.article_id = $1::uuid and v.number = $2::int and s.trashed_at is not null
  union all
  select 'source', 0, s.name from article_version v join source s on s.id = v.source_id
    where v.article_id = $1::uuid and v.number = $2::int and s.trashed_at is not null
  union all
  select 'credit', c.position - 1, e.name from article_version_credit c join editor e on e.id = c.editor_id
    where c.article_id = $1::uuid and c.version = $2::int and e.trashed_at is not null
  union all
  select 'tag', vt.position - 1, t.name from article_version_tag vt join tag t on t.id = vt.tag_id
    where vt.article_id = $1::uuid and vt.version = $2::int and t.trashed_at is not null
  union all
  select 'related', r.position - 1, null from article_version_related r
    where r.article_id = $1::uuid and r.version = $2::int and not exists (
      select from publication p where p.article_id = r.related_id and p.visible_from <= $3::timestamptz
        and (p.visible_until is null or p.visible_until > $3::timestamptz))
  order by 1, 2`;

const pointers: Record<Lack['kind'], (position: number) => string> = {
  section: () => '/section',
  source: () => '/source',
  credit: (position) => `/credits/${position}/editor`,
  tag: (position) => `/tags/${position}`,
  related: (position) => `/related/${position}`,
};
const nouns: Record<Lack['kind'], string> = {
  section: 'section',
  source: 'source',
  credit: 'editor',
  tag: 'tag',
  related: 'article',
};

/** Judges the newest version for an instant at which it is to be public; answers with what deserves a look. */
export async function requireReady(
  tx: Tx,
  { id, version }: Pick<ArticleHead, 'id' | 'version'>,
  at: Date,
): Promise<Warning[]> {
  const lacks = await listLacks(tx, id, version, at);
  const faults = lacks.filter(({ kind }) => kind !== 'related').map(describeLack);
  if (faults.length > 0) {
    const detail = `${faults.map(({ message }) => message).join(' ')} Replace it, or take it out of the trash.`;
    throw problem('article.not_ready', { detail, errors: faults });
  }
  return lacks.map(({ kind, position }) => ({
    code: 'related.not_public',
    pointer: pointers[kind](position),
    message: 'This related article is not public then, and is left out while it is not.',
  }));
}

/** What would keep a version from being published, for whoever is about to work on it. */
export async function warnOfTrashed(
  tx: Tx,
  { id, version }: Pick<ArticleHead, 'id' | 'version'>,
  at: Date,
): Promise<Warning[]> {
  const lacks = (await listLacks(tx, id, version, at)).filter(({ kind }) => kind !== 'related').map(describeLack);
  return lacks.map(({ pointer, message }) => ({ code: 'reference.trashed', pointer, message }));
}

function listLacks(tx: Tx, id: string, version: number, at: Date): Promise<Lack[]> {
  return tx.rows<Lack>(selectLacks, [id, version, at.toISOString()], 'article_lacks');
}

function describeLack({ kind, position, name }: Lack): Fault {
  return {
    pointer: pointers[kind](position),
    code: 'trashed',
    message: `The ${nouns[kind]} "${name ?? ''}" is in the trash.`,
  };
}
