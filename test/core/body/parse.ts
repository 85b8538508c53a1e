// Short ways to the two functions under test.

import { parseBody } from '../../../src/core/body/read.ts';
import { renderBody } from '../../../src/core/body/render.ts';
import type { Block, BodyInput, Removed } from '../../../src/core/body/schema.ts';
import { Problem } from '../../../src/core/problems.ts';

export async function blocksOf(body: BodyInput): Promise<Block[]> {
  return (await parseBody(body)).blocks;
}

export async function removedOf(body: BodyInput): Promise<Removed[]> {
  return (await parseBody(body)).removed;
}

export async function htmlOf(body: BodyInput): Promise<string> {
  return renderBody(await blocksOf(body), 'html').html;
}

export async function markdownOf(body: BodyInput): Promise<string> {
  return renderBody(await blocksOf(body), 'markdown').markdown;
}

export async function textOf(body: BodyInput): Promise<string> {
  return renderBody(await blocksOf(body), 'text').text;
}

/** What reading threw; fails where it threw nothing or something without a type. */
export async function problemOf(body: BodyInput): Promise<Problem> {
  const thrown: unknown = await parseBody(body).then(
    () => new Error('was read'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof Problem)) throw thrown;
  return thrown;
}

/** Blocks without keys, for comparing what they say. */
export function withoutKeys(blocks: readonly Block[]): unknown {
  return JSON.parse(JSON.stringify(blocks, (name, value: unknown) => (name === '_key' ? undefined : value)));
}
