// One form of a text for everything that is compared: width, case and script (Traditional to Simplified) do not count.
// Words and exact phrases are looked for in this form; the offsets lead back to what was written.
import { createRequire } from 'node:module';

// What is no text (control characters, halves of surrogate pairs) parts words like a blank; what only shapes text (soft
// hyphens, zero-width blanks) parts nothing.
const unreadable = /[\p{Cc}\p{Cs}]/gu;
const invisible = /\p{Cf}/gu;
// Unicode's stream-safe format (UAX 15): to sort endless marks takes the square of their number.
const marksBeyond = /(?<=\p{M}{30})\p{M}+/gu;
const blanks = /\s+/gu;

export function fold(text: string): string {
  return toSimplified(normalise(text)).replace(blanks, ' ');
}

/** Without the blanks beside Han characters, which say nothing; for exact phrases. */
export const closeUp = (folded: string) => folded.replace(/(?<=\p{Script=Han}) | (?=\p{Script=Han})/gu, '');

export type Folded = {
  readonly folded: string;
  /** Where in the text what became a unit of `folded` begins, and at last where the text ends; equal for units of one sign. */
  readonly offsets: Uint32Array;
};

/** Some ten times as slow as `fold`, with the same result. */
export function foldWithOffsets(text: string): Folded {
  const normalised: string[] = [];
  const starts: number[] = [];
  for (const { 0: piece, index } of text.matchAll(pieces)) {
    const normal = normalise(piece);
    normalised.push(normal);
    for (let n = 0; n < normal.length; n += 1) starts.push(index);
  }
  return mapCharacters(normalised.join(''), starts, text.length);
}

/** What joins the character before it when normalised: marks, parts of Hangul syllables, and what is left out. */
const joining =
  '\\p{M}\\p{Cf}\\u0e33\\u0eb3\\u1160-\\u11ff\\u3130-\\u318f\\ud7b0-\\ud7ff\\uff9e-\\uffdc\\u{16d63}-\\u{16d6a}';
/** A text may be normalised as a whole or in these pieces. */
const pieces = new RegExp(`[^${joining}][${joining}]*|[${joining}]+`, 'gu');

/** Lower case may undo the normal form; at the end of a word a sigma is one like others. */
function normalise(text: string): string {
  const readable = text.replace(unreadable, ' ').replace(invisible, '').replace(marksBeyond, '');
  return readable.normalize('NFKC').toLowerCase().normalize('NFKC').replaceAll('ς', 'σ').replace(/[‘’ʼ]/g, "'");
}

/** Simplified text has a character for each character, though not always one of the same length. */
function mapCharacters(normalised: string, starts: readonly number[], end: number): Folded {
  const simplified = toSimplified(normalised);
  const offsets = new Uint32Array(simplified.length + 1);
  let folded = '';
  let from = 0;
  const characters = normalised[Symbol.iterator]();
  let wasBlank = false;
  for (const character of simplified) {
    const isNow = isBlank.test(character);
    if (!isNow || !wasBlank) {
      offsets.fill(starts[from]!, folded.length, folded.length + character.length);
      folded += isNow ? ' ' : character;
    }
    wasBlank = isNow;
    from += characters.next().value!.length;
  }
  offsets[folded.length] = end;
  return { folded, offsets: offsets.slice(0, folded.length + 1) };
}

const isBlank = /^\s$/u;

type Conversion = typeof import('opencc-js/t2cn');
let convert: ((text: string) => string) | undefined;

/** The dictionary takes 20 ms, which no process should pay at start-up. */
function toSimplified(text: string): string {
  if (convert === undefined) {
    const { Converter }: Conversion = createRequire(import.meta.url)('opencc-js/t2cn');
    convert = Converter({ from: 't', to: 'cn' });
  }
  return convert!(text);
}
