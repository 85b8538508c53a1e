import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Atom, parseQuery } from '../../../../src/channels/search/query/parse.ts';

/** As it would be typed: a clause in brackets. */
const print = ({ text, isPhrase, inTitle }: Atom) => `${inTitle ? 'title:' : ''}${isPhrase ? `"${text}"` : text}`;
const read = (q: string) => {
  const { clauses, excluded } = parseQuery(q);
  return [
    ...clauses.map((clause) => `(${clause.map(print).join(' OR ')})`),
    ...excluded.map((atom) => `-${print(atom)}`),
  ].join(' ');
};

describe('what was typed', () => {
  it.each([
    ['青岛 两会', '(青岛) (两会)'],
    ['青岛　两会', '(青岛) (两会)'],
    ['"工业 互联网"', '("工业 互联网")'],
    ['“工业互联网” 「两会」『青岛』＂a b＂', '("工业互联网") ("两会") ("青岛") ("a b")'],
    ['青岛 -北京 －上海 -"两 会" -title:天津', '(青岛) -北京 -上海 -"两 会" -title:天津'],
    ['COVID-19 T+0 3.5%', '(COVID-19) (T+0) (3.5%)'],
    ['title:青岛 Title:"两会" 标题：北京 標題:上海', '(title:青岛) (title:"两会") (title:北京) (title:上海)'],
    ['title: 青岛', '(title:青岛)'],
    ['a OR b c', '(a OR b) (c)'],
    ['a | b|c ｜ "d e"', '(a OR b OR c OR "d e")'],
    ['OR a', '(a)'],
    ['a or b', '(a) (or) (b)'],
    ['ORBIT FOR', '(ORBIT) (FOR)'],
    ['a OR', '(a)'],
    ['a OR -b', '(a) -b'],
    ['"没有 合上', '("没有 合上")'],
    ['合上"了 - ', '(合上) ("了 -")'],
    ['-北京', '-北京'],
    ['青岛 title:', '(青岛)'],
    ['"" " " - -- OR | 😀 ！', ''],
    ['', ''],
  ])('%j means %j', (typed, meaning) => {
    expect(read(typed)).toBe(meaning);
  });

  it('counts up to sixteen terms and tells that there were more', () => {
    const typed = (count: number) => Array.from({ length: count }, (_, n) => `a${n}`).join(' ');
    expect(parseQuery(typed(16))).toMatchObject({ isCut: false });
    const { clauses, isCut } = parseQuery(typed(17));
    expect([clauses.length, isCut]).toEqual([16, true]);
  });

  it('means something, whatever it is', () => {
    const typed = fc.array(
      fc.oneof(
        fc.constantFrom('"', '“', '」', '-', 'OR', '|', 'title:', '标题：', ' ', '　', '青岛', '\ud800', '\u202e', "'"),
        fc.string({ unit: 'binary' }),
      ),
    );
    fc.assert(
      fc.property(typed, (parts) => {
        const { clauses, excluded } = parseQuery(parts.join(''));
        const atoms = [...clauses.flat(), ...excluded];
        expect(atoms.length).toBeLessThanOrEqual(16);
        expect(clauses.every((clause) => clause.length > 0)).toBe(true);
        for (const { text } of atoms) expect(text).toMatch(/[\p{L}\p{N}]/u);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['"', '-', 'title:', 'title: ', '|', 'OR ', '“a', ' ', 'a"'])(
    'is read once, however often it repeats %j',
    (part) => {
      const { clauses, excluded } = parseQuery(part.repeat(200_000));
      expect(clauses.flat().length + excluded.length).toBeLessThanOrEqual(16);
    },
  );
});
