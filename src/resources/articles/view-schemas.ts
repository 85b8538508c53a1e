// What clients read of articles.
import { z } from 'zod';
import { bodyOutputSchema } from '../../core/body/schema.ts';
import { breadcrumbSchema } from '../sections/schemas.ts';
import { coverSchema, creditRoles, metadataSchema, seoSchema } from './schemas.ts';

const instant = z.iso.datetime();
export const person = z.object({ id: z.uuid(), slug: z.string(), name: z.string() });
export const maker = z.object({ type: z.enum(['editor', 'service']), id: z.string(), name: z.string() });

const credit = z
  .object({ role: z.enum(creditRoles), name: z.string(), editor: person.nullable() })
  .meta({ id: 'Credit', description: 'Who did what.' });

export const articleFieldShapes = {
  id: z.uuid(),
  slug: z.string(),
  url: z.string(),
  locale: z.string(),
  title: z.string(),
  kicker: z.string().nullable(),
  subtitle: z.string().nullable(),
  summary: z.string().nullable(),
  body: bodyOutputSchema.optional().describe('In the form that `body` asks for; absent with `body=none`.'),
  wordCount: z.int().describe('Chinese characters, and words of other scripts.'),
  section: z.object({ id: z.uuid(), slug: z.string(), name: z.string(), breadcrumb: breadcrumbSchema }).nullable(),
  source: z.object({ id: z.uuid(), slug: z.string(), name: z.string(), url: z.string().nullable() }).nullable(),
  sourceUrl: z.string().nullable(),
  credits: z.array(credit),
  tags: z.array(z.object({ slug: z.string(), name: z.string() })),
  cover: coverSchema.nullable(),
  related: z.array(z.object({ id: z.uuid(), slug: z.string(), title: z.string(), publishedAt: instant.nullable() })),
  corrections: z.array(z.object({ sequence: z.int(), at: instant, note: z.string() })),
  seo: seoSchema.nullable(),
  genre: z.string().nullable(),
  urgency: z.int().nullable(),
  publishedAt: instant.nullable().describe('The editorial date.'),
  firstPublishedAt: instant.nullable().describe('When the public could first see it.'),
  updatedAt: instant.describe('When what is shown became public; of a draft: when it was last changed.'),
  version: z.int(),
  metadata: metadataSchema,
};

const draftFieldsShape = {
  externalId: z.string().nullable(),
  state: z.enum(['draft', 'in_review', 'approved']),
  revision: z.int().describe('The number in the ETag.'),
  createdAt: instant,
  createdBy: maker,
  assignee: person.nullable().describe('Whose turn it is.'),
  embargoUntil: instant.nullable().describe('Before this instant only who may sees the article.'),
  trashedAt: instant.nullable(),
  isPublic: z.boolean().describe('Whether the public sees a version now.'),
  expiresAt: instant.nullable().describe('When the public stops seeing the article, if an end is planned.'),
  scheduled: z
    .object({ version: z.int(), at: instant, until: instant.nullable() })
    .nullable()
    .describe('The publication that is to come.'),
  retraction: z
    .object({ at: instant, notice: z.string(), reason: z.string().nullable() })
    .nullable()
    .describe('That the article is taken back: what the public is told, and what the newsroom.'),
  hasUnpublishedChanges: z.boolean().describe('Whether the newest version is neither public nor scheduled.'),
};

export const articleView = z
  .object(articleFieldShapes)
  .partial()
  .required({ id: true })
  .meta({ id: 'Article', description: 'An article as the public reads it; `fields` and `body` choose its parts.' });

export const articleDraft = z
  .object({ ...articleFieldShapes, ...draftFieldsShape })
  .partial()
  .required({ id: true })
  .meta({ id: 'ArticleDraft', description: "An article's working copy." });

const warning = z
  .object({
    code: z.string(),
    pointer: z.string(),
    message: z.string(),
  })
  .meta({ id: 'Warning', description: 'Something that was done otherwise than asked, or deserves a look.' });

export const articleWritten = z
  .object({ ...articleFieldShapes, ...draftFieldsShape, warnings: z.array(warning) })
  .meta({ id: 'ArticleWritten', description: 'The working copy after a write, with what deserves a look.' });
export type Warning = z.output<typeof warning>;

export const purgeView = z
  .object({
    data: z.array(z.object({ id: z.uuid(), trashedAt: z.iso.datetime(), versions: z.int() })),
    hasMore: z.boolean().describe('Whether the trash holds more that is as old; then ask again.'),
  })
  .meta({ id: 'Purge', description: 'What was removed for good.' });

export const articleFields = Object.keys({ ...articleFieldShapes, ...draftFieldsShape }) as [string, ...string[]];
