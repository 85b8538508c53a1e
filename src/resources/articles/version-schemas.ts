// What clients read of an article's versions, of the difference between two of them, and of its history.
import { z } from 'zod';
import { blockSchema } from '../../core/body/schema.ts';
import { textPartTypes } from '../../core/diff/text.ts';
import { emptyContent } from './content.ts';
import { articleEvents } from './history.ts';
import { articleFieldShapes, maker, person } from './view-schemas.ts';

const instant = z.iso.datetime();
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const facts = {
  number: z.int().min(1),
  createdAt: instant,
  createdBy: maker,
  note: z.string().nullable().describe('Why it was made.'),
  hash: hash.describe('SHA-256 over the version and the hash before it.'),
  previousHash: hash.nullable(),
  publications: z
    .array(z.object({ from: instant, until: instant.nullable() }))
    .describe('When it was, is or is going to be what the public sees; `until` null: no end is set.'),
};

export const versionSummary = z
  .object({ ...facts, title: articleFieldShapes.title, wordCount: articleFieldShapes.wordCount })
  .meta({ id: 'ArticleVersionSummary', description: 'A version of an article in a list.' });

const { id, url: _url, corrections: _corrections, ...content } = articleFieldShapes;
const { publishedAt: _at, firstPublishedAt: _first, updatedAt: _updated, version: _version, ...stored } = content;

export const versionView = z.object({ id, ...stored, ...facts }).meta({
  id: 'ArticleVersion',
  description: 'A version of an article: its content as it was. What it refers to has the names of today.',
});

/** Every field of the content but the body, which is compared block by block. */
export const comparedFields = Object.keys(emptyContent).filter((field) => field !== 'body');

const place = z
  .object({ index: z.int().describe('From 0.'), block: blockSchema })
  .meta({ id: 'BlockPlace', description: 'A block, and where in its body it stands.' });

const blockChange = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('added'), after: place }),
    z.object({ type: z.literal('removed'), before: place }),
    z.object({ type: z.literal('moved'), before: place, after: place }),
    z.object({
      type: z.literal('changed'),
      before: place,
      after: place,
      fields: z
        .array(z.string())
        .describe('By what the two differ: `text`, `marks`, or the name of a member such as `style` or `caption`.'),
      text: z
        .array(z.object({ type: z.enum(textPartTypes), text: z.string() }))
        .nullable()
        .describe(
          'Character by character: without what was removed it is the new text, without what was added the old one. null: the text is the same.',
        ),
    }),
  ])
  .meta({ id: 'BlockChange', description: 'What became of one block.' });

const count = (what: string) => z.int().describe(`How many blocks ${what}.`);

const bodyDiff = z
  .object({
    same: count('stayed as and where they were; keys do not count'),
    added: count('were added'),
    removed: count('were removed'),
    moved: count('stayed as they were in another place'),
    changed: count('changed'),
    truncated: z
      .boolean()
      .describe('Whether something is shown as replaced that was not compared closely: the two are too different.'),
    changes: z.array(blockChange).describe('In the order of the text.'),
  })
  .meta({ id: 'BodyDiff', description: 'What changed between two bodies.' });

const side = z.object({ number: facts.number, createdAt: instant, createdBy: maker, note: facts.note, hash });

export const versionDiff = z
  .object({
    id,
    from: side,
    to: side,
    fields: z
      .array(z.object({ field: z.enum(comparedFields), before: z.unknown(), after: z.unknown() }))
      .describe('The fields that differ, as a version shows them.'),
    body: bodyDiff,
  })
  .meta({ id: 'ArticleVersionDiff', description: 'What changed from one version to another.' });

export const historyEntry = z
  .object({
    id: z.uuid().describe('Of the event.'),
    action: z.enum(articleEvents),
    at: instant,
    actor: maker,
    fields: z.array(z.string()).describe('Names of what changed.'),
    details: z
      .object({
        revision: z.int(),
        version: z.int().describe('The version that it is about.'),
        slug: z.string(),
        visibleFrom: instant,
        visibleUntil: instant.nullable(),
        sequence: z.int(),
        note: z.string(),
        notice: z.string(),
        restoredFrom: z.int().describe('The version whose content it has again.'),
        basedOn: z.int().describe('The version that it was made from, if not the newest.'),
        commentId: z.uuid().nullable(),
        assignee: person.nullable(),
        embargoUntil: instant.nullable(),
      })
      .partial(),
  })
  .meta({ id: 'ArticleHistoryEntry', description: 'Who did what to an article, and when.' });
