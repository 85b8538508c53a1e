// Marks what was found in the articles of a page: the versions that the page shows, whoever sees them.
import { setImmediate } from 'node:timers/promises';
import { listTexts } from '../../core/body/render-text.ts';
import type { Block } from '../../core/body/schema.ts';
import type { Sql } from '../../platform/db/db.ts';
import type { ListedRow } from '../../resources/articles/queries/list-statement.ts';
import { highlightText, highlightWhole } from './highlight/highlight.ts';
import { wantedOf } from './highlight/wanted.ts';
import type { AnalysedQuery } from './query/analyse.ts';

export type Marks = {
  readonly title: string | null;
  readonly summary: string | null;
  readonly body: readonly string[];
};

// By article_version_pkey.
const selectTexts = `
  select v.article_id::text as id, v.title, v.summary, v.body
  from unnest($1::uuid[], $2::int[]) as shown(id, version)
  join article_version v on v.article_id = shown.id and v.number = shown.version`;

type Texts = { readonly id: string; readonly title: string; readonly summary: string | null; readonly body: Block[] };

export async function markResults(
  sql: Sql,
  query: AnalysedQuery,
  rows: readonly ListedRow[],
): Promise<Map<string, Marks>> {
  const wanted = wantedOf(query);
  const versions = rows.map(({ json }) => (JSON.parse(json) as { version: number }).version);
  const texts = await sql.rows<Texts>(selectTexts, [rows.map(({ id }) => id), versions], 'search_texts');
  const marks = new Map<string, Marks>();
  for (const { id, title, summary, body } of texts) {
    // A long text takes tens of milliseconds; each has its turn.
    if (marks.size > 0) await setImmediate();
    marks.set(id, {
      title: highlightWhole(title, wanted),
      summary: summary === null ? null : highlightWhole(summary, wanted),
      body: highlightText(body.flatMap(listTexts).filter(Boolean).join('\n'), wanted),
    });
  }
  return marks;
}
