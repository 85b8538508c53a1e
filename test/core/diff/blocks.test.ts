// Differences between bodies: which blocks stayed, came, went, moved or changed, and how.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, Blocks, TextBlock } from '../../../src/core/body/schema.ts';
import { type BlockChange, diffBlocks } from '../../../src/core/diff/blocks.ts';
import { createEffort } from '../../../src/core/diff/effort.ts';

let keys = 0;
/** A paragraph with keys of its own. */
function paragraph(text: string, changes: Partial<TextBlock> = {}): TextBlock {
  keys += 1;
  const children: TextBlock['children'] = [{ _type: 'span', _key: `s${keys}`, text, marks: [] }];
  return { _type: 'block', _key: `b${keys}`, style: 'normal', children, markDefs: [], ...changes };
}
const body = (...texts: string[]): Blocks => texts.map((text) => paragraph(text));

const span = (text: string, ...marks: string[]) => ({ _type: 'span' as const, _key: `x${keys++}`, text, marks });
const counts = ({ same, added, removed, moved, changed }: ReturnType<typeof diffBlocks>) => ({
  same,
  added,
  removed,
  moved,
  changed,
});
const onlyChange = (before: Block, after: Block) => {
  const [change] = diffBlocks([before], [after]).changes;
  return change?.type === 'changed' ? { fields: change.fields, text: change.text } : change?.type;
};

const first = '青岛市推进工业互联网建设,打造世界工业互联网之都。';
const second = '会议期间,代表委员围绕产业升级提出了多项建议。';
const third = 'Unrelated words about the weather in another city entirely.';

describe('the difference of two bodies', () => {
  it('of the same text is empty, whatever the keys are', () => {
    const found = diffBlocks(body(first, second), body(first, second));
    expect(found).toEqual({ same: 2, added: 0, removed: 0, moved: 0, changed: 0, truncated: false, changes: [] });
  });

  it('tells what was added and what was removed, and where', () => {
    const before = body(first, second);
    const after = body(second, third);
    expect(diffBlocks(before, after).changes).toEqual([
      { type: 'removed', before: { index: 0, block: before[0] } },
      { type: 'added', after: { index: 1, block: after[1] } },
    ]);
  });

  it('shows a paragraph that changed as changed, character by character', () => {
    const after = first.replace('世界', '全国');
    const [change] = diffBlocks(body(second, first), body(second, third, after)).changes.slice(-1);
    expect(change).toMatchObject({
      type: 'changed',
      before: { index: 1 },
      after: { index: 2 },
      fields: ['text'],
      text: [
        { type: 'same', text: '青岛市推进工业互联网建设,打造' },
        { type: 'removed', text: '世界' },
        { type: 'added', text: '全国' },
        { type: 'same', text: '工业互联网之都。' },
      ],
    });
  });

  it('finds a block that was moved', () => {
    const found = diffBlocks(body(first, second, third), body(third, first, second));
    expect(counts(found)).toEqual({ same: 2, added: 0, removed: 0, moved: 1, changed: 0 });
    expect(found.changes).toMatchObject([{ type: 'moved', before: { index: 2 }, after: { index: 0 } }]);
  });

  it('does not call one paragraph another because it stands in its place', () => {
    expect(counts(diffBlocks(body(first), body(third)))).toMatchObject({ added: 1, removed: 1, changed: 0 });
  });

  it('does not compare blocks of different kinds', () => {
    const code: Block = { _type: 'code', _key: 'c', text: first };
    expect(counts(diffBlocks(body(first), [code]))).toMatchObject({ added: 1, removed: 1, changed: 0 });
  });
});

describe('a block that changed', () => {
  it('only in its style says so, and that its text is the same', () => {
    expect(onlyChange(paragraph(first), paragraph(first, { style: 'h2' }))).toEqual({ fields: ['style'], text: null });
  });

  it('only in what is set bold says `marks`', () => {
    const bold = paragraph('', { children: [span(first.slice(0, 3)), span(first.slice(3), 'strong')] });
    expect(onlyChange(paragraph(first), bold)).toEqual({ fields: ['marks'], text: null });
  });

  it('in the words that are set bold does not', () => {
    const set = (word: string) => paragraph('', { children: [span(word, 'strong'), span(second)] });
    expect(onlyChange(set('一'), set('二'))).toMatchObject({ fields: ['text'] });
  });

  it('in where a link leads says `marks`; the name of the link counts for nothing', () => {
    const linked = (key: string, href: string) =>
      paragraph('', { children: [span(first, key)], markDefs: [{ _type: 'link', _key: key, href }] });
    expect(diffBlocks([linked('a', 'https://a.example/')], [linked('b', 'https://a.example/')]).same).toBe(1);
    expect(onlyChange(linked('a', 'https://a.example/'), linked('a', 'https://b.example/'))).toEqual({
      fields: ['marks'],
      text: null,
    });
  });

  it('not at all, if its text was only cut into other spans', () => {
    const cut = paragraph('', { children: [span(first.slice(0, 5)), span(''), span(first.slice(5))] });
    expect(diffBlocks([paragraph(first)], [cut]).same).toBe(1);
  });

  it('as a picture names its members', () => {
    const figure: Block = { _type: 'figure', _key: 'f', url: 'https://a.example/1.jpg', caption: '码头', width: 10 };
    expect(onlyChange(figure, { ...figure, caption: '新码头', credit: '赵' })).toEqual({
      fields: ['caption', 'credit'],
      text: [
        { type: 'added', text: '新' },
        { type: 'same', text: '码头' },
        { type: 'added', text: '\n赵' },
      ],
    });
  });

  it('as a table shows the text of its cells', () => {
    const table: Block = {
      _type: 'table',
      _key: 't',
      headerRows: 0,
      rows: [
        ['港口', '吞吐量'],
        ['青岛', '12'],
      ],
    };
    const later: Block = {
      ...table,
      rows: [
        ['港口', '吞吐量'],
        ['青岛', '13'],
      ],
    };
    expect(onlyChange(table, later)).toMatchObject({
      fields: ['rows'],
      text: [{ type: 'same' }, { text: '2' }, { text: '3' }],
    });
  });
});

/** The new body, made of the old one and what is said to have changed. */
function apply(before: Blocks, after: Blocks, changes: readonly BlockChange[]): (Block | undefined)[] {
  const placed = new Map(
    changes.flatMap((each) => ('after' in each ? [[each.after.index, each.after.block] as const] : [])),
  );
  const gone = new Set(changes.flatMap((each) => ('before' in each ? each.before.index : [])));
  const kept = before.filter((_, index) => !gone.has(index));
  return after.map((_, index) => placed.get(index) ?? kept.shift());
}
const textsOf = (blocks: readonly (Block | undefined)[]) =>
  blocks.map((block) => (block?._type === 'block' ? block.children.map(({ text }) => text).join('') : null));

describe('any two bodies', () => {
  const sentence = fc.constantFrom(
    first,
    second,
    third,
    `${first}新`,
    second.replace('会议', '论坛'),
    '',
    '短',
    '短句',
  );
  const blocks = fc.array(sentence, { maxLength: 12 }).map((texts) => body(...texts));

  it('are told apart so that the new one can be made from the old one, with every block counted once', () => {
    fc.assert(
      fc.property(blocks, blocks, (before, after) => {
        const found = diffBlocks(before, after);
        expect(textsOf(apply(before, after, found.changes))).toEqual(textsOf(after));
        const { same, added, removed, moved, changed } = found;
        expect(same + removed + moved + changed).toBe(before.length);
        expect(same + added + moved + changed).toBe(after.length);
        expect(found.changes).toHaveLength(added + removed + moved + changed);
        expect(found.truncated).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('that are too different for the effort are still told apart rightly, and say that it is rough', () => {
    const texts = (shift: number) => Array.from({ length: 60 }, (_, i) => `${first}${(i * 37 + shift) % 60}`);
    const [before, after] = [body(...texts(0)), body(...texts(11).reverse())];
    const found = diffBlocks(before, after, createEffort(500));
    expect(found.truncated).toBe(true);
    expect(textsOf(apply(before, after, found.changes))).toEqual(textsOf(after));
  });

  it('of the largest size take no more than the effort', () => {
    const large = (shift: number) =>
      body(...Array.from({ length: 2000 }, (_, i) => `${i * 31 + shift} ${second}${(i * 17 + shift) % 977}`));
    const effort = createEffort();
    const [before, after] = [large(0), large(500).reverse()];
    const found = diffBlocks(before, after, effort);
    expect(effort.left).toBeGreaterThanOrEqual(0);
    expect(found.same + found.changed + found.moved + found.removed).toBe(2000);
    expect(textsOf(apply(before, after, found.changes))).toEqual(textsOf(after));
  });
});
