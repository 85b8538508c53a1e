// The names of records, as search finds them. Those in the trash have none.
import type { Tx } from '../../../platform/db/db.ts';
import type { SegmenterSource } from '../../../platform/words/segmenter.ts';
import { analyseName } from '../analysis/document.ts';
import type { Noun } from './lexemes.ts';
import { requestReindexing } from './requests.ts';

// By primary keys; null: all of them. Shared, so that whoever renames one meanwhile waits, and comes after.
const selectNames = ['section', 'editor', 'source', 'tag']
  .map(
    (noun) => `
  select * from (
    select id::text, '${noun}' as noun, name, ${noun === 'tag' ? 'is_listed or published_from is not null' : 'true'} as is_public
    from ${noun} where trashed_at is null and ($1::uuid[] is null or id = any($1::uuid[])) for share) ${noun}`,
  )
  .join(' union all ');

const removeNames = 'delete from search_name where id = any($1::uuid[]) and id <> all($2::uuid[])';

const storeNames = `
  insert into search_name (id, noun, folded, words)
  select id, noun, folded, words
  from json_to_recordset($1::json) as n(id uuid, noun text, folded text, words tsvector)
  on conflict (id) do update set folded = excluded.folded, words = excluded.words
  where search_name.folded <> excluded.folded or search_name.words <> excluded.words
  returning folded`;

type NameRow = { readonly id: string; readonly noun: Noun; readonly name: string; readonly is_public: boolean };

/** Null: of all records, whose documents are made anew by the caller. */
export async function projectNames(
  tx: Tx,
  segmenter: SegmenterSource,
  ids: readonly string[] | null,
  now: Date,
): Promise<void> {
  const rows = await tx.rows<NameRow>(selectNames, [ids], 'search_names');
  if (ids !== null) await tx.rows(removeNames, [ids, rows.map(({ id }) => id)], 'search_remove_names');
  if (rows.length === 0) return;
  const words = await segmenter.get();
  const names = rows.map(({ id, noun, name, is_public }) => ({ id, noun, is_public, ...analyseName(words, name) }));
  const changed = await tx.rows<{ folded: string }>(storeNames, [JSON.stringify(names)], 'search_store_names');
  // A name that is a word of the dictionary is one in the documents already; one that only drafts have is none of ours.
  const isNew = new Set(names.filter(({ isKnown, is_public }) => !isKnown && is_public).map(({ folded }) => folded));
  const added = changed.filter(({ folded }) => isNew.has(folded));
  if (ids !== null) for (const { folded } of added) await requestReindexing(tx, folded, now);
}
