// A text in the form in which it is searched, and the ways between both. They take ten times as long to make as the form
// itself, so they are made only where something is shown.
import { fold, foldWithOffsets } from '../analysis/fold.ts';

export type Stretch = { readonly start: number; readonly end: number };

export type Folding = {
  readonly folded: string;
  /** What was written where a stretch of `folded` stands. A sign that became several units, such as ㈱, is in it whole. */
  toWritten(stretch: Stretch): Stretch;
  /** The stretch of `folded` that begins and ends where characters of the text do. */
  toFolded(stretch: Stretch): Stretch;
};

// Of some hundred characters, up to a blank or a sign, or else to where a Han character begins: neither is folded in
// another way by what comes after it.
const pieces = /[\s\S]{200}(?:[\s\S]{0,200}?[\s\p{P}](?=[\p{L}\p{N}\p{S}])|[\s\S]{0,200}?(?=\p{Script=Han}))|[\s\S]+/gu;

type Piece = { readonly text: string; readonly start: number; readonly at: number; offsets?: Uint32Array };

export function openFolding(text: string): Folding {
  const found: Piece[] = [];
  let folded = '';
  for (const { 0: piece, index } of text.matchAll(pieces)) {
    found.push({ text: piece, start: index, at: folded.length });
    folded += fold(piece);
  }
  const toFolded = (place: number) => {
    const piece = lastOf(found, ({ start }) => start <= place);
    return piece === undefined ? 0 : piece.at + offsetsOf(piece).findIndex((offset) => offset >= place - piece.start);
  };
  return {
    folded,
    toWritten({ start, end }) {
      const first = lastOf(found, ({ at }) => at <= start)!;
      const last = lastOf(found, ({ at }) => at < end)!;
      return {
        start: first.start + offsetsOf(first)[start - first.at]!,
        end: last.start + endOf(offsetsOf(last), end - last.at),
      };
    },
    toFolded: ({ start, end }) => ({ start: toFolded(start), end: toFolded(end) }),
  };
}

function offsetsOf(piece: Piece): Uint32Array {
  piece.offsets ??= foldWithOffsets(piece.text).offsets;
  return piece.offsets;
}

function endOf(offsets: Uint32Array, end: number): number {
  let at = end;
  while (at < offsets.length - 1 && offsets[at] === offsets[end - 1]) at += 1;
  return offsets[at]!;
}

/** Of pieces in their order: the last that fits, as all before it do. */
function lastOf(found: readonly Piece[], fits: (piece: Piece) => boolean): Piece | undefined {
  let [low, high] = [0, found.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(found[middle]!)) low = middle + 1;
    else high = middle;
  }
  return found[low - 1];
}
