// Tags: what a story is about. Names are unique, since articles may name a tag instead of its slug.
import { readsAllDrafts, toArticleCondition } from '../../platform/auth/reader.ts';
import { defineRecord, type RecordRow } from '../../platform/records/record.ts';
import { sharedRecord } from '../../platform/records/shared.ts';
import { selectArticleUses } from '../../platform/records/uses.ts';
import { makeDraft } from '../../platform/records/view.ts';
import { publishedTag } from './published.ts';
import { type TagInput, tagSchemas } from './schemas.ts';

const view = { id: '0195f2a0-0000-7000-8000-000000000004', slug: 'liang-hui', name: '两会' };

// By article_version_tag_tag_id_idx. Old versions do not hold a tag back; working copies and what is or will be public do.
const selectUses = selectArticleUses(`
  select w.id from article_version_tag t join article w on w.id = t.article_id
  where t.tag_id = $1::uuid and (t.version = w.version
    or exists (select from publication p where p.article_id = w.id and p.version = t.version and (p.visible_until is null or p.visible_until > $2::timestamptz)))`);

const listedOrPublic = (now: Date) => [{ isListed: true }, { publishedFrom: { lte: now } }];

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
  toDrafts: async (_prisma, rows) => rows.map((row) => makeDraft(row)),
  published: publishedTag,
  // What an article made on the way tells what the article is about.
  toDraftCondition: (reader, now) =>
    readsAllDrafts(reader)
      ? {}
      : {
          OR: [...listedOrPublic(now), { versions: { some: { owner: { article: toArticleCondition(reader, now) } } } }],
        },
  selectUses,
});
