import { describe, expect, it } from 'vitest';
import { atLeast } from '../../../../src/channels/search/match/expressions.ts';

const names = [...'abcdefgh'];

/** Whether a document with these words matches; `&` binds more than `|`, as in Postgres. */
function matches(expression: string, words: readonly string[]): boolean {
  const logic = expression.replace(/[a-h]/g, (word) => String(words.includes(word)));
  expect(logic).toMatch(/^(?:true|false|[()&| ])+$/);
  return new Function(`return Boolean(${logic})`)();
}

const subsets = (of: readonly string[]) =>
  Array.from({ length: 2 ** of.length }, (_, bits) => of.filter((_word, n) => bits & (1 << n)));

describe.each([2, 3, 5, 8])('at least so many of %d words', (size) => {
  it.each(names.slice(0, size).map((_, n) => n + 1))('are there just where %d are', (count) => {
    const words = names.slice(0, size);
    const expression = atLeast(count, words);
    for (const subset of subsets(words)) expect(matches(expression, subset)).toBe(subset.length >= count);
  });
});
