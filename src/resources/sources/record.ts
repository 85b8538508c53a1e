// Sources: the outlets that stories are attributed to (来源).
import { defineRecord, type RecordRow } from '../../platform/records/record.ts';
import { sharedRecord } from '../../platform/records/shared.ts';
import { selectArticleUses } from '../../platform/records/uses.ts';
import { makeDraft } from '../../platform/records/view.ts';
import { publishedSource } from './published.ts';
import { type SourceInput, sourceSchemas } from './schemas.ts';

type SourceRow = RecordRow & { url: string | null };

const view = { id: '0195f2a0-0000-7000-8000-000000000003', slug: 'wen-hua-shi-jie', name: '文化视界', url: null };

// By article_source_id_idx and publication_source_published_at_idx.
const selectUses = selectArticleUses(`
  select w.id from article w where w.source_id = $1::uuid
  union select p.article_id from publication p
  where p.source_id = $1::uuid and (p.visible_until is null or p.visible_until > $2::timestamptz)`);

export const sourceRecord = defineRecord<SourceRow, SourceInput>({
  ...sharedRecord,
  noun: 'source',
  plural: 'sources',
  tag: 'Sources',
  schemas: sourceSchemas,
  examples: {
    input: { name: '文化视界' },
    patch: { url: 'https://www.example.com/' },
    view,
  },
  turn: { lock: 'source_slug', ofEveryWrite: false },
  model: (prisma) => prisma.source,
  toColumns: async (_prisma, { name, externalId, url }) => ({ name, externalId: externalId ?? null, url: url ?? null }),
  toInput: ({ name, slug, externalId, url }) => ({ name, slug, externalId, url }),
  toDrafts: async (_prisma, rows) => rows.map((row) => makeDraft(row, { url: row.url })),
  published: publishedSource,
  selectUses,
});
