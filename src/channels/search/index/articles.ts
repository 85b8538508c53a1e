// The documents of articles: one for each version that is the working copy, public, or going to be. A version never
// changes, so what it is found by is made once; publishing it only says when it is found.
import { setImmediate } from 'node:timers/promises';
import { listTexts } from '../../../core/body/render-text.ts';
import type { Block } from '../../../core/body/schema.ts';
import type { Tx } from '../../../platform/db/db.ts';
import type { Segmenter, SegmenterSource } from '../../../platform/words/segmenter.ts';
import { analyseDocument } from '../analysis/document.ts';
import { lexemeOf } from './lexemes.ts';

// Publications that are over are left out, so that a long past costs nothing. By primary keys and
// publication_article_id_idx.
const wanted = `
  wanted as materialized (
    select w.article_id, w.version, bool_or(w.is_working) as is_working, max(w.published_at) as published_at,
      coalesce(range_agg(w.visible) filter (where w.visible is not null), '{}') as visible
    from (
      select a.id as article_id, a.version, true as is_working, a.published_at, null::tstzrange as visible
      from article a where a.id = any($1::uuid[]) and a.trashed_at is null
      union all
      select p.article_id, p.version, false, p.published_at, tstzrange(p.visible_from, p.visible_until)
      from publication p
      where p.article_id = any($1::uuid[]) and (p.visible_until is null or p.visible_until > $2::timestamptz)) w
    group by w.article_id, w.version)`;

const content = `
  v.title, array_remove(array[v.kicker, v.subtitle, v.summary] || array(
    select c.name from article_version_credit c
    where c.article_id = v.article_id and c.version = v.number and c.name is not null order by c.position), null) as beside,
  v.body, v.section_id::text, v.source_id::text,
  array(select distinct c.editor_id::text from article_version_credit c
    where c.article_id = v.article_id and c.version = v.number and c.editor_id is not null) as editor_ids,
  array(select t.tag_id::text from article_version_tag t
    where t.article_id = v.article_id and t.version = v.number) as tag_ids`;

// Removes what is no longer found, dates what is, and selects the versions that have no document yet.
const dateDocuments = `
  with ${wanted},
  removed as (
    delete from search_document d where d.article_id = any($1::uuid[])
      and not exists (select from wanted w where w.article_id = d.article_id and w.version = d.version)),
  dated as (
    update search_document d set is_working = w.is_working, visible = w.visible, published_at = w.published_at
    from wanted w where w.article_id = d.article_id and w.version = d.version
      and (d.is_working, d.visible, d.published_at) is distinct from (w.is_working, w.visible, w.published_at))
  select w.article_id::text, w.version, w.is_working, w.visible::text, w.published_at, ${content}
  from wanted w join article_version v on v.article_id = w.article_id and v.number = w.version
  where $3::boolean or not exists (
    select from search_document d where d.article_id = w.article_id and d.version = w.version)`;

const storeDocuments = `
  insert into search_document (article_id, version, is_working, visible, published_at, section_id, source_id, words, text)
  select * from json_to_recordset($1::json) as d(article_id uuid, version int, is_working boolean, visible tstzmultirange,
    published_at timestamptz, section_id uuid, source_id uuid, words tsvector, text text)
  on conflict (article_id, version) do update set is_working = excluded.is_working, visible = excluded.visible,
    published_at = excluded.published_at, words = excluded.words, text = excluded.text`;

type Undocumented = {
  readonly article_id: string;
  readonly version: number;
  readonly is_working: boolean;
  readonly visible: string;
  readonly published_at: Date | null;
  readonly title: string;
  readonly beside: readonly string[];
  readonly body: readonly Block[];
  readonly section_id: string | null;
  readonly source_id: string | null;
  readonly editor_ids: readonly string[];
  readonly tag_ids: readonly string[];
};

/** `isAnew`: makes also those documents anew that are there. */
export async function projectArticles(
  tx: Tx,
  segmenter: SegmenterSource,
  articleIds: readonly string[],
  now: Date,
  isAnew = false,
): Promise<void> {
  const values = [articleIds, now.toISOString(), isAnew];
  const rows = await tx.rows<Undocumented>(dateDocuments, values, 'search_date_documents');
  if (rows.length === 0) return;
  const words = await segmenter.get();
  const documents = [];
  for (const row of rows) {
    // A long text takes milliseconds, in which the process does nothing else; of several each has its turn.
    if (documents.length > 0) await setImmediate();
    documents.push(toDocument(words, row));
  }
  await tx.rows(storeDocuments, [JSON.stringify(documents)], 'search_store_documents');
}

function toDocument(segmenter: Segmenter, row: Undocumented) {
  const { article_id, version, is_working, visible, published_at, section_id, source_id } = row;
  const made = analyseDocument(segmenter, {
    title: row.title,
    second: row.beside,
    body: row.body.flatMap(listTexts).join('\n'),
    ids: [
      ...(section_id === null ? [] : [lexemeOf('section', section_id)]),
      ...(source_id === null ? [] : [lexemeOf('source', source_id)]),
      ...row.editor_ids.map((id) => lexemeOf('editor', id)),
      ...row.tag_ids.map((id) => lexemeOf('tag', id)),
    ],
  });
  return { article_id, version, is_working, visible, published_at, section_id, source_id, ...made };
}

// In the order of their ids: whoever else takes several waits, or is undone and tries again.
export async function lockArticles(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.rows('select 1 from article where id = any($1::uuid[]) order by id for no key update', [ids], 'search_lock');
}
