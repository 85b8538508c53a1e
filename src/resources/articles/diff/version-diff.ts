// What changed from one version of an article to another: field by field as they are shown, and the body by blocks.
import type { Blocks } from '../../../core/body/schema.ts';
import { diffBlocks } from '../../../core/diff/blocks.ts';
import { canonicalJson } from '../../../core/hash.ts';
import type { VersionRow } from '../queries/versions.ts';
import { comparedFields } from '../version-schemas.ts';

type Shown = Readonly<Record<string, unknown>>;

/** Both rows with their bodies. What the reader may not see is in neither, and so in no difference. */
export function diffVersions(from: VersionRow, to: VersionRow): Record<string, unknown> {
  const [before, after] = [JSON.parse(from.json) as Shown, JSON.parse(to.json) as Shown];
  const fields = comparedFields
    .filter((field) => canonicalJson(before[field]) !== canonicalJson(after[field]))
    .map((field) => ({ field, before: before[field], after: after[field] }));
  return {
    id: after.id,
    from: describeSide(before),
    to: describeSide(after),
    fields,
    body: diffBlocks(readBlocks(from), readBlocks(to)),
  };
}

const readBlocks = ({ blocks }: VersionRow) => JSON.parse(blocks ?? '[]') as Blocks;

const describeSide = ({ number, createdAt, createdBy, note, hash }: Shown) => ({
  number,
  createdAt,
  createdBy,
  note,
  hash,
});
