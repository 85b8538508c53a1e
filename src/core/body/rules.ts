// The rules of body text that a shape alone cannot say: what marks may refer to, which keys must differ,
// which addresses and characters are allowed. They hold for what clients write and for what is stored.

import type { z } from 'zod';
import { normaliseEmbedUrl, normaliseLink, normaliseMediaUrl } from './urls.ts';

const decoratorNames = new Set(['strong', 'em', 'underline', 'strike-through', 'code', 'sub', 'sup']);

type Keyed = { _key?: string | undefined };
type TextBlockShape = {
  style: string;
  listItem?: string | undefined;
  level?: number | undefined;
  number?: string | undefined;
  children: readonly (Keyed & { marks: readonly string[] })[];
  markDefs: readonly { _key: string }[];
};

export const isSafeLink = (href: string): boolean => normaliseLink(href) === href;
export const isSafeMediaUrl = (url: string): boolean => normaliseMediaUrl(url) === url;
export const isSafeEmbedUrl = (url: string): boolean => normaliseEmbedUrl(url) === url;

/** Postgres stores no NUL, and half of a surrogate pair is no character. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

export function checkTextBlock(block: TextBlockShape, context: z.RefinementCtx): void {
  const refuse = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message, input: block });
  if (block.level !== undefined && block.listItem === undefined) refuse(['level'], 'Only a list item has a level');
  if (block.number !== undefined && !/^h[234]$/.test(block.style)) refuse(['number'], 'Only a heading has a number');
  const links = new Set<string>();
  for (const [index, { _key }] of block.markDefs.entries()) {
    if (links.has(_key)) refuse(['markDefs', index, '_key'], 'Two links of a block have the same key');
    if (decoratorNames.has(_key)) refuse(['markDefs', index, '_key'], 'The key of a link is the name of a decorator');
    links.add(_key);
  }
  for (const [index, span] of block.children.entries()) {
    const position = span.marks.findIndex((mark) => !decoratorNames.has(mark) && !links.has(mark));
    if (position >= 0) refuse(['children', index, 'marks', position], 'Neither a decorator nor a key in markDefs');
  }
}

/** Keys of blocks differ in the document, keys of spans within their block. */
export function checkBlockKeys(
  blocks: readonly (Keyed & { children?: readonly Keyed[] | undefined })[],
  context: z.RefinementCtx,
): void {
  const refuse = (path: (string | number)[]) =>
    context.addIssue({ code: 'custom', path, message: 'The key is taken', input: blocks });
  for (const index of findRepeated(blocks)) refuse([index, '_key']);
  for (const [index, block] of blocks.entries()) {
    for (const child of findRepeated(block.children ?? [])) refuse([index, 'children', child, '_key']);
  }
}

function findRepeated(things: readonly Keyed[]): number[] {
  const seen = new Set<string>();
  return things.flatMap(({ _key = '' }, index) => {
    const repeated = seen.has(_key);
    seen.add(_key);
    return repeated ? [index] : [];
  });
}
