// Tags: what a story is about. Names are unique, since articles may name a tag instead of its slug.
import { defineRecord, type RecordRow, type Use } from '../../platform/records/record.ts';
import { sharedRecord } from '../../platform/records/shared.ts';
import { makeRecordView } from '../../platform/records/view.ts';
import { type TagInput, tagSchemas } from './schemas.ts';

const view = { id: '0195f2a0-0000-7000-8000-000000000004', slug: 'liang-hui', name: '两会' };

// By article_version_tag_tag_id_idx. Old versions do not hold a tag back; working copies and what is or will be public do.
const selectUses = `
  select distinct on (a.id) 'article' as type, a.id::text as id, a.title as name
  from article_version_tag t
  join article a on a.id = t.article_id and a.trashed_at is null
  where t.tag_id = $1::uuid and (t.version = a.version
    or exists (select from publication p where p.article_id = a.id and p.version = t.version and (p.visible_until is null or p.visible_until > $2::timestamptz)))
  order by a.id limit 20`;

export const tagRecord = defineRecord<RecordRow, TagInput>({
  ...sharedRecord,
  noun: 'tag',
  plural: 'tags',
  tag: 'Tags',
  schemas: tagSchemas,
  examples: {
    input: { name: '两会' },
    patch: { name: '全国两会' },
    view,
  },
  turn: { lock: 'tag_slug', ofEveryWrite: false },
  model: (prisma) => prisma.tag,
  toColumns: async (_prisma, { name, externalId }) => ({ name, externalId: externalId ?? null }),
  toInput: ({ name, slug, externalId }) => ({ name, slug, externalId }),
  toViews: async (_prisma, rows, perspective) => rows.map((row) => makeRecordView('tag', row, perspective, {})),
  toPublicCondition: (now) => ({ OR: [{ isListed: true }, { publications: { some: { visibleFrom: { lte: now } } } }] }),
  findUses: (tx, id, now) => tx.rows<Use>(selectUses, [id, now.toISOString()]),
});
