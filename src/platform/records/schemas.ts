// The parts that the schemas of every record noun share.
import { z } from 'zod';
import { slugSchema } from '../../core/slug.ts';
import { text } from '../http/parameters.ts';

export const nameInput = text(200).describe('As it is shown.');
export const slugInput = slugSchema.optional().describe('Absent: made from the name.');
export const externalIdInput = text(200).nullable().optional().describe('The id in another system; unique.');
export const textInput = (lengthMax: number) => text(lengthMax).nullable().optional();
/** http or https only: the value ends up in a reader's browser. */
export const urlInput = z
  .url({ protocol: /^https?$/, message: 'must be an http or https address' })
  .max(2000)
  .nullable()
  .optional();

/** What a patch may clear: `name` and `slug` have no "none". */
export const patchable = {
  name: nameInput.optional(),
  slug: slugSchema.optional(),
  externalId: externalIdInput,
};

export const identityView = { id: z.uuid(), slug: z.string(), name: z.string() };

export const draftView = {
  externalId: z.string().nullable(),
  revision: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
};

/** What a read answers with: `fields` chooses the parts; the id is always there. */
export function sparse({ id, ...rest }: { id: z.ZodType } & Record<string, z.ZodType>) {
  return z.object({ id, ...z.object(rest).partial().shape });
}

export const draftFields = ['externalId', 'revision', 'createdAt', 'updatedAt'] as const;
