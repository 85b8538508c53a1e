// Differences between texts: exact, whole characters, and bounded work.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitCharacters } from '../../../src/core/diff/characters.ts';
import { createEffort } from '../../../src/core/diff/effort.ts';
import { diffText, type TextPart } from '../../../src/core/diff/text.ts';

const diff = (before: string, after: string) => diffText(before, after, createEffort());
const without = (parts: readonly TextPart[], type: TextPart['type']) =>
  parts
    .filter((part) => part.type !== type)
    .map(({ text }) => text)
    .join('');

describe('the characters of a text', () => {
  it.each([
    ['Chinese', '青岛,开', ['青', '岛', ',', '开']],
    ['beyond the first plane', '𠮷野家', ['𠮷', '野', '家']],
    ['with an accent of its own', 'e\u0301a', ['e\u0301', 'a']],
    ['with a variant of its glyph', '葛\u{E0100}城', ['葛\u{E0100}', '城']],
    ['a family', 'a👩‍👩‍👧b', ['a', '👩‍👩‍👧', 'b']],
    ['a skin tone', '👍🏽👍', ['👍🏽', '👍']],
    ['flags', '🇨🇳🇯🇵', ['🇨🇳', '🇯🇵']],
    ['Hangul in parts', '\u1112\u1161\u11ab국', ['\u1112\u1161\u11ab', '국']],
    ['lines', '一\n二', ['一', '\n', '二']],
    ['nothing', '', []],
  ])('%s are whole', (_name, text, characters) => {
    expect(splitCharacters(text)).toEqual(characters);
  });

  it('are those of the Unicode standard, wherever a long text is cut', () => {
    const segmenter = new Intl.Segmenter('zh', { granularity: 'grapheme' });
    const unit = fc.constantFrom('青', 'a', ' ', 'e\u0301', '𠮷', '葛\u{E0100}', '👩‍👩‍👧', '👍🏽', '🇨🇳', 'ก็', '❤️', '1️⃣');
    const long = fc.array(unit, { minLength: 0, maxLength: 120 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(long, (text) => {
        const expected = Array.from(segmenter.segment(text), ({ segment }) => segment);
        expect(splitCharacters(text)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the difference of two texts', () => {
  it.each([
    [
      '今天下雨',
      '明天下雪',
      [
        ['removed', '今'],
        ['added', '明'],
        ['same', '天下'],
        ['removed', '雨'],
        ['added', '雪'],
      ],
    ],
    [
      '青岛',
      '青岛港',
      [
        ['same', '青岛'],
        ['added', '港'],
      ],
    ],
    [
      '新的青岛',
      '青岛',
      [
        ['removed', '新的'],
        ['same', '青岛'],
      ],
    ],
    [
      '𠮷野家',
      '𠮸野家',
      [
        ['removed', '𠮷'],
        ['added', '𠮸'],
        ['same', '野家'],
      ],
    ],
    [
      '👩‍👩‍👧',
      '👩‍👩‍👦',
      [
        ['removed', '👩‍👩‍👧'],
        ['added', '👩‍👩‍👦'],
      ],
    ],
    [
      'e\u0301',
      'e',
      [
        ['removed', 'e\u0301'],
        ['added', 'e'],
      ],
    ],
    ['', '新', [['added', '新']]],
    ['旧', '', [['removed', '旧']]],
    ['一样', '一样', [['same', '一样']]],
    ['', '', []],
  ])('of %j and %j is shown by whole characters', (before, after, parts) => {
    expect(diff(before, after)).toEqual(parts.map(([type, text]) => ({ type, text })));
  });

  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.string({ unit: fc.constantFrom('青', '岛', '𠮷', 'e\u0301', '👍🏽', 'a'), maxLength: 60 }),
  );

  it('gives both texts back, holds no half of a pair, and never two parts of one kind in a row', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = diff(before, after);
        expect(without(parts, 'added')).toBe(before);
        expect(without(parts, 'removed')).toBe(after);
        for (const [i, part] of parts.entries()) {
          expect(part.text.isWellFormed()).toBe(true);
          expect(part.text).not.toBe('');
          expect(part.type).not.toBe(parts[i + 1]?.type);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps as much as can be kept', () => {
    const before = '市民可以通过手机办理业务';
    const same = diff(before, '市民都可以用手机来办业务').filter(({ type }) => type === 'same');
    expect(same.map((part) => part.text).join('')).toBe('市民可以手机办业务');
  });

  it('of texts that are too different shows the whole as replaced but for what both begin and end with', () => {
    const han = (from: number) =>
      Array.from({ length: 3000 }, (_, i) => String.fromCodePoint(0x4e00 + ((from + i * 7) % 5000)));
    const [before, after] = [`开头${han(0).join('')}结尾`, `开头${han(3).reverse().join('')}结尾`];
    const effort = createEffort();
    const parts = diffText(before, after, effort);
    expect(effort.isShort).toBe(true);
    expect(parts.map(({ type }) => type)).toEqual(['same', 'removed', 'added', 'same']);
    expect(without(parts, 'added')).toBe(before);
    expect(without(parts, 'removed')).toBe(after);
  });

  it('costs nothing more once the effort is used up', () => {
    const effort = createEffort(10);
    expect(diffText('一二三四', '一二三五', effort)).toEqual([
      { type: 'removed', text: '一二三四' },
      { type: 'added', text: '一二三五' },
    ]);
    expect(effort).toEqual({ left: 10, isShort: true });
  });
});
