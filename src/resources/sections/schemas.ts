// What clients write and read of sections.
import { z } from 'zod';
import { text } from '../../platform/http/parameters.ts';
import { defineRecordSchemas, identityView, textInput } from '../../platform/records/schemas.ts';

export const breadcrumbSchema = z
  .array(z.object({ slug: z.string(), name: z.string() }))
  .describe('From the root to the section itself.');

const input = {
  parent: textInput(200).describe('Slug or id of the section above; null: at the root.'),
  description: textInput(2000),
};
const position = z.int().min(-1_000_000).max(1_000_000).describe('Order among its siblings.');

export const sectionSchemas = defineRecordSchemas('Section', 'A place in the tree that articles are filed under', {
  input: { ...input, position: position.default(0) },
  patch: { ...input, position: position.optional() },
  view: {
    description: z.string().nullable(),
    parent: z.object(identityView).nullable(),
    breadcrumb: breadcrumbSchema,
    position: z.int(),
  },
  filters: {
    parent: text(200).optional().describe('Only the children of this section (slug or id); `none`: the roots.'),
  },
});
export type SectionInput = z.output<typeof sectionSchemas.input>;
export type SectionField = (typeof sectionSchemas.publicFields)[number];
