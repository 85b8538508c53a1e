// What changed between two texts, character by character, as it reads: the parts put together without those that were
// removed are the new text, without those that were added the old one.
import { splitCharacters } from './characters.ts';
import { type Effort, spend } from './effort.ts';
import { compareSequences, pick } from './sequences.ts';

export const textPartTypes = ['same', 'removed', 'added'] as const;
export type TextPart = { readonly type: (typeof textPartTypes)[number]; readonly text: string };

// Measured: splitting a text costs as much for each of its code units.
const unitsPerCodeUnit = 4;

export function diffText(before: string, after: string, effort: Effort): TextPart[] {
  if (before === after) return listParts([part('same', before)]);
  if (!spend(effort, (before.length + after.length) * unitsPerCodeUnit)) {
    return listParts([part('removed', before), part('added', after)]);
  }
  const [old, fresh] = [splitCharacters(before), splitCharacters(after)];
  const parts = compareSequences(old, fresh, effort).flatMap(({ isSame, before: left, after: right }) =>
    isSame
      ? [part('same', pick(fresh, right).join(''))]
      : [part('removed', pick(old, left).join('')), part('added', pick(fresh, right).join(''))],
  );
  return listParts(parts);
}

const part = (type: TextPart['type'], text: string): TextPart => ({ type, text });
const listParts = (parts: readonly TextPart[]) => parts.filter(({ text }) => text !== '');
