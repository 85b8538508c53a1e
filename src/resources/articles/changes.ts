// Applies what a client wrote to a content: JSON Merge Patch over the fields, with names resolved and body text read.
import { parseBody } from '../../core/body/read.ts';
import type { Blocks, Removed } from '../../core/body/schema.ts';
import { isJsonObject, mergePatch } from '../../core/merge-patch.ts';
import { refuse } from '../../core/problems.ts';
import { type ArticleContent, type Credit, mapPlain } from './content.ts';
import { createLookup, type References } from './references.ts';
import { type ArticlePatch, type CreditInput, coverSchema, metadataSchema } from './schemas.ts';
import type { Warning } from './view-schemas.ts';

export type ReadBody = { readonly blocks: Blocks | undefined; readonly warnings: readonly Warning[] };

/** Reading a body can take long, so it happens before the transaction begins. */
export async function readBody(body: ArticlePatch['body']): Promise<ReadBody> {
  if (body === undefined) return { blocks: undefined, warnings: [] };
  if (body === null) return { blocks: [], warnings: [] };
  const { blocks, removed } = await parseBody(body);
  return { blocks, warnings: removed.map(describeRemoved) };
}

function describeRemoved({ kind, name, count }: Removed): Warning {
  const times = count === 1 ? '' : ` (${count} times)`;
  return {
    code: 'body.removed',
    pointer: '/body',
    message: `Removed ${kind} "${name}"${times}: it is not allowed in body text.`,
  };
}

const kept = <T>(value: T | undefined, before: T): T => (value === undefined ? before : value);

export function applyChanges(
  before: ArticleContent,
  patch: ArticlePatch,
  references: References,
  blocks: Blocks | undefined,
): ArticleContent {
  const lookup = createLookup();
  const pickId = (known: ReadonlyMap<string, { id: string }>, name: string, pointer: string, noun: string) =>
    lookup.pick(known, name, pointer, noun)?.id ?? null;
  const one = (
    name: string | null | undefined,
    old: string | null,
    known: ReadonlyMap<string, { id: string }>,
    noun: string,
  ) => (name === undefined ? old : name === null ? null : pickId(known, name, `/${noun}`, noun));
  const many = (
    names: readonly string[] | null | undefined,
    old: readonly string[],
    known: ReadonlyMap<string, { id: string }>,
    field: string,
    noun: string,
  ) =>
    names === undefined
      ? old
      : unique((names ?? []).map((name, i) => pickId(known, name, `/${field}/${i}`, noun) ?? ''));
  const content: ArticleContent = {
    ...mapPlain((field) => kept<unknown>(patch[field], before[field])),
    body: kept(blocks, before.body),
    section: one(patch.section, before.section, references.sections, 'section'),
    source: one(patch.source, before.source, references.sources, 'source'),
    credits:
      patch.credits === undefined
        ? before.credits
        : (patch.credits ?? []).map((credit, i) => toCredit(credit, i, pickId, references)),
    tags: many(patch.tags, before.tags, references.tags, 'tags', 'tag'),
    cover: mergeCover(before.cover, patch.cover),
    related: many(patch.related, before.related, references.related, 'related', 'article'),
    seo: mergeObject(before.seo, patch.seo),
    metadata: mergeMetadata(before.metadata, patch.metadata),
  };
  lookup.settle();
  return content;
}

type PickId = (
  known: ReadonlyMap<string, { id: string }>,
  name: string,
  pointer: string,
  noun: string,
) => string | null;

function toCredit(credit: CreditInput, index: number, pickId: PickId, { editors }: References): Credit {
  const editorId =
    credit.editor === undefined ? null : pickId(editors, credit.editor, `/credits/${index}/editor`, 'editor');
  return { role: credit.role, editorId, name: credit.name ?? null };
}

const unique = (ids: readonly string[]) => [...new Set(ids)];

type Loose = Readonly<Record<string, unknown>>;

/** null clears the whole; inside, null clears a member; an object that ends up empty is none. */
function mergeObject(before: Loose | null, patch: object | null | undefined): Loose | null {
  if (patch === undefined) return before;
  const merged = patch === null ? null : mergePatch(before, patch);
  return isJsonObject(merged) && Object.keys(merged).length > 0 ? merged : null;
}

function mergeCover(before: Loose | null, patch: object | null | undefined): Loose | null {
  const merged = mergeObject(before, patch);
  if (merged !== null && !coverSchema.safeParse(merged).success) {
    throw refuse('/cover/url', 'A cover needs a url.');
  }
  return merged;
}

function mergeMetadata(before: Loose, patch: object | null | undefined): Loose {
  const merged = mergeObject(before, patch) ?? {};
  if (!metadataSchema.safeParse(merged).success) throw refuse('/metadata', 'The metadata would become too large.');
  return merged;
}
