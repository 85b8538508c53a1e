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
} from '../../platform/records/schemas.ts';

export const tagInput = z
  .strictObject({ name: nameInput, slug: slugInput, externalId: externalIdInput })
  .meta({ id: 'TagWrite', description: 'A tag as a client writes it.' });
export type TagInput = z.output<typeof tagInput>;

export const tagPatch = z.strictObject(patchable).meta({ id: 'TagPatch', description: 'What to change of a tag.' });

export const tagView = sparse(identityView).meta({ id: 'Tag', description: 'A tag as the public reads it.' });
export const tagDraft = sparse({ ...identityView, ...draftView }).meta({
  id: 'TagDraft',
  description: 'A tag as editors read it.',
});
export const tagWritten = z
  .object({ ...identityView, ...draftView })
  .meta({ id: 'TagWritten', description: 'A tag after a write.' });

export const tagFields = ['id', 'slug', 'name', ...draftFields] as const;
