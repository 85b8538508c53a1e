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
  urlInput,
} from '../../platform/records/schemas.ts';

export const sourceInput = z
  .strictObject({ name: nameInput, slug: slugInput, externalId: externalIdInput, url: urlInput })
  .meta({ id: 'SourceWrite', description: 'A source as a client writes it.' });
export type SourceInput = z.output<typeof sourceInput>;

export const sourcePatch = z
  .strictObject({ ...patchable, url: urlInput })
  .meta({ id: 'SourcePatch', description: 'What to change of a source.' });

const own = { url: z.string().nullable().describe("The outlet's home page.") };
export const sourceView = sparse({ ...identityView, ...own }).meta({
  id: 'Source',
  description: 'The outlet a story is attributed to, as the public reads it.',
});
export const sourceDraft = sparse({ ...identityView, ...own, ...draftView }).meta({
  id: 'SourceDraft',
  description: 'A source as editors read it.',
});
export const sourceWritten = z
  .object({ ...identityView, ...own, ...draftView })
  .meta({ id: 'SourceWritten', description: 'A source after a write.' });

export const sourceFields = ['id', 'slug', 'name', 'url', ...draftFields] as const;
