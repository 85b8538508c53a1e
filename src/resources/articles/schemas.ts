// What clients write about articles. Everything is closed and bounded.
import { z } from 'zod';
import { bodyInputSchema } from '../../core/body/schema.ts';
import { isJsonObject } from '../../core/merge-patch.ts';
import { slugSchema } from '../../core/slug.ts';
import { text } from '../../platform/http/parameters.ts';

export const creditRoles = [
  'author',
  'reporter',
  'photographer',
  'translator',
  'editor',
  'responsible_editor',
] as const;
export type CreditRole = (typeof creditRoles)[number];

const line = (lengthMax: number) => text(lengthMax).nullable().optional();
const webAddress = z.url({ protocol: /^https?$/, message: 'must be an http or https address' }).max(2000);

const creditInput = z
  .strictObject({
    role: z.enum(creditRoles),
    editor: text(200).optional().describe('Slug or id of a person of the newsroom.'),
    name: text(200).optional().describe('A byline as printed, for people who are not staff.'),
  })
  .refine((credit) => (credit.editor === undefined) !== (credit.name === undefined), 'Give either editor or name.')
  .meta({ id: 'CreditWrite', description: 'Who did what: an editor, or a name as printed.' });
export type CreditInput = z.output<typeof creditInput>;

const coverFields = {
  url: webAddress,
  alt: text(2000).nullable().optional(),
  caption: text(5000).nullable().optional(),
  credit: text(500).nullable().optional(),
  width: z.int().min(1).max(100_000).nullable().optional().describe('Pixels.'),
  height: z.int().min(1).max(100_000).nullable().optional().describe('Pixels.'),
};
export const coverSchema = z.strictObject(coverFields).meta({ id: 'Cover', description: 'The picture of an article.' });
const coverPatch = z
  .strictObject({ ...coverFields, url: webAddress.optional() })
  .meta({ id: 'CoverPatch', description: 'What to change of the cover; merged field by field.' });

export const seoSchema = z
  .strictObject({
    title: line(300),
    description: line(1000),
    canonicalUrl: webAddress.nullable().optional(),
    keywords: z.array(text(100)).max(50).nullable().optional(),
    noindex: z.boolean().nullable().optional(),
  })
  .meta({ id: 'Seo', description: 'What search engines are told.' });

// Large enough for a newsroom's own fields, small enough to be read with every article.
const metadataBytesMax = 32_768;
export const metadataSchema = z
  .custom<Record<string, unknown>>(isJsonObject, 'must be an object')
  .refine(
    (value) => Buffer.byteLength(JSON.stringify(value)) <= metadataBytesMax,
    `takes at most ${metadataBytesMax} bytes`,
  )
  .meta({ id: 'Metadata', type: 'object', description: "A newsroom's own fields; any JSON." });

const instantInput = text(60).describe('RFC 3339; a local time without offset is read in the configured zone.');

/** Everything but the title may be left out; null clears. */
const contentInput = {
  slug: slugSchema.optional().describe('Absent: made from the title, and kept when the title changes.'),
  externalId: text(200).nullable().optional().describe('The id in another system; unique.'),
  assignee: line(200).describe('Slug or id of the editor whose turn it is. No content: makes no version.'),
  embargoUntil: instantInput
    .nullable()
    .optional()
    .describe('Nobody without the right sees the article before this instant. No content: makes no version.'),
  locale: z
    .string()
    .max(35)
    .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, 'must be a language tag such as zh-CN')
    .optional(),
  kicker: line(300).describe('肩题'),
  subtitle: line(500).describe('副题'),
  summary: line(2000).describe('导语'),
  body: bodyInputSchema.nullable().optional(),
  section: line(200).describe('Slug or id.'),
  source: line(200).describe('Slug or id.'),
  sourceUrl: webAddress.nullable().optional().describe('Where the story first appeared.'),
  credits: z.array(creditInput).max(50).nullable().optional(),
  tags: z.array(text(100)).max(50).nullable().optional().describe('Names or slugs; an unknown name becomes a tag.'),
  related: z.array(text(200)).max(50).nullable().optional().describe('Slugs or ids of articles.'),
  genre: line(100),
  urgency: z.int().min(1).max(9).nullable().optional().describe('1 (most urgent) to 9, as in IPTC ninjs.'),
  metadata: metadataSchema.nullable().optional(),
  note: text(1000)
    .optional()
    .describe('Why this version was made; kept with it, so that it is dropped where nothing else changes.'),
};
const titleInput = text(500);

export const articleInput = z
  .strictObject({
    title: titleInput,
    ...contentInput,
    cover: coverSchema.nullable().optional(),
    seo: seoSchema.nullable().optional(),
  })
  .meta({ id: 'ArticleWrite', description: 'An article as a client writes it.' });
export type ArticleInput = z.output<typeof articleInput>;

export const articlePatch = z
  .strictObject({
    title: titleInput.optional(),
    ...contentInput,
    cover: coverPatch.nullable().optional(),
    seo: seoSchema.nullable().optional(),
  })
  .meta({ id: 'ArticlePatch', description: 'What to change of an article (JSON Merge Patch).' });
export type ArticlePatch = z.output<typeof articlePatch>;

export const publishInput = z
  .strictObject({
    at: instantInput.nullable().optional().describe('From when; absent or past: now.'),
    until: instantInput.nullable().optional().describe('Until when; absent: no end.'),
    replaceScheduled: z.boolean().optional().describe('Calls off a publication that is scheduled.'),
  })
  .nullish()
  .meta({ id: 'PublishOrder', description: 'When the newest version becomes public.' });
export type PublishInput = z.output<typeof publishInput>;

export const unpublishInput = z
  .strictObject({ at: instantInput.nullable().optional().describe('When it stops being public; absent or past: now.') })
  .nullish()
  .meta({ id: 'UnpublishOrder', description: 'When the article stops being public.' });

export const purgeInput = z
  .strictObject({ olderThan: text(100).describe('How long in the trash at least: ISO 8601 such as `P30D`, or `30d`.') })
  .meta({ id: 'PurgeOrder', description: 'What to remove from the trash for good.' });

const commentText = text(5000);
const publicText = text(2000);
const reasonText = text(1000);

export const restoreInput = z
  .strictObject({
    // What the column holds.
    version: z.int().min(1).max(2_147_483_647).describe('The number of the version whose content comes back.'),
    reason: reasonText.optional().describe('Kept as the note of the new version.'),
  })
  .meta({ id: 'RestoreOrder', description: 'Brings the content of an old version back.' });
export type RestoreInput = z.output<typeof restoreInput>;

/** Content only: a correction moves nothing to another address, desk or instant. */
const correctionChanges = articlePatch
  .omit({ slug: true, externalId: true, assignee: true, embargoUntil: true, note: true })
  .meta({ id: 'CorrectionChanges', description: 'What to change of what the public reads (JSON Merge Patch).' });

export const correctInput = z
  .strictObject({
    note: publicText.describe('What the public is told about the change.'),
    changes: correctionChanges,
  })
  .meta({ id: 'CorrectionOrder', description: 'Corrects what the public reads, and says so.' });
export type CorrectInput = z.output<typeof correctInput>;

export const retractInput = z
  .strictObject({
    notice: publicText.describe('What the public is told in place of the article.'),
    reason: reasonText.optional().describe('What the newsroom is told.'),
  })
  .meta({ id: 'RetractionOrder', description: 'Takes an article back, and says so.' });
export type RetractInput = z.output<typeof retractInput>;

export const reinstateInput = z
  .strictObject({ reason: reasonText.optional().describe('What the newsroom is told; kept as a comment.') })
  .nullish()
  .meta({ id: 'ReinstatementOrder', description: 'Undoes the retraction.' });

export const commentInput = z
  .strictObject({ text: commentText })
  .meta({ id: 'CommentWrite', description: 'A word of the newsroom about an article; never public.' });

export const previewLinkInput = z
  .strictObject({
    version: z.int().min(1).optional().describe('Absent: the newest one, whichever that is when the link is opened.'),
    expiresInSeconds: z
      .int()
      .min(60)
      .max(30 * 86_400)
      .optional()
      .describe('60 to 2592000 (30 days); absent: 86400 (a day).'),
  })
  .nullish()
  .meta({ id: 'PreviewLinkOrder', description: 'What a preview link shows, and for how long.' });
export type PreviewLinkInput = z.output<typeof previewLinkInput>;

export const submitInput = z
  .strictObject({ comment: commentText.optional().describe('A word to whoever reviews it.') })
  .nullish()
  .meta({ id: 'SubmitOrder', description: 'Hands the newest version in for review.' });

export const returnInput = z
  .strictObject({ comment: commentText.describe('What is to be changed.') })
  .meta({ id: 'ReturnOrder', description: 'Sends a version back to whoever writes it.' });

export const approveInput = z
  .strictObject({ comment: commentText.optional() })
  .nullish()
  .meta({ id: 'ApproveOrder', description: 'Approves the newest version.' });
