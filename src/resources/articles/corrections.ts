// What a correction makes of an article's contents: of the one that the public reads, and of the working copy.
import type { Blocks } from '../../core/body/schema.ts';
import { type Problem, problem, refuse } from '../../core/problems.ts';
import type { SlugPolicy } from '../../core/slug.ts';
import { requireSection } from '../../platform/auth/principal.ts';
import type { Tx } from '../../platform/db/db.ts';
import type { EventDraft } from '../../platform/events/record.ts';
import { applyChanges } from './changes.ts';
import { type ArticleContent, listChangedFields } from './content.ts';
import type { LockedArticle } from './lock.ts';
import { resolveReferences } from './references.ts';
import type { CorrectInput } from './schemas.ts';
import { ensureTags } from './tags.ts';
import { findVersion } from './versions.ts';

export type Correction = {
  /** The live content with the changes. */
  readonly corrected: ArticleContent;
  /** The working copy with the same changes. */
  readonly working: ArticleContent;
  /** The names of the fields that the public reads otherwise now. */
  readonly fields: readonly string[];
  /** Of tags that were made on the way. */
  readonly events: readonly EventDraft[];
};

type Sent = {
  readonly changes: CorrectInput['changes'];
  readonly blocks: Blocks | undefined;
  readonly policy: SlugPolicy;
};

export async function correctContents(
  tx: Tx,
  { head, act, content: before }: LockedArticle,
  liveVersion: number,
  { changes, blocks, policy }: Sent,
): Promise<Correction> {
  const live = (await findVersion(tx, head.id, liveVersion))!.content;
  const found = await resolveReferences(tx, act.principal, changes, act.now);
  const { references, events } = await ensureTags(tx, act, changes.tags ?? [], found, policy);
  const apply = (content: ArticleContent) => applyChanges(content, changes, references, blocks);
  const corrected = apply(live);
  const fields = listChangedFields(live, corrected);
  if (fields.length === 0) throw refuse('', 'The public reads it like this already: nothing would change.');
  const { section } = corrected;
  if (section !== live.section) {
    requireSection(act.principal, section === null ? [] : (references.sections.get(section)?.path ?? []));
  }
  refuseCollisions(Object.keys(changes), live, before, corrected);
  return { corrected, working: apply(before), fields, events };
}

/** A field that the newsroom has changed otherwise since would lose one of the two changes. */
function refuseCollisions(
  names: readonly string[],
  live: ArticleContent,
  before: ArticleContent,
  corrected: ArticleContent,
): void {
  const ahead = listChangedFields(live, before);
  const otherwise = listChangedFields(corrected, before);
  const collisions = names.filter((name) => ahead.includes(name) && otherwise.includes(name));
  if (collisions.length > 0) throw collisionProblem(collisions);
}

function collisionProblem(names: readonly string[]): Problem {
  const message = 'The working copy has another change of this field that is not public.';
  return problem('article.correction_conflict', {
    detail: `The working copy has other changes that are not public in: ${names.join(', ')}.`,
    errors: names.map((name) => ({ pointer: `/${name}`, code: 'correction_conflict', message })),
  });
}
