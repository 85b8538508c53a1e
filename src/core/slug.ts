// Slugs: the readable name of a thing in an address. Made from a title or checked as given; never empty, never shaped
// like a UUID (an address takes an id or a slug in the same place), never a word that a route beside them uses.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { loadPinyin, spellSyllable } from './pinyin.ts';

export type SlugPolicy = 'pinyin' | 'unicode' | 'short-id';

export type SlugOptions = {
  /** A UUID or other unique text that a short id is derived from; without it the title itself is used. */
  seed?: string;
};

/** Longest generated slug, counted in UTF-16 units; an explicit one may have `explicitLengthMax`. */
export const generatedLengthMax = 80;
export const explicitLengthMax = 120;

/** Path segments that stand, or may come to stand, where an address takes `{idOrSlug}`. */
export const reservedSlugs: ReadonlySet<string> = new Set(
  `all batch by-external-id count draft drafts events export feed history ids import imports me new none null preview
  previews publish purge revisions search suggest trash tree undefined unpublish versions`.split(/\s+/),
);

// Both spellings that Postgres reads as a UUID.
const UUID_SHAPE = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/;
const WORD = '[\\p{Ll}\\p{Lo}\\p{Lm}\\p{Nd}][\\p{Ll}\\p{Lo}\\p{Lm}\\p{Nd}\\p{M}]*';
const WORDS = new RegExp(WORD, 'gu');
const SLUG_FORM = new RegExp(`^${WORD}(?:-${WORD})*$`, 'u');

/** An explicit slug, as a client writes it. */
export const slugSchema = z
  .string()
  .min(1, 'must not be empty')
  .max(explicitLengthMax, `must have at most ${explicitLengthMax} characters`)
  .regex(SLUG_FORM, 'must be lowercase letters and digits, joined by single hyphens inside')
  .refine((slug) => slug === slug.normalize('NFKC'), 'must be in Unicode normal form NFKC')
  .refine((slug) => !UUID_SHAPE.test(slug), 'must not look like a UUID')
  .refine((slug) => !reservedSlugs.has(slug), 'is a reserved word, since addresses use it; choose another')
  .meta({
    description: 'Lowercase letters and digits of any script, joined by single hyphens; no UUID, no reserved word.',
  });

/**
 * The slug for a text. `pinyin`: ASCII only, one syllable of Han text per part, other scripts than Latin are left out;
 * `unicode`: letters and digits of every script; `short-id`: twelve characters derived from the seed.
 */
export function makeSlug(text: string, policy: SlugPolicy, options: SlugOptions = {}): string {
  const made = joinWithin(splitters[policy](clip(text)), generatedLengthMax);
  const slug = made === '' ? makeShortId(options.seed ?? text) : made;
  return UUID_SHAPE.test(slug) || reservedSlugs.has(slug) ? withSuffix(slug, 2) : slug;
}

/** `slug-2`, the slug cut at a hyphen so that the whole stays within the limit of generated slugs. */
export function withSuffix(slug: string, n: number): string {
  if (!Number.isInteger(n) || n < 2 || n > 999_999_999) throw new RangeError('a suffix is a whole number from 2');
  const suffix = `-${n}`;
  return joinWithin(slug.split('-'), generatedLengthMax - suffix.length) + suffix;
}

/** What to try for a slug that nobody has: the base, then numbered, at last one that is nobody else's (`id` is unique). */
export function listSlugCandidates(base: string, id: string): string[] {
  const numbered = Array.from({ length: 49 }, (_, i) => withSuffix(base, i + 2));
  return [base, ...numbered, `${withSuffix(base, 51)}-${makeShortId(id)}`];
}

const splitters: Record<SlugPolicy, (text: string) => string[]> = {
  pinyin: splitPinyin,
  unicode: (text) => splitWords(text.normalize('NFKC').toLowerCase().normalize('NFKC')),
  'short-id': () => [],
};

/** Text beyond this cannot reach a slug of 80 unless it is mostly punctuation; the cut bounds the work on hostile input. */
function clip(text: string): string {
  return text.slice(0, 2000);
}

function splitWords(text: string): string[] {
  // An apostrophe belongs to its word: don't is dont, not don-t.
  return text.replace(/(?<=\p{L})['’](?=\p{L})/gu, '').match(WORDS) ?? [];
}

function splitPinyin(text: string): string[] {
  const read = loadPinyin();
  const normal = text.normalize('NFKC');
  let spelled = '';
  for (const { origin, pinyin, isZh } of read(normal, { toneType: 'none', type: 'all', v: true, toneSandhi: false })) {
    spelled += isZh ? ` ${spellSyllable(pinyin)} ` : origin;
  }
  return splitWords(toAscii(spelled.toLowerCase()));
}

const LATIN_SPELLINGS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
  ħ: 'h',
};

function toAscii(text: string): string {
  const spelled = text.replaceAll('’', "'").replace(/[ßæœøđðłþıħ]/g, (letter) => LATIN_SPELLINGS[letter]!);
  return spelled
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9']+/g, ' ');
}

/** Joins parts with hyphens up to a length; a first part that is too long alone is cut between words or graphemes. */
function joinWithin(parts: readonly string[], lengthMax: number): string {
  let joined = '';
  for (const part of parts) {
    const next = joined === '' ? part : `${joined}-${part}`;
    if (next.length > lengthMax) {
      const room = lengthMax - (joined === '' ? 0 : joined.length + 1);
      const words = takeSegments(part, room, 'word');
      if (words !== '') return joined === '' ? words : `${joined}-${words}`;
      return joined === '' ? takeSegments(part, lengthMax, 'grapheme') : joined;
    }
    joined = next;
  }
  return joined;
}

/** The longest beginning of a part that is made of whole segments and fits. */
function takeSegments(part: string, lengthMax: number, granularity: 'word' | 'grapheme'): string {
  let taken = '';
  for (const { segment } of new Intl.Segmenter('zh', { granularity }).segment(part)) {
    if (taken.length + segment.length > lengthMax) break;
    taken += segment;
  }
  return taken;
}

const ID_LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';

/** Twelve base-32 letters (60 bits) of a hash, so that ids made in the same millisecond do not look alike. */
function makeShortId(seed: string): string {
  const digest = createHash('sha256').update(seed).digest();
  return Array.from(digest.subarray(0, 12), (byte) => ID_LETTERS[byte % 32]).join('');
}
