// Reads body text in any of its forms into blocks. What comes out always fits the stored schema; what cannot be read
// is refused with `body.invalid`, what was taken away is reported.

import { Problem, problem } from '../problems.ts';
import { buildBlocks } from './draft.ts';
import { bodyProblem } from './faults.ts';
import { readBlocks } from './read-blocks.ts';
import { readHtml } from './read-html.ts';
import { readMarkdown } from './read-markdown.ts';
import { readText } from './read-text.ts';
import { createReport, type Report } from './report.ts';
import {
  type Blocks,
  type BodyFormat,
  type BodyInput,
  blocksSchema,
  bodyFormats,
  bodyInputSchema,
  type Removed,
} from './schema.ts';

/** Deterministic: the same input gives the same blocks, keys included. Throws only Problem `body.invalid`. */
export async function parseBody(input: BodyInput): Promise<{ blocks: Blocks; removed: Removed[] }> {
  const format = bodyFormats.find((each) => input[each] !== undefined) ?? 'blocks';
  const checked = bodyInputSchema.safeParse(input);
  if (!checked.success) throw refuse(format, checked.error.issues[0]);
  const report = createReport();
  const found = blocksSchema.safeParse(await readAs(checked.data, format, report));
  if (!found.success) throw refuse(format, found.error.issues[0]);
  return { blocks: found.data, removed: report.list() };
}

async function readAs(input: BodyInput, format: BodyFormat, report: Report): Promise<Blocks> {
  try {
    if (input.blocks !== undefined) return readBlocks(input.blocks, report);
    if (input.html !== undefined) return buildBlocks(await readHtml(input.html, 'html', report));
    if (input.markdown !== undefined) return buildBlocks(await readMarkdown(input.markdown, report));
    return buildBlocks(readText(input.text ?? ''));
  } catch (cause) {
    // A parser that gives up on hostile input is the client's fault to mend, not ours to crash on.
    if (cause instanceof Problem) throw cause;
    const { detail, errors } = bodyProblem(format, 'unreadable', `The ${format} cannot be read`);
    throw problem('body.invalid', { detail, errors, cause });
  }
}

type Issue = { readonly path: readonly PropertyKey[]; readonly code?: string | undefined; readonly message: string };

// For blocks the path says where the client's fault is; for other forms it points into blocks the client never saw.
function refuse(format: BodyFormat, issue: Issue | undefined): Problem {
  if (issue === undefined) return bodyProblem(format, 'invalid', 'The body cannot be read');
  const path = issue.path[0] === format ? issue.path.slice(1) : issue.path;
  const where =
    format === 'blocks' || path.length === 0 ? '' : ` (block ${String(path[0])}, ${path.slice(1).join('.')})`;
  return bodyProblem(format, issue.code ?? 'invalid', `${issue.message}${where}`, format === 'blocks' ? path : []);
}
