// What clients write and read of editors.
import { z } from 'zod';
import { defineRecordSchemas, textInput } from '../../platform/records/schemas.ts';

export const editorSchemas = defineRecordSchemas('Editor', 'A person of the newsroom', {
  input: {
    jobTitle: textInput(200).describe('Such as 首席记者.'),
    bio: textInput(5000).describe('A few lines for the byline page, plain text.'),
  },
  view: { jobTitle: z.string().nullable(), bio: z.string().nullable() },
});
export type EditorInput = z.output<typeof editorSchemas.input>;
export type EditorField = (typeof editorSchemas.publicFields)[number];
