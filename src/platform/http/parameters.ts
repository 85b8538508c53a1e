// Query and path parameters that many routes share. Every parameter is one string; a repeated one is refused.
import { z } from 'zod';
import { isUuid } from '../../core/ids.ts';
import type { Fault } from '../../core/problems.ts';
import { isStorable } from './json-body.ts';

export const text = (lengthMax: number) =>
  z
    .string()
    .min(1, { error: 'must not be empty', abort: true })
    .max(lengthMax)
    .refine((value) => value.trim() !== '', 'must not be blank')
    .refine(isStorable, 'holds characters that cannot be stored');

const uuid = z.uuid('must be a UUID').transform((id) => id.toLowerCase());

export const idParams = z.strictObject({ id: uuid });
export const idOrSlugParams = z.strictObject({ idOrSlug: text(200).describe('An id (UUID) or a slug.') });
/** Something that belongs to one article. */
export const partParams = z.strictObject({ ...idOrSlugParams.shape, id: uuid });
export const externalIdParams = z.strictObject({ externalId: text(200) });

const limitMessage = 'must be a whole number from 1 to 100';
export const limitParameter = z
  .string()
  .regex(/^(?:[1-9]\d?|100)$/, limitMessage)
  .transform(Number)
  .prefault('20')
  .describe('Rows of a page, 1 to 100.');

export const cursorParameter = text(4200).optional().describe('`page.nextCursor` of the page before.');
export const countParameter = z
  .enum(['exact', 'estimate'])
  .optional()
  .describe('Adds `page.total`. An estimate is exact up to 10,000.');

/** Several values, comma-separated; they mean "or". */
export const listParameter = (countMax = 50) =>
  text(4000)
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(text(200)).max(countMax, `takes at most ${countMax} values`));

/** Of one value among several, which its place among them would not tell a reader. */
export const namingIt = (message: string) => ({
  error: ({ input }: { readonly input?: unknown }) => `"${String(input).slice(0, 100)}" ${message}`,
});

export const idsParameter = text(4000)
  .transform((value) => value.split(',').map((part) => part.trim().toLowerCase()))
  .pipe(z.array(z.string().refine(isUuid, 'takes ids (UUIDs), comma-separated')).max(100, 'takes at most 100 ids'))
  .optional()
  .describe('Up to 100 ids, comma-separated; the answer keeps their order and leaves out what is not there.');

/** Of a parameter that is no instant. A plus sign that was not encoded has arrived as a blank. */
export const instantFault = (name: string): Fault => ({
  pointer: `?${name}`,
  code: 'invalid_value',
  message: 'Not an instant or date that exists: use RFC 3339, with + written as %2B, or a date such as 2026-05-27.',
});

export const perspectiveParameter = z
  .enum(['published', 'draft'])
  .default('published')
  .describe('`draft` shows the working copy, to a key that may.');

/** Of drafts only; `requireDraftsFor` refuses it elsewhere. */
export const trashedParameter = z
  .enum(['true', 'false'])
  .optional()
  .describe('`true`: what is in the trash, and nothing else. Only with perspective=draft.');

/** Top-level fields to keep; `id` is always there. */
export const fieldsParameter = (names: readonly [string, ...string[]]) =>
  text(2000)
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(z.enum(names, namingIt('is not a field of this answer'))))
    .optional()
    .describe('Top-level fields to keep, comma-separated; `id` is always there.');

/** An `If-Match` header; presence is judged by the command, because 428 is not a fault of form. */
export const ifMatchHeaders = z.looseObject({
  'if-match': z.string().optional().describe('ETag of the draft you read, such as "r3".'),
});

export const pageSchema = z
  .object({
    limit: z.int(),
    nextCursor: z.string().nullable().describe('For the next page; null on the last one.'),
    total: z.int().optional().describe('Only with `count`.'),
  })
  .meta({ id: 'Page', description: 'Where a list stands.' });

export const listOf = (schema: z.ZodType, id: string) =>
  z.object({ data: z.array(schema), page: pageSchema }).meta({ id, description: 'A page of a list.' });
