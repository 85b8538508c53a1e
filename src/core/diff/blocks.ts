// What changed between two bodies: block by block, and inside a block that changed character by character. Keys count
// for nothing, since they are made anew whenever a body is written as text.
import type { Block, Blocks } from '../body/schema.ts';
import { describeBlock, listChangedFields, textOfBlock } from './block-form.ts';
import { createEffort, type Effort } from './effort.ts';
import { alignSequences, compareSequences, listIndexes, pick, type Stretch } from './sequences.ts';
import { createSimilarity } from './similarity.ts';
import { diffText, type TextPart } from './text.ts';

export type Place = { readonly index: number; readonly block: Block };
export type BlockChange =
  | { readonly type: 'added'; readonly after: Place }
  | { readonly type: 'removed'; readonly before: Place }
  | { readonly type: 'moved'; readonly before: Place; readonly after: Place }
  | {
      readonly type: 'changed';
      readonly before: Place;
      readonly after: Place;
      readonly fields: readonly string[];
      /** Null: the text is the same. */
      readonly text: readonly TextPart[] | null;
    };

export type BodyDiff = Readonly<Record<'same' | 'added' | 'removed' | 'moved' | 'changed', number>> & {
  /** Whether something is shown as replaced that was not looked at closely, since the two are too different. */
  readonly truncated: boolean;
  readonly changes: readonly BlockChange[];
};

export function diffBlocks(before: Blocks, after: Blocks, effort: Effort = createEffort()): BodyDiff {
  const forms = numberForms(before, after);
  const stretches = compareSequences(forms.before, forms.after, effort);
  const moves = findMoves(forms, stretches);
  const isSimilar = createSimilarity(before, after, effort);
  const comparison: Work = { before, after, moves, isSimilar, effort };
  const changes = stretches.filter(({ isSame }) => !isSame).flatMap((stretch) => compareStretch(comparison, stretch));
  const count = (type: BlockChange['type']) => changes.filter((change) => change.type === type).length;
  const same = stretches.reduce((sum, { isSame, before: { from, to } }) => sum + (isSame ? to - from : 0), 0);
  return {
    same,
    added: count('added'),
    removed: count('removed'),
    moved: count('moved'),
    changed: count('changed'),
    truncated: effort.isShort,
    changes,
  };
}

type Work = {
  readonly before: Blocks;
  readonly after: Blocks;
  readonly moves: Moves;
  readonly isSimilar: (before: number, after: number) => boolean;
  readonly effort: Effort;
};

type Forms = { readonly before: readonly number[]; readonly after: readonly number[] };

/** Equal blocks get equal numbers. */
function numberForms(before: Blocks, after: Blocks): Forms {
  const numbers = new Map<string, number>();
  const numberOf = (block: Block) => {
    const form = describeBlock(block);
    const number = numbers.get(form) ?? numbers.size;
    numbers.set(form, number);
    return number;
  };
  return { before: before.map(numberOf), after: after.map(numberOf) };
}

/** Where a block that was moved is now, and where it came from. */
type Moves = { readonly to: ReadonlyMap<number, number>; readonly from: ReadonlyMap<number, number> };

function findMoves(forms: Forms, stretches: readonly Stretch[]): Moves {
  const changed = stretches.filter(({ isSame }) => !isSame);
  const left = new Map<number, number[]>();
  for (const { before } of changed) {
    for (let index = before.from; index < before.to; index += 1) {
      const form = forms.before[index]!;
      const indexes = left.get(form) ?? [];
      indexes.push(index);
      left.set(form, indexes);
    }
  }
  const moves = { to: new Map<number, number>(), from: new Map<number, number>() };
  for (const { after } of changed) {
    for (let index = after.from; index < after.to; index += 1) {
      const origin = left.get(forms.after[index]!)?.shift();
      if (origin === undefined) continue;
      moves.to.set(origin, index);
      moves.from.set(index, origin);
    }
  }
  return moves;
}

/** Pairs what was removed with what was added in its place, where the two are similar. */
function compareStretch(work: Work, stretch: Stretch): BlockChange[] {
  const { before, moves, effort } = work;
  const [old, fresh] = [listIndexes(stretch.before), listIndexes(stretch.after)];
  const isPair = (left: number, right: number) =>
    !moves.to.has(left) && !moves.from.has(right) && work.isSimilar(left, right);
  return alignSequences(old, fresh, effort, isPair).flatMap((each) => {
    const [removed, added] = [pick(old, each.before), pick(fresh, each.after)];
    if (each.isSame) return removed.map((index, i) => describeChanged(work, index, added[i]!));
    return [
      ...removed.flatMap((index): BlockChange[] =>
        moves.to.has(index) ? [] : [{ type: 'removed', before: { index, block: before[index]! } }],
      ),
      ...added.map((index): BlockChange => describeAdded(work, index)),
    ];
  });
}

function describeAdded({ before, after, moves }: Work, index: number): BlockChange {
  const origin = moves.from.get(index);
  const place = { index, block: after[index]! };
  if (origin === undefined) return { type: 'added', after: place };
  return { type: 'moved', before: { index: origin, block: before[origin]! }, after: place };
}

function describeChanged(work: Work, left: number, right: number): BlockChange {
  const [old, fresh] = [work.before[left]!, work.after[right]!];
  const [oldText, freshText] = [textOfBlock(old), textOfBlock(fresh)];
  return {
    type: 'changed',
    before: { index: left, block: old },
    after: { index: right, block: fresh },
    fields: listChangedFields(old, fresh),
    text: oldText === freshText ? null : diffText(oldText, freshText, work.effort),
  };
}
