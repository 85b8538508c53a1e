// What clients write and read of sources.
import { z } from 'zod';
import { defineRecordSchemas, urlInput } from '../../platform/records/schemas.ts';

export const sourceSchemas = defineRecordSchemas('Source', 'An outlet that stories are attributed to', {
  input: { url: urlInput },
  view: { url: z.string().nullable().describe("The outlet's home page.") },
});
export type SourceInput = z.output<typeof sourceSchemas.input>;
export type SourceField = (typeof sourceSchemas.publicFields)[number];
