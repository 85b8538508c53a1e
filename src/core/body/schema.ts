// The shapes of body text: Portable Text blocks as stored, as clients write them, and the forms a body travels in.
// Every object is closed: a field that is not here is refused, so nothing is stored that no renderer knows.

import { z } from 'zod';
import { checkBlockKeys, checkTextBlock, isSafeEmbedUrl, isSafeLink, isSafeMediaUrl, isStorableText } from './rules.ts';
import { URL_LENGTH_MAX } from './urls.ts';

export const bodyFormats = ['blocks', 'html', 'markdown', 'text'] as const;
export type BodyFormat = (typeof bodyFormats)[number];

export const styles = ['normal', 'h2', 'h3', 'h4', 'blockquote'] as const;
export const decorators = ['strong', 'em', 'underline', 'strike-through', 'code', 'sub', 'sup'] as const;
export const listItems = ['bullet', 'number'] as const;
export type Style = (typeof styles)[number];
export type Decorator = (typeof decorators)[number];
export type ListItem = (typeof listItems)[number];

// Far above any story, low enough that rendering one body stays a matter of milliseconds.
export const BLOCKS_MAX = 2000;
export const LIST_LEVEL_MAX = 6;
export const TABLE_ROWS_MAX = 1000;
export const TABLE_COLUMNS_MAX = 50;
const SPANS_MAX = 2000;
const TEXT_LENGTH_MAX = 100_000;
const SOURCE_LENGTH_MAX = 1_000_000;

const boundedText = (lengthMax: number) =>
  z.string().max(lengthMax).refine(isStorableText, 'Holds a NUL or half of a surrogate pair');

const key = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'A key is 1 to 64 letters, digits, "-" or "_"');
const mark = z.string().min(1).max(64);

const linkSchema = z
  .strictObject({
    _type: z.literal('link'),
    _key: key,
    href: z.string().max(URL_LENGTH_MAX).refine(isSafeLink, 'A link is http, https, mailto, tel or a relative path'),
  })
  .meta({ id: 'BlockLink', description: 'A link; spans refer to it by its key in `marks`' });

const spanFields = { _type: z.literal('span'), text: boundedText(TEXT_LENGTH_MAX) };
const spanSchema = z
  .strictObject({ ...spanFields, _key: key, marks: z.array(mark).max(16) })
  .meta({ id: 'BlockSpan', description: 'A run of text; each mark is a decorator or the key of a link' });
const spanInputSchema = z
  .strictObject({ ...spanFields, _key: key.optional(), marks: z.array(mark).max(16).default([]) })
  .meta({ id: 'BlockSpanWrite', description: 'A run of text as written by a client' });

const textFields = {
  _type: z.literal('block'),
  listItem: z.enum(listItems).optional(),
  level: z.int().min(1).max(LIST_LEVEL_MAX).optional().describe('Nesting depth of a list item'),
  number: boundedText(20).min(1).optional().describe('The number printed with a heading'),
};
const textBlockSchema = z
  .strictObject({
    ...textFields,
    _key: key,
    style: z.enum(styles),
    children: z.array(spanSchema).max(SPANS_MAX),
    markDefs: z.array(linkSchema).max(SPANS_MAX),
  })
  .superRefine(checkTextBlock)
  .meta({ id: 'BlockText', description: 'A paragraph, heading, quotation or list item' });
const textBlockInputSchema = z
  .strictObject({
    ...textFields,
    _key: key.optional(),
    style: z.enum(styles).default('normal'),
    children: z.array(spanInputSchema).max(SPANS_MAX),
    markDefs: z.array(linkSchema).max(SPANS_MAX).default([]),
  })
  .superRefine(checkTextBlock)
  .meta({ id: 'BlockTextWrite', description: 'A text block as written by a client' });

const mediaUrl = z.string().max(URL_LENGTH_MAX).refine(isSafeMediaUrl, 'An image is at http, https or a relative path');
const figureFields = {
  _type: z.literal('figure'),
  alt: boundedText(2000).optional().describe('What the picture shows, for those who do not see it'),
  caption: boundedText(5000).optional(),
  credit: boundedText(500).optional(),
  width: z.int().min(1).max(100_000).optional().describe('Pixels'),
  height: z.int().min(1).max(100_000).optional().describe('Pixels'),
};
const figureSchema = z
  .strictObject({ ...figureFields, _key: key, url: mediaUrl.nullable() })
  .meta({ id: 'BlockFigure', description: 'A picture; `url` is null while its asset is missing' });
const figureInputSchema = z
  .strictObject({ ...figureFields, _key: key.optional(), url: mediaUrl.nullable().default(null) })
  .meta({ id: 'BlockFigureWrite', description: 'A picture as written by a client' });

const tableFields = {
  _type: z.literal('table'),
  caption: boundedText(5000).optional(),
  rows: z
    .array(z.array(boundedText(20_000)).min(1).max(TABLE_COLUMNS_MAX))
    .min(1)
    .max(TABLE_ROWS_MAX),
};
const headerRows = z.int().min(0).max(TABLE_ROWS_MAX).describe('How many of the first rows are headings');
const hasRowsForHeader = (table: { headerRows: number; rows: string[][] }) => table.headerRows <= table.rows.length;
const tableSchema = z
  .strictObject({ ...tableFields, _key: key, headerRows })
  .refine(hasRowsForHeader, { path: ['headerRows'], error: 'More header rows than rows' })
  .meta({ id: 'BlockTable', description: 'A table: rows of cells of plain text' });
const tableInputSchema = z
  .strictObject({ ...tableFields, _key: key.optional(), headerRows: headerRows.default(0) })
  .refine(hasRowsForHeader, { path: ['headerRows'], error: 'More header rows than rows' })
  .meta({ id: 'BlockTableWrite', description: 'A table as written by a client' });

const embedFields = {
  _type: z.literal('embed'),
  url: z.string().max(URL_LENGTH_MAX).refine(isSafeEmbedUrl, 'An embed is at an absolute https address'),
  provider: boundedText(100).optional(),
  title: boundedText(1000).optional(),
};
const embedSchema = z
  .strictObject({ ...embedFields, _key: key })
  .meta({ id: 'BlockEmbed', description: 'A page of another site shown inside the story' });
const embedInputSchema = z
  .strictObject({ ...embedFields, _key: key.optional() })
  .meta({ id: 'BlockEmbedWrite', description: 'An embed as written by a client' });

export const codeLanguage = /^[A-Za-z0-9+#._-]{1,40}$/;
const codeFields = {
  _type: z.literal('code'),
  language: z.string().regex(codeLanguage).optional(),
  text: boundedText(TEXT_LENGTH_MAX),
};
const codeSchema = z
  .strictObject({ ...codeFields, _key: key })
  .meta({ id: 'BlockCode', description: 'Preformatted text' });
const codeInputSchema = z
  .strictObject({ ...codeFields, _key: key.optional() })
  .meta({ id: 'BlockCodeWrite', description: 'Preformatted text as written by a client' });

export const blockSchema = z
  .discriminatedUnion('_type', [textBlockSchema, figureSchema, tableSchema, embedSchema, codeSchema])
  .meta({ id: 'Block', description: 'One block of body text (Portable Text)' });
const blockInputSchema = z
  .discriminatedUnion('_type', [
    textBlockInputSchema,
    figureInputSchema,
    tableInputSchema,
    embedInputSchema,
    codeInputSchema,
  ])
  .meta({ id: 'BlockWrite', description: 'One block as written by a client: keys and empty lists may be left out' });

export const blocksSchema = z.array(blockSchema).max(BLOCKS_MAX).superRefine(checkBlockKeys);
export const blocksInputSchema = z.array(blockInputSchema).max(BLOCKS_MAX);

export type TextBlock = z.infer<typeof textBlockSchema>;
export type Figure = z.infer<typeof figureSchema>;
export type Table = z.infer<typeof tableSchema>;
export type Embed = z.infer<typeof embedSchema>;
export type Code = z.infer<typeof codeSchema>;
export type Block = z.infer<typeof blockSchema>;
export type Blocks = Block[];
export type BlocksInput = z.infer<typeof blocksInputSchema>;

const source = boundedText(SOURCE_LENGTH_MAX);

export const bodyInputSchema = z
  .strictObject({
    markdown: source.optional(),
    html: source.optional(),
    text: source.optional(),
    blocks: blocksInputSchema.optional(),
  })
  .refine((body) => bodyFormats.filter((format) => body[format] !== undefined).length === 1, {
    error: 'Give the body in exactly one of the forms "markdown", "html", "text" and "blocks"',
  })
  .meta({
    id: 'BodyWrite',
    description: 'Body text in exactly one of its forms',
    minProperties: 1,
    maxProperties: 1,
  });
export type BodyInput = z.infer<typeof bodyInputSchema>;

export const bodyOutputSchema = z
  .union([
    z.strictObject({ blocks: blocksSchema }),
    z.strictObject({ html: z.string() }),
    z.strictObject({ markdown: z.string() }),
    z.strictObject({ text: z.string() }),
  ])
  .meta({ id: 'Body', description: 'Body text in the form that was asked for; it can be written back as it is' });
export type BodyOutput = z.infer<typeof bodyOutputSchema>;

export const removedKinds = ['element', 'attribute', 'style', 'url', 'comment', 'structure', 'other'] as const;
export const removedSchema = z
  .strictObject({
    kind: z.enum(removedKinds),
    name: z.string().describe('What it was, such as `script`, `onclick`, `javascript:` or `strong in table`'),
    count: z.int().min(1),
  })
  .meta({ id: 'BodyRemoved', description: 'Something of the input that was removed or could not be kept' });
export type Removed = z.infer<typeof removedSchema>;
