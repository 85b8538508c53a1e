// The schemas of a record noun, made from what is its own: what a client writes, changes and reads.
import { z } from 'zod';
import { slugSchema } from '../../core/slug.ts';
import { text } from '../http/parameters.ts';

export const textInput = (lengthMax: number) => text(lengthMax).nullable().optional();
/** http or https only: the value ends up in a reader's browser. */
export const urlInput = z
  .url({ protocol: /^https?$/, message: 'must be an http or https address' })
  .max(2000)
  .nullable()
  .optional();

const name = text(200).describe('As it is shown.');
const externalId = textInput(200).describe('The id in another system; unique.');

export const identityView = { id: z.uuid(), slug: z.string(), name: z.string() };

const draftView = {
  externalId: z.string().nullable(),
  revision: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  trashedAt: z.iso.datetime().nullable(),
};

type Own<I extends z.ZodRawShape, V extends Record<string, z.ZodType>> = {
  /** The fields that clients write, beside name, slug and externalId. */
  readonly input: I;
  /** The same fields in a patch, where they differ: without defaults, and optional. */
  readonly patch?: z.ZodRawShape;
  /** The fields that clients read, beside id, slug and name. */
  readonly view: V;
  /** Further query parameters of the list. */
  readonly filters?: Readonly<Record<string, z.ZodType>>;
};

/** `id`: the name in the API description; `what`: what it is, for people. */
export function defineRecordSchemas<I extends z.ZodRawShape, V extends Record<string, z.ZodType>>(
  id: string,
  what: string,
  own: Own<I, V>,
) {
  const slug = slugSchema.optional();
  const view = { ...identityView, ...own.view };
  const draft = { ...view, ...draftView };
  return {
    input: z
      .strictObject({ name, slug: slug.describe('Absent: made from the name.'), externalId, ...own.input })
      .meta({ id: `${id}Write`, description: `${what}, as a client writes it.` }),
    patch: z
      .strictObject({ name: name.optional(), slug, externalId, ...(own.patch ?? own.input) })
      .meta({ id: `${id}Patch`, description: `What to change; null clears, where there is a "none".` }),
    view: sparse(view).meta({ id, description: `${what}, as the public reads it.` }),
    draft: sparse(draft).meta({ id: `${id}Draft`, description: `${what}, as editors read it.` }),
    written: z.object(draft).meta({ id: `${id}Written`, description: `${what}, after a write.` }),
    fields: Object.keys(draft) as [string, ...string[]],
    publicFields: Object.keys(view) as (keyof typeof identityView | (keyof V & string))[],
    filters: own.filters ?? {},
  };
}

/** What a read answers with: `fields` chooses the parts; the id is always there. */
function sparse({ id, ...rest }: { id: z.ZodType } & Record<string, z.ZodType>) {
  return z.object({ id, ...z.object(rest).partial().shape });
}
