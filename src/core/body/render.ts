// Writes blocks in the form that was asked for, as an object keyed by that form, so that it can be written back. Pure
// and synchronous; loads no library.

import { renderHtml } from './render-html.ts';
import { renderMarkdown } from './render-markdown.ts';
import { renderText } from './render-text.ts';
import type { Blocks, BodyFormat, BodyOutput } from './schema.ts';

const renderers: Record<BodyFormat, (blocks: Blocks) => BodyOutput> = {
  blocks: (blocks) => ({ blocks }),
  html: (blocks) => ({ html: renderHtml(blocks) }),
  markdown: (blocks) => ({ markdown: renderMarkdown(blocks) }),
  text: (blocks) => ({ text: renderText(blocks) }),
};

/** Change it whenever the same blocks would print differently: kept renderings are told apart by it. */
export const rendererVersion = 1;

export function renderBody(blocks: Blocks, format: 'blocks'): { blocks: Blocks };
export function renderBody(blocks: Blocks, format: 'html'): { html: string };
export function renderBody(blocks: Blocks, format: 'markdown'): { markdown: string };
export function renderBody(blocks: Blocks, format: 'text'): { text: string };
export function renderBody(blocks: Blocks, format: BodyFormat): BodyOutput;
export function renderBody(blocks: Blocks, format: BodyFormat): BodyOutput {
  return renderers[format](blocks);
}
