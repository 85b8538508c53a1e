// What clients write and read of tags.
import type { z } from 'zod';
import { defineRecordSchemas } from '../../platform/records/schemas.ts';

export const tagSchemas = defineRecordSchemas('Tag', 'What stories are about', { input: {}, view: {} });
export type TagInput = z.output<typeof tagSchemas.input>;
export type TagField = (typeof tagSchemas.publicFields)[number];
