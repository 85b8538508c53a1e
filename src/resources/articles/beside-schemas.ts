// What clients read of what stands beside an article: comments, and links that show it before it is public.
import { z } from 'zod';
import { articleFieldShapes, maker } from './view-schemas.ts';

const instant = z.iso.datetime();

export const commentView = z
  .object({
    id: z.uuid(),
    text: z.string(),
    version: z.int().describe('The newest version when it was written.'),
    createdAt: instant,
    createdBy: maker,
  })
  .meta({ id: 'Comment', description: 'What the newsroom says to itself about an article.' });

const linkFields = {
  id: z.uuid(),
  version: z.int().nullable().describe('null: the newest one, whichever that is when the link is opened.'),
  createdAt: instant,
  createdBy: maker,
  expiresAt: instant,
  revokedAt: instant.nullable(),
};
export const previewLinkView = z
  .object(linkFields)
  .meta({ id: 'PreviewLink', description: 'A preview link, without its address.' });

const shownOnce = 'Shown this once and kept nowhere: null in a dry run, and in a repeated answer.';
export const newPreviewLinkView = z
  .object({
    ...linkFields,
    token: z.string().nullable().describe(shownOnce),
    url: z.string().nullable().describe(`The address that holds the token. ${shownOnce}`),
  })
  .meta({ id: 'NewPreviewLink', description: 'A preview link that was just made.' });

/** What a preview shows. */
export const previewFields = Object.keys(articleFieldShapes) as [string, ...string[]];
