import { z } from 'zod';
import {
  draftFields,
  draftView,
  externalIdInput,
  identityView,
  nameInput,
  patchable,
  slugInput,
  sparse,
  textInput,
} from '../../platform/records/schemas.ts';

const ownInput = {
  jobTitle: textInput(200).describe('Such as 首席记者.'),
  bio: textInput(5000).describe('A few lines for the byline page, plain text.'),
};

export const editorInput = z
  .strictObject({ name: nameInput, slug: slugInput, externalId: externalIdInput, ...ownInput })
  .meta({ id: 'EditorWrite', description: 'A person of the newsroom as a client writes it.' });
export type EditorInput = z.output<typeof editorInput>;

export const editorPatch = z
  .strictObject({ ...patchable, ...ownInput })
  .meta({ id: 'EditorPatch', description: 'What to change of an editor.' });

const own = { jobTitle: z.string().nullable(), bio: z.string().nullable() };
export const editorView = sparse({ ...identityView, ...own }).meta({
  id: 'Editor',
  description: 'A person of the newsroom as the public reads it.',
});
export const editorDraft = sparse({ ...identityView, ...own, ...draftView }).meta({
  id: 'EditorDraft',
  description: 'An editor as editors read it.',
});
export const editorWritten = z
  .object({ ...identityView, ...own, ...draftView })
  .meta({ id: 'EditorWritten', description: 'An editor after a write.' });

export const editorFields = ['id', 'slug', 'name', 'jobTitle', 'bio', ...draftFields] as const;
