import { z } from 'zod';
import { text } from '../../platform/http/parameters.ts';
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
  parent: text(200).nullable().optional().describe('Slug or id of the section above; null: at the root.'),
  description: textInput(2000),
};
const positionInput = z.int().min(-1_000_000).max(1_000_000).describe('Order among its siblings.');

export const sectionInput = z
  .strictObject({
    name: nameInput,
    slug: slugInput,
    externalId: externalIdInput,
    ...ownInput,
    position: positionInput.default(0),
  })
  .meta({ id: 'SectionWrite', description: 'A section as a client writes it.' });
export type SectionInput = z.output<typeof sectionInput>;

export const sectionPatch = z
  .strictObject({ ...patchable, ...ownInput, position: positionInput.optional() })
  .meta({ id: 'SectionPatch', description: 'What to change of a section.' });

export const breadcrumbSchema = z
  .array(z.object({ slug: z.string(), name: z.string() }))
  .describe('From the root to the section itself.');

const own = {
  description: z.string().nullable(),
  parent: z.object(identityView).nullable(),
  breadcrumb: breadcrumbSchema,
  position: z.int(),
};
export const sectionView = sparse({ ...identityView, ...own }).meta({
  id: 'Section',
  description: 'A section as the public reads it.',
});
export const sectionDraft = sparse({ ...identityView, ...own, ...draftView }).meta({
  id: 'SectionDraft',
  description: 'A section as editors read it.',
});
export const sectionWritten = z
  .object({ ...identityView, ...own, ...draftView })
  .meta({ id: 'SectionWritten', description: 'A section after a write.' });

export const sectionFields = [
  'id',
  'slug',
  'name',
  'description',
  'parent',
  'breadcrumb',
  'position',
  ...draftFields,
] as const;
