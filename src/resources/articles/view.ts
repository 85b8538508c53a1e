// From a row to the answer's text: the body is rendered in the form asked for, and sparse fields are picked.
import { renderBody } from '../../core/body/render.ts';
import type { Blocks, BodyFormat } from '../../core/body/schema.ts';
import { pickFields } from '../../platform/http/listing.ts';
import type { ArticleRow } from './queries/one.ts';

export type Shape = { readonly body: BodyFormat | 'none'; readonly fields?: readonly string[] };

/** Whether the body has to be read at all. */
export function wantsBody({ body, fields }: Shape): boolean {
  return body !== 'none' && (fields === undefined || fields.includes('body'));
}

/** The JSON text of an article. What the database built is passed through unless something must be taken out. */
export function printArticle(row: ArticleRow, shape: Shape, extra: Readonly<Record<string, unknown>> = {}): string {
  const text =
    shape.fields === undefined ? row.json : JSON.stringify(pickFields(JSON.parse(row.json) as object, shape.fields));
  const members = [
    printBody(row.blocks, shape),
    ...Object.entries(extra).map(([name, value]) => `"${name}":${JSON.stringify(value)}`),
  ];
  const added = members.filter((member) => member !== null);
  return added.length === 0 ? text : `${text.slice(0, text.lastIndexOf('}'))},${added.join(',')}}`;
}

function printBody(blocks: string | null, shape: Shape): string | null {
  if (blocks === null || shape.body === 'none' || !wantsBody(shape)) return null;
  if (shape.body === 'blocks') return `"body":{"blocks":${blocks}}`;
  return `"body":${JSON.stringify(renderBody(JSON.parse(blocks) as Blocks, shape.body))}`;
}
