// A text as the characters that a reader sees (grapheme clusters, Unicode UAX #29): never half of a surrogate pair, never
// a letter without its accent or an emoji without its skin tone.

// Characters that stand alone unless one of the others follows. Nearly all of Chinese and English text, and found fast:
// Intl.Segmenter takes longer than linear time for a long text.
const alone =
  String.raw`\n\t\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u03ff\u0400-\u0481\u048a-\u052f\u1e00-\u1fff\u2010-\u2027` +
  String.raw`\u3000-\u3029\u3031-\u3096\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff9d\u{20000}-\u{3fffd}`;
const simpleText = new RegExp(`^[${alone}]*$`, 'u');
const pieces = new RegExp(`[${alone}]?[^${alone}]+|[${alone}]`, 'gu');

// Short enough for the segmenter to be fast, far longer than any character.
const windowLength = 256;
const segmenter = new Intl.Segmenter('zh', { granularity: 'grapheme' });

export function splitCharacters(text: string): string[] {
  if (simpleText.test(text)) return Array.from(text);
  return (text.match(pieces) ?? []).flatMap((piece) => (piece.length === 1 ? piece : segment(piece)));
}

function segment(text: string): string[] {
  const characters: string[] = [];
  let at = 0;
  while (at < text.length) {
    const found = Array.from(segmenter.segment(takeWindow(text, at)), ({ segment: character }) => character);
    const reached = at + found.reduce((sum, character) => sum + character.length, 0);
    // The last one may go on behind the window.
    if (reached < text.length && found.length > 1) found.pop();
    for (const character of found) at += character.length;
    characters.push(...found);
  }
  return characters;
}

function takeWindow(text: string, at: number): string {
  const end = at + windowLength;
  const cutsPair = /[\ud800-\udbff]/.test(text.charAt(end - 1)) && end < text.length;
  return text.slice(at, cutsPair ? end + 1 : end);
}
