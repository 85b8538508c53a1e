// Editors: the people of the newsroom (编辑/记者), who appear in credits and own API keys.
import { defineRecord, type RecordRow } from '../../platform/records/record.ts';
import { sharedRecord } from '../../platform/records/shared.ts';
import { selectArticleUses } from '../../platform/records/uses.ts';
import { makeDraft } from '../../platform/records/view.ts';
import { publishedEditor } from './published.ts';
import { type EditorInput, editorSchemas } from './schemas.ts';

type EditorRow = RecordRow & { jobTitle: string | null; bio: string | null };

const view = {
  id: '0195f2a0-0000-7000-8000-000000000002',
  slug: 'liu-ying-ying',
  name: '刘莹莹',
  jobTitle: '责任编辑',
  bio: null,
};

// By article_version_credit_editor_id_idx, publication_editor_published_at_idx, article_assignee_id_idx and
// api_key_editor_id_idx. Work that was given to somebody waits for nobody who is gone.
const selectUses = `
  ${selectArticleUses(`
    select w.id from article_version_credit c join article w on w.id = c.article_id
    where c.editor_id = $1::uuid and (c.version = w.version
      or exists (select from publication p where p.article_id = w.id and p.version = c.version and (p.visible_until is null or p.visible_until > $2::timestamptz)))
    union select w.id from article w where w.assignee_id = $1::uuid`)}
  union all
  (select 'api key', id::text, name from api_key where editor_id = $1::uuid and revoked_at is null limit 20)`;

export const editorRecord = defineRecord<EditorRow, EditorInput>({
  ...sharedRecord,
  noun: 'editor',
  plural: 'editors',
  tag: 'Editors',
  schemas: editorSchemas,
  examples: {
    input: { name: '刘莹莹', jobTitle: '责任编辑' },
    patch: { bio: '跑产经新闻二十年。' },
    view,
  },
  turn: { lock: 'editor_slug', ofEveryWrite: false },
  model: (prisma) => prisma.editor,
  toColumns: async (_prisma, { name, externalId, jobTitle, bio }) => ({
    name,
    externalId: externalId ?? null,
    jobTitle: jobTitle ?? null,
    bio: bio ?? null,
  }),
  toInput: ({ name, slug, externalId, jobTitle, bio }) => ({ name, slug, externalId, jobTitle, bio }),
  toDrafts: async (_prisma, rows) => rows.map((row) => makeDraft(row, { jobTitle: row.jobTitle, bio: row.bio })),
  published: publishedEditor,
  selectUses,
});
