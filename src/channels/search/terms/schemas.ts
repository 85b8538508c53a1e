// Words that the newsroom teaches the segmenter.
import { z } from 'zod';
import { text } from '../../../platform/http/parameters.ts';

export const termInput = z
  .strictObject({
    text: text(100).describe(
      'A word of 2 to 30 characters, with a Chinese character in it, without blanks and punctuation.',
    ),
  })
  .meta({ id: 'NewSearchTerm', description: 'A word to be taught.' });

export const termView = z
  .object({ id: z.uuid(), text: z.string(), createdAt: z.iso.datetime() })
  .meta({ id: 'SearchTerm', description: 'A word that the segmenter was taught.' });

export const indexView = z
  .object({
    documents: z.int().describe('Versions that can be found: public ones, those to come, and working copies.'),
    isRebuilding: z.boolean().describe('Whether documents are being made anew in the background.'),
    progress: z.number().min(0).max(1).describe('How much of that is done; 1: all.'),
    waiting: z.int().describe('Re-indexings that have not begun.'),
    terms: z.int().describe('Words that were taught.'),
  })
  .meta({ id: 'SearchIndex', description: 'How the index of search stands.' });
